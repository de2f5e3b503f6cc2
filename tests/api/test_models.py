"""GET /v1/models."""

from __future__ import annotations

from fastapi.testclient import TestClient

import earwitness


def test_says_what_a_report_says(client: TestClient) -> None:
    answer = client.get("/v1/models").json()
    report = client.post("/v1/checks", files={"file": ("a.wav", b"1")}).json()
    assert answer["models"] == report["models"]
    assert answer["earwitness"] == earwitness.__version__
