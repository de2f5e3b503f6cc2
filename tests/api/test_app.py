"""The application: errors of the framework as problems, its OpenAPI document, what it does not load."""

from __future__ import annotations

import subprocess
import sys

import jsonschema
from fastapi.testclient import TestClient

import earwitness
from earwitness.api.app import create_app
from earwitness.api.settings import Settings
from earwitness.report import json_schema


def test_unknown_places_and_wrong_methods_are_problems(client: TestClient) -> None:
    missing = client.get("/v2/nothing")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"
    assert missing.json()["type"] == "about:blank"
    assert missing.json()["title"] == "Not Found"
    assert "/v2/nothing" in missing.json()["detail"]
    wrong = client.get("/v1/checks")
    assert wrong.status_code == 405
    assert wrong.headers["content-type"] == "application/problem+json"
    assert wrong.headers["allow"] == "POST"


def test_the_root_points_on(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.json()["version"] == earwitness.__version__
    for place in ("openapi", "health"):
        assert client.get(answer.json()[place]).status_code == 200
    assert (client.head("/").status_code, client.head("/").content) == (200, b"")


def test_openapi_describes_the_form_the_report_and_the_problems() -> None:
    document = create_app(Settings(jobs=1)).openapi()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/v1/checks",
        "/v1/marks",
        "/v1/verifications",
        "/v1/models",
        "/",
        "/healthz",
        "/readyz",
    }
    check = document["paths"]["/v1/checks"]["post"]
    form = check["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["required"] == ["file"]
    assert set(form["properties"]) == {"file", "prior", "explain"}
    assert {"200", "400", "408", "413", "415", "422", "500", "503"} <= set(check["responses"])
    for status, answer in check["responses"].items():
        kind = "application/json" if status == "200" else "application/problem+json"
        assert list(answer["content"]) == [kind]
    assert document["components"]["schemas"]["Problem"]["required"]


def test_the_example_in_the_document_is_a_valid_report() -> None:
    document = create_app(Settings(jobs=1)).openapi()
    example = document["paths"]["/v1/checks"]["post"]["responses"]["200"]["content"]["application/json"][
        "example"
    ]
    jsonschema.validate(example, json_schema())


def test_creating_the_application_loads_no_model_runtime() -> None:
    code = (
        "import sys; from earwitness.api.app import create_app; create_app();"
        "print([m for m in ('onnxruntime', 'av', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
