"""/healthz and /readyz."""

from __future__ import annotations

import time
from collections.abc import Callable

from fake_server import create_broken_app
from fastapi.testclient import TestClient

Start = Callable[..., TestClient]


def test_alive_at_once_and_ready_when_the_models_are_loaded(start: Start) -> None:
    client = start(ready=False)
    assert client.get("/healthz").json() == {"status": "ok"}
    alive = client.head("/healthz")
    assert (alive.status_code, alive.content) == (200, b"")
    first = client.get("/readyz")  # spawning a worker takes longer than this request
    assert first.status_code == 503
    assert first.json()["type"] == "urn:earwitness:problem:not-ready"
    assert "retry-after" in first.headers
    while client.get("/readyz").status_code == 503:
        time.sleep(0.05)
    assert client.get("/readyz").json() == {"status": "ready"}
    assert client.head("/readyz").status_code == 200


def test_never_ready_when_the_models_are_broken(start: Start) -> None:
    client = start(ready=False, app=create_broken_app)
    deadline = time.monotonic() + 30
    while "ModelError" not in (answer := client.get("/readyz")).text:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert answer.status_code == 503
    assert "fake.onnx" not in answer.text
    assert client.post("/v1/checks", files={"file": b"1"}).status_code == 503
    assert client.get("/v1/models").status_code == 503
    assert client.get("/healthz").status_code == 200
