"""POST /v1/marks and /v1/verifications: the way there and back, refusals, and that nothing is left behind."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2 as httpx
import numpy as np
import pytest
from fake_mark_tasks import create_marking_app
from fastapi.testclient import TestClient

from earwitness.api.settings import Settings
from earwitness.mark_report import MarkRecord, Verification
from earwitness.provenance.keys import KeyRing


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("marking")


@pytest.fixture(scope="module")
def marking_client(place: Path) -> Iterator[TestClient]:
    """An application with the keys "studio" (offered) and "private" (not offered)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EARWITNESS_KEYS", str(place / "keys.json"))
        ring = KeyRing()
        ring.create("studio")
        ring.create("private")
        (place / "uploads").mkdir()
        settings = Settings(
            jobs=1, temp_dir=place / "uploads", mark_keys="studio, gone", read_keys="all",
            schemes="default,theirs", max_upload_bytes=2_000_000, check_timeout_s=20.0,
        )  # fmt: skip
        with TestClient(create_marking_app(settings), raise_server_exceptions=False) as client:
            deadline = time.monotonic() + 90
            while client.get("/readyz").status_code != 200:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield client


@pytest.fixture
def client(marking_client: TestClient, place: Path) -> Iterator[TestClient]:
    """Checks that no file of a request is left."""
    yield marking_client
    assert [path for path in (place / "uploads").rglob("*") if path.is_file()] == []


@pytest.fixture(scope="module")
def recording(speech_like: Callable[..., np.ndarray]) -> bytes:
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, speech_like(4.0, 16000, 0.3), 16000, format="WAV")
    return file.getvalue()


def post(client: TestClient, what: str, content: bytes, name: str = "a.wav", **data: str) -> httpx.Response:
    return client.post(f"/v1/{what}", files={"file": (name, content)}, data=data)


def problem(answer: httpx.Response, status: int, slug: str) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:earwitness:problem:{slug}"
    return str(answer.json()["detail"])


def test_there_and_back(client: TestClient, recording: bytes) -> None:
    answer = post(client, "marks", recording, "spräch.wav", key="studio", payload="0x2a")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("audio/")
    assert "marked.wav" in answer.headers["content-disposition"]
    assert answer.headers["earwitness-payload"] == "42"
    record = MarkRecord.model_validate_json(answer.headers["earwitness-record"])
    assert (record.source.name, record.file.name) == ("spräch.wav", "spräch.wav")
    assert record.file.size_bytes == len(answer.content)
    assert [(made.key, made.payload) for made in record.marks] == [("studio", 42)]
    found = Verification.model_validate_json(post(client, "verifications", answer.content).content)
    assert (found.proof, found.key, found.payload) == (True, "studio", 42)
    found = Verification.model_validate_json(
        post(client, "verifications", answer.content, key="private").content
    )
    assert not found.marked


def test_without_a_key_the_signpost(client: TestClient, recording: bytes) -> None:
    answer = post(client, "marks", recording)
    record = json.loads(answer.headers["earwitness-record"])
    assert [made["key"] for made in record["marks"]] == ["signpost"]
    found = post(client, "verifications", answer.content).json()
    assert (found["verified"], found["proof"]) == (True, False)


def test_both_marks(client: TestClient, recording: bytes) -> None:
    answer = post(client, "marks", recording, key="studio", signpost="true", strength="strong", require="1")
    record = json.loads(answer.headers["earwitness-record"])
    assert [made["key"] for made in record["marks"]] == ["signpost", "studio"]


def test_only_offered_keys_mark_and_no_key_is_betrayed(client: TestClient, recording: bytes) -> None:
    told = problem(post(client, "marks", recording, key="private"), 403, "key-not-offered")
    other = problem(post(client, "marks", recording, key="nothing"), 403, "key-not-offered")
    assert told.replace("private", "nothing") == other
    detail = problem(post(client, "marks", recording, key="gone"), 404, "no-such-key")
    assert "private" not in detail
    detail = problem(post(client, "verifications", recording, key="nothing"), 404, "no-such-key")
    assert "private" not in detail


@pytest.mark.parametrize(
    "fields", [{"payload": "-1"}, {"payload": "x"}, {"payload": "4294967296"}, {"strength": "much"},
               {"signpost": "maybe"}, {"require": "2"}],
)  # fmt: skip
def test_bad_fields(client: TestClient, recording: bytes, fields: dict[str, str]) -> None:
    assert next(iter(fields)) in problem(post(client, "marks", recording, **fields), 422, "bad-field")


def test_a_bad_search(client: TestClient, recording: bytes) -> None:
    assert "search" in problem(post(client, "verifications", recording, search="deep"), 422, "bad-field")


def test_bad_recordings_are_problems_without_paths(client: TestClient, recording: bytes, place: Path) -> None:
    silence = bytearray(recording)
    silence[44:] = bytes(len(silence) - 44)
    for content, name, status, slug in (
        (b"Dear Sir or Madam", "a.wav", 415, "not-audio"),
        (b"", "a.wav", 422, "empty-audio"),
        (recording[:-20000], "a.wav", 422, "undecodable"),
        (bytes(silence), "a.wav", 422, "cannot-hold-mark"),
        (recording, "a.xyz", 400, "target"),
        (recording, "noending", 400, "target"),
    ):
        detail = problem(post(client, "marks", content, name), status, slug)
        assert str(place) not in detail
        assert name in detail


def test_what_is_too_large_is_refused(client: TestClient) -> None:
    for what in ("marks", "verifications"):
        problem(post(client, what, bytes(2_100_000)), 413, "too-large")


def test_a_key_file_open_to_others_is_told_without_its_place(
    client: TestClient, recording: bytes, place: Path
) -> None:
    (place / "keys.json").chmod(0o644)
    try:
        detail = problem(post(client, "verifications", recording), 500, "key-file")
    finally:
        (place / "keys.json").chmod(0o600)
    assert str(place) not in detail


def test_the_document_describes_both(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert "EarWitness-Record" in paths["/v1/marks"]["post"]["responses"]["200"]["headers"]
    assert "audio/*" in paths["/v1/marks"]["post"]["responses"]["200"]["content"]
    answer = paths["/v1/verifications"]["post"]["responses"]["200"]["content"]["application/json"]
    assert answer["schema"]["$ref"].endswith("/Verification")


def test_private_marks_are_not_read_unless_the_server_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recording: bytes
) -> None:
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    KeyRing().create("studio")
    app = create_marking_app(Settings(jobs=1, temp_dir=tmp_path, mark_keys="studio"))
    with TestClient(app, raise_server_exceptions=False) as client:
        deadline = time.monotonic() + 90
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        marked = post(client, "marks", recording, key="studio").content
        found = post(client, "verifications", marked).json()
        assert (found["marked"], found["keys_tried"]) == (False, 1)
        told = problem(post(client, "verifications", marked, key="studio"), 404, "no-such-key")
        other = problem(post(client, "verifications", marked, key="nothing"), 404, "no-such-key")
        assert told.replace("studio", "nothing") == other


def test_offered_schemes_of_others_mark_and_are_read(client: TestClient, recording: bytes) -> None:
    marked = post(client, "marks", recording, scheme="theirs", payload="5")
    assert (marked.status_code, marked.headers["EarWitness-Payload"]) == (200, "5")
    found = post(client, "verifications", marked.content, scheme="theirs, default").json()
    assert (found["scheme"], found["payload"], found["verified"]) == ("open-1", 5, False)
    assert found["schemes"] == ["theirs", "default"]
    assert post(client, "verifications", marked.content).json()["marked"] is False


def test_other_schemes_are_refused(client: TestClient, recording: bytes) -> None:
    for place in ("marks", "verifications"):
        problem(post(client, place, recording, scheme="perth"), 403, "scheme-not-offered")
    problem(post(client, "marks", recording, scheme="default,theirs"), 422, "bad-field")
