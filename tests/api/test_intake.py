"""api/intake.py: every route that takes a recording tells and keeps the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fake_server import create_broken_app
from fastapi.testclient import TestClient

from earwitness.api.intake import UPLOAD_ERRORS, recording_form

ROUTES = ("/v1/checks", "/v1/marks", "/v1/verifications")


@pytest.mark.parametrize("route", ROUTES)
def test_the_document_tells_the_form_and_every_error_an_upload_may_meet(
    client: TestClient, route: str
) -> None:
    told = client.get("/openapi.json").json()["paths"][route]["post"]
    form = told["requestBody"]["content"]["multipart/form-data"]
    assert form["schema"]["required"] == ["file"]
    assert set(form["example"]) <= set(form["schema"]["properties"])
    for error in UPLOAD_ERRORS:
        assert error.title in told["responses"][str(error.http_status)]["description"]


def test_the_form_has_the_recording_first() -> None:
    form = recording_form("a", {"n": {"type": "integer"}}, {"file": "(bytes)", "n": 1})
    content = form["requestBody"]["content"]["multipart/form-data"]
    assert list(content["schema"]["properties"]) == ["file", "n"]
    assert content["example"]["n"] == 1


def test_nothing_is_taken_while_the_models_are_not_there(start: Callable[..., TestClient]) -> None:
    client = start(ready=False, app=create_broken_app)
    for route in ROUTES:
        answer = client.post(route, files={"file": ("a.wav", b"x")})
        assert (answer.status_code, answer.json()["type"].split(":")[-1]) == (503, "not-ready")
        assert answer.headers["retry-after"]
