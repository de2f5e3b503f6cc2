"""api/routes/resolution.py: the C2PA Soft Binding Resolution API over a registry of this test."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fake_checks import fake_check, load_fake
from fastapi import FastAPI
from fastapi.testclient import TestClient

from earwitness.api.app import create_app
from earwitness.api.settings import Settings
from earwitness.marking import mark
from earwitness.provenance.store import open_registry
from earwitness.records import Record
from earwitness.soft_bindings import bind
from earwitness.tracing import take_fingerprint

Start = Callable[..., TestClient]
ID, INNER = "urn:c2pa:00000000-0000-4000-8000-000000000001", "urn:c2pa:00000000-0000-4000-8000-000000000002"
KEY = "aabbccdd"
BINDING = bind("patchwork-1", KEY, 7)
VALUE = base64.b64encode(BINDING.value).decode()
QUERY = {"alg": "org.earwitness.patchwork.1", "value": VALUE}


def box(name: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content


def store_of(*ids: str) -> bytes:
    """A manifest store, as far as its boxes go."""

    def described(kind: bytes, label: str, inside: bytes) -> bytes:
        rest = bytes.fromhex("00110010800000aa00389b71")
        return box(b"jumb", box(b"jumd", kind + rest + b"\x03" + label.encode() + b"\x00") + inside)

    return described(b"c2pa", "c2pa", b"".join(described(b"c2ma", one, b"") for one in ids))


def create_real_app(settings: Settings) -> FastAPI:
    """Checks are fake, looking up is not."""
    return create_app(settings, check=fake_check, load=load_fake)


@pytest.fixture
def place(tmp_path: Path) -> str:
    place = str(tmp_path / "registry.db")
    with open_registry(place) as registry:
        record = Record(
            content_sha256="0" * 64,
            payload=7,
            key_ids=(KEY,),
            manifest=store_of(INNER, ID),
            labels={"who": "private"},
        )
        registry.add(record)
    return place


@pytest.fixture
def client(start: Start, place: str) -> TestClient:
    return start(app=create_real_app, resolver=True, registry=place, max_upload_bytes=600_000)


def test_it_is_off_unless_asked_for(start: Start) -> None:
    client = start(ready=False)
    for path in ("matches/byBinding", f"manifests/{ID}", "services/supportedAlgorithms"):
        assert client.get(f"/v1/c2pa/{path}", params=QUERY).status_code == 404
    assert not [path for path in client.get("/openapi.json").json()["paths"] if "c2pa" in path]


def test_from_a_binding_to_the_manifest(client: TestClient) -> None:
    wanted = {"matches": [{"manifestId": ID, "similarityScore": 100}]}
    assert client.get("/v1/c2pa/matches/byBinding", params=QUERY).json() == wanted
    assert client.post("/v1/c2pa/matches/byBinding", json=QUERY).json() == wanted
    nothing = {**QUERY, "value": base64.b64encode(bytes(8)).decode()}
    assert client.get("/v1/c2pa/matches/byBinding", params=nothing).json() == {"matches": []}
    whole = client.get(f"/v1/c2pa/manifests/{ID}")
    assert (whole.status_code, whole.headers["content-type"]) == (200, "application/c2pa")
    assert whole.content == store_of(INNER, ID)
    active = client.get(f"/v1/c2pa/manifests/{ID}", params={"returnActiveManifest": "true"})
    assert active.content == store_of(ID)
    assert client.get("/v1/c2pa/services/supportedAlgorithms").json() == {
        "watermarks": [{"alg": "org.earwitness.patchwork.1"}],
        "fingerprints": [{"alg": "org.earwitness.landmarks.1"}],
    }


@pytest.mark.parametrize("unknown", [INNER, "nonsense", "urn:c2pa:%00", "%FF", "x" * 3000])
def test_unknown_manifests_are_a_problem_of_404(client: TestClient, unknown: str) -> None:
    answer = client.get(f"/v1/c2pa/manifests/{unknown}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:earwitness:problem:no-such-record"
    assert "registry.db" not in answer.text


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"value": None}, 400),
        ({"alg": None}, 400),
        ({"value": "???"}, 400),
        ({"value": ""}, 400),
        ({"alg": "com.digimarc.validate.1"}, 400),
        ({"maxResults": "0"}, 400),
        ({"maxResults": "many"}, 400),
        ({"maxResults": "100000"}, 200),
        ({"value": "A" * 2052}, 414),
        ({"alg": "x" * 256}, 400),
    ],
)
def test_queries_that_make_no_sense(client: TestClient, changed: dict[str, str], status: int) -> None:
    params = {name: value for name, value in {**QUERY, **changed}.items() if value is not None}
    answer = client.get("/v1/c2pa/matches/byBinding", params=params)
    assert answer.status_code == status, answer.text
    assert "private" not in answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"\xff", 400),
        (b'{"alg": 1, "value": "AA=="}', 400),
        (b"[" * 100_000, 400),
        (b'{"value": "' + b"A" * 200_000 + b'"}', 413),
    ],
)
def test_bodies_that_make_no_sense(client: TestClient, body: bytes, status: int) -> None:
    answer = client.post("/v1/c2pa/matches/byBinding", content=body)
    assert answer.status_code == status, answer.text


def test_recordings_that_are_none(client: TestClient, tmp_path: Path) -> None:
    address = "/v1/c2pa/matches/byContent"
    cases = [
        ({"content": b"x", "headers": {"content-type": "image/png"}}, {}, 415),
        ({"content": b"Dear Sir or Madam", "headers": {"content-type": "audio/wav"}}, {}, 415),
        ({"content": b"", "headers": {"content-type": "audio/wav"}}, {}, 422),
        ({"content": bytes(600_001), "headers": {"content-type": "audio/wav"}}, {}, 413),
        ({"content": b"x", "headers": {"content-type": "audio/wav"}}, {"alg": "io.iscc.v0"}, 400),
        ({"content": b"x", "headers": {"content-type": "audio/wav"}}, {"hintValue": VALUE}, 400),
        ({"content": b"x"}, {}, 415),
    ]
    for request, params, status in cases:
        answer = client.post(address, params=params, **request)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert str(tmp_path) not in answer.text


def test_a_recording_is_found_in_a_worker(
    client: TestClient,
    place: str,
    tmp_path: Path,
    speech_like: Callable[..., np.ndarray],
    write_wav: Callable[..., Path],
) -> None:
    original = write_wav(speech_like(12.0, 16000, 0.4, 1), 16000, "in.wav")
    marked = tmp_path / "marked.wav"
    made = mark(original, marked, signpost=True, payload=99).marks[0]
    with open_registry(place) as registry:
        registry.add(
            Record(
                content_sha256="1" * 64,
                payload=99,
                key_ids=(made.key_id,),
                fingerprint=take_fingerprint(marked),
                manifest=store_of("urn:c2pa:found"),
            )
        )
    for alg in (None, "org.earwitness.patchwork.1", "org.earwitness.landmarks.1"):
        answer = client.post(
            "/v1/c2pa/matches/byContent",
            params={} if alg is None else {"alg": alg},
            content=marked.read_bytes(),
            headers={"content-type": "audio/wav"},
        )
        (match,) = answer.json()["matches"]
        assert match["manifestId"] == "urn:c2pa:found"
        assert 0 < match["similarityScore"] < 100


def test_a_broken_registry_is_the_server_s_failure_and_its_secret(start: Start, tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all, but long enough to look at " * 50)
    client = start(ready=False, resolver=True, registry=str(broken))
    answer = client.get("/v1/c2pa/matches/byBinding", params=QUERY)
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:earwitness:problem:registry")
    assert str(tmp_path) not in answer.text
    absent = start(ready=False, resolver=True, registry=str(tmp_path / "absent.db"))
    assert absent.get("/v1/c2pa/matches/byBinding", params=QUERY).json() == {"matches": []}
