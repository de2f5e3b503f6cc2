"""POST /v1/generations: spoken, marked, told how; refusals; nothing is left behind; off unless asked for."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
import soundfile
from fake_mark_tasks import create_generating_app
from fastapi.testclient import TestClient

from earwitness.api.settings import Settings
from earwitness.generated import GeneratedRecord
from earwitness.provenance.keys import KeyRing

TEXT = "Good morning to all of you, and welcome to the museum."


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("speaking")


@pytest.fixture(scope="module")
def speaking_client(place: Path) -> Iterator[TestClient]:
    """An application that offers two fake generators and the key "studio"."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EARWITNESS_KEYS", str(place / "keys.json"))
        ring = KeyRing()
        ring.create("studio")
        ring.create("private")
        (place / "uploads").mkdir()
        settings = Settings(
            jobs=1, temp_dir=place / "uploads", mark_keys="studio", read_keys="all", generations=True,
            generate_with="fake, absent, vocoder, silent", max_text=500,
        )  # fmt: skip
        with TestClient(create_generating_app(settings), raise_server_exceptions=False) as client:
            deadline = time.monotonic() + 90
            while client.get("/readyz").status_code != 200:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield client


@pytest.fixture
def client(speaking_client: TestClient, place: Path) -> Iterator[TestClient]:
    """Checks that no file of a request is left."""
    yield speaking_client
    assert [path for path in (place / "uploads").rglob("*") if path.is_file()] == []


def post(client: TestClient, **values: Any) -> httpx.Response:
    return client.post("/v1/generations", json={"text": TEXT} | values)


def problem(answer: httpx.Response, status: int, slug: str) -> str:
    assert answer.status_code == status, answer.headers
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:earwitness:problem:{slug}"
    return str(answer.json()["detail"])


def test_nothing_is_read_from_the_address(client: TestClient) -> None:
    answer = client.post("/v1/generations?voice=Ada", json={"text": TEXT})
    assert "'voice' is not read here" in problem(answer, 422, "bad-field")


def test_a_text_is_spoken_and_marked(client: TestClient) -> None:
    answer = post(client, text=TEXT + " 😀", seed=4)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("audio/")
    assert 'filename="speech.wav"' in answer.headers["content-disposition"]
    record = GeneratedRecord.model_validate_json(answer.headers["earwitness-record"])
    assert (record.making.generator, record.making.seed, record.making.voice) == ("fake", 4, "Ada")
    assert (record.file.name, record.file.size_bytes) == ("speech.wav", len(answer.content))
    assert [made.key for made in record.marks] == ["signpost"]
    assert "nobody can say" in record.warnings[0]
    assert soundfile.info(io.BytesIO(answer.content)).format == "WAV"
    found = client.post("/v1/verifications", files={"file": ("a.wav", answer.content)}).json()
    assert str(found["payload"]) == answer.headers["earwitness-payload"]


def test_everything_can_be_chosen(client: TestClient) -> None:
    answer = post(
        client, voice="Bert", format=".FLAC", key="studio", strength="strong", generator="fake", require=True
    )
    record = json.loads(answer.headers["earwitness-record"])
    assert [made["key"] for made in record["marks"]] == ["signpost", "studio"]
    assert record["making"]["voice"] == "Bert"
    assert soundfile.info(io.BytesIO(answer.content)).format == "FLAC"
    found = client.post("/v1/verifications", files={"file": ("a.flac", answer.content)}).json()
    assert found["proof"]


@pytest.mark.parametrize(
    ("values", "status", "slug", "said"),
    [
        ({"text": ""}, 422, "text", "empty"),
        ({"text": "😀"}, 422, "text", "nothing in it"),
        ({"text": "x" * 501}, 422, "text", "at most 500"),
        ({"text": "x" * 30_000}, 413, "too-large", "larger"),
        ({"text": None}, 422, "bad-field", "text"),
        ({"voice": "Zoë"}, 422, "voice", "Zoë"),
        ({"language": "fr"}, 422, "text", "does not speak"),
        ({"generator": "vocoder"}, 422, "not-offered", "does not offer to synthesize"),
        ({"generator": "broken"}, 403, "generator-not-offered", "broken"),
        ({"generator": "nobody"}, 403, "generator-not-offered", "nobody"),
        ({"generator": "absent"}, 500, "model", "absent: this server cannot use"),
        ({"key": "private"}, 403, "key-not-offered", "private"),
        ({"seed": -1}, 422, "bad-field", "seed"),
        ({"format": "xyz"}, 422, "bad-field", "format"),
        ({"format": "../a"}, 422, "bad-field", "format"),
        ({"strength": "much"}, 422, "bad-field", "strength"),
        ({"attack": True}, 422, "bad-field", "attack"),
        ({"reference": "x.wav"}, 422, "bad-field", "reference"),
        ({"generator": "silent"}, 422, "cannot-hold-mark", "not given out"),
    ],
)
def test_refusals(
    client: TestClient, place: Path, values: dict[str, Any], status: int, slug: str, said: str
) -> None:
    detail = problem(post(client, **values), status, slug)
    assert said in detail
    assert str(place) not in detail
    assert "/secret" not in detail


def test_other_bodies(client: TestClient) -> None:
    send = client.post
    problem(
        send("/v1/generations", content=b"{", headers={"Content-Type": "application/json"}), 422, "bad-field"
    )
    problem(
        send("/v1/generations", content=b"[]", headers={"Content-Type": "application/json"}), 422, "bad-field"
    )
    # What a page of somebody else could send without asking first.
    body = json.dumps({"text": TEXT})
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = send("/v1/generations", content=body, headers={"Content-Type": kind})
        problem(answer, 415, "unsupported-media-type")


def test_the_document_describes_it(client: TestClient) -> None:
    route = client.get("/openapi.json").json()["paths"]["/v1/generations"]["post"]
    assert "EarWitness-Record" in route["responses"]["200"]["headers"]
    body = route["requestBody"]["content"]["application/json"]
    assert body["schema"]["required"] == ["text"]
    assert set(body["examples"]) == {"short", "long"}
    assert set(body["examples"]["long"]["value"]) <= set(body["schema"]["properties"])
    assert {"403", "422", "501"} <= set(route["responses"])


def test_it_is_off_unless_asked_for(start: Callable[..., TestClient]) -> None:
    client = start()
    assert client.post("/v1/generations", json={"text": TEXT}).status_code == 404
    assert "/v1/generations" not in client.get("/openapi.json").json()["paths"]


def test_settings_are_read_from_the_environment() -> None:
    settings = Settings.from_environment(
        {"EARWITNESS_GENERATIONS": "1", "EARWITNESS_GENERATE_WITH": "a, b,a", "EARWITNESS_MAX_TEXT": "9"}
    )
    assert (settings.generations, settings.offered_generators, settings.max_text) == (True, ("a", "b"), 9)
    assert (Settings().generations, Settings().offered_generators) == (None, ("transformer",))
