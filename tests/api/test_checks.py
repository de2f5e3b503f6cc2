"""POST /v1/checks: reports, refusals, limits, and that nothing is left behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient

from earwitness.report import Report

Start = Callable[..., TestClient]
Uploads = Callable[[], list[Path]]


def post(client: TestClient, content: bytes = b"3", name: str = "a.wav", **data: str) -> httpx.Response:
    return client.post("/v1/checks", files={"file": (name, content)}, data=data)


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body.keys() == {"type", "title", "status", "detail", "instance"}
    assert body["status"] == status
    assert body["type"] == f"urn:earwitness:problem:{slug}"
    assert body["instance"].startswith("urn:uuid:")
    return body


def test_answers_the_report(client: TestClient) -> None:
    answer = post(client, b"3.5", "call.wav")
    report = Report.model_validate_json(answer.content)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert report.file.name == "call.wav"
    assert report.file.size_bytes == 3
    assert report.llr_synthetic == 3.5


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\call.wav", "call.wav"),
        ("prüfung ☎.m4a", "prüfung ☎.m4a"),
        ("x" * 400 + ".wav", "x" * 251 + ".wav"),
        ("..", ".."),
    ],
)
def test_the_client_s_file_name_is_only_a_label(client: TestClient, sent: str, name: str) -> None:
    assert post(client, b"1", sent).json()["file"]["name"] == name


@pytest.mark.parametrize("prior", ["0", "1", "-0.1", "nan", "half", "1e999"])
def test_a_prior_must_be_a_probability(client: TestClient, prior: str) -> None:
    assert "'prior'" in problem(post(client, prior=prior), 422, "bad-field")["detail"]


@pytest.mark.parametrize(("said", "asked"), [("true", True), ("1", True), ("false", False), ("", False)])
def test_an_explanation_is_made_on_request(client: TestClient, said: str, asked: bool) -> None:
    assert ("explained" in post(client, explain=said).json()["reason"]) is asked


def test_explain_is_yes_or_no(client: TestClient) -> None:
    assert "'explain'" in problem(post(client, explain="please"), 422, "bad-field")["detail"]


def test_the_file_field_is_needed_once(client: TestClient) -> None:
    answer = client.post("/v1/checks", files={"other": ("a.wav", b"1")})
    assert "'file' is missing" in problem(answer, 422, "bad-field")["detail"]
    twice = [("file", ("a.wav", b"1")), ("file", ("b.wav", b"2"))]
    assert "twice" in problem(client.post("/v1/checks", files=twice), 422, "bad-field")["detail"]


def test_a_body_that_is_no_form_is_unsupported(client: TestClient) -> None:
    problem(client.post("/v1/checks", json={"file": "x"}), 415, "unsupported-media-type")
    problem(client.post("/v1/checks"), 415, "unsupported-media-type")


@pytest.mark.parametrize(
    "body",
    [
        b"no boundary at all",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n12',  # cut off
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n12\r\n--b\r\n',
        b"",
    ],
)
def test_a_malformed_form_is_a_bad_upload(client: TestClient, body: bytes) -> None:
    headers = {"content-type": "multipart/form-data; boundary=b"}
    problem(client.post("/v1/checks", content=body, headers=headers), 400, "bad-upload")


def test_large_fields_and_many_parts_are_refused(client: TestClient) -> None:
    problem(post(client, prior="0" * 2000), 422, "bad-field")
    many = {"prior": ["0.5"] * 40}
    answer = client.post("/v1/checks", files={"file": ("a.wav", b"1")}, data=many)
    problem(answer, 400, "bad-upload")


@pytest.mark.parametrize("route", ["checks", "marks", "verifications"])
def test_what_is_not_read_is_refused(client: TestClient, route: str) -> None:
    """A prior in the address or a mistyped field would otherwise be a result of something else."""
    files = {"file": ("a.wav", b"1")}
    body = problem(client.post(f"/v1/{route}?prior=0.001", files=files), 422, "bad-field")
    assert "The query parameter 'prior' is not read here" in body["detail"]
    body = problem(client.post(f"/v1/{route}", files=files, data={"priot": "0.1"}), 422, "bad-field")
    assert "There is no field 'priot'. Fields: file, " in body["detail"]
    body = problem(client.post(f"/v1/{route}", files={"wrong": ("a.mp3", b"1" * 5000)}), 422, "bad-field")
    assert "'file' is missing: a file came in the field 'wrong'" in body["detail"]


def test_a_form_field_in_the_address_is_pointed_to_the_form(client: TestClient) -> None:
    answer = client.post("/v1/checks?explain=1", files={"file": ("a.wav", b"1")})
    assert "-F explain=" in problem(answer, 422, "bad-field")["detail"]


def test_an_upload_over_the_limit_is_refused_by_its_announced_length(start: Start, uploads: Uploads) -> None:
    body = problem(post(start(max_upload_bytes=1000), b"x" * 100_000), 413, "too-large")
    assert "1,000 bytes" in body["detail"]
    assert uploads() == []


def test_an_upload_over_the_limit_is_refused_by_its_bytes(start: Start, uploads: Uploads) -> None:
    """Without Content-Length, and beyond the file's own limit although the body would just fit."""
    client = start(max_upload_bytes=1000)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    headers = {"content-type": "multipart/form-data; boundary=b"}

    def body(size: int) -> Any:
        yield head
        yield from (b"x" * 100 for _ in range(size // 100))
        yield b"\r\n--b--\r\n"

    for size in (1100, 10_000_000):
        problem(client.post("/v1/checks", content=body(size), headers=headers), 413, "too-large")
    assert uploads() == []
    assert post(client, b"1" + b" " * 999).status_code == 200  # exactly the limit is taken


def test_what_cannot_be_decoded_is_422(client: TestClient) -> None:
    body = problem(post(client, b"error", "bad.mp3"), 422, "undecodable")
    assert body["detail"] == "bad.mp3: the content is broken. Get another copy."


def test_a_crash_of_the_worker_is_one_answer_and_the_server_goes_on(client: TestClient) -> None:
    problem(post(client, b"kill"), 500, "worker-died")
    assert post(client, b"1").status_code == 200


def test_a_bug_answers_500_and_tells_nothing(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = post(client, b"bug", "secret-name.wav")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "a bug" not in answer.text
    assert "secret-name" not in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert answer.json()["instance"] in caplog.text


def test_a_check_that_takes_too_long_is_stopped(start: Start, uploads: Uploads) -> None:
    client = start(check_timeout_s=0.5)
    before = time.monotonic()
    body = problem(post(client, b"hang"), 422, "timeout")
    assert "0.5 s" in body["detail"]
    assert time.monotonic() - before < 5
    assert post(client, b"1").status_code == 200  # the only worker was freed, not merely given up
    assert uploads() == []


def test_healthz_answers_while_checks_run_and_a_full_queue_is_503(start: Start, uploads: Uploads) -> None:
    client = start(queue=1, check_timeout_s=3)
    with ThreadPoolExecutor(2) as threads:
        slow = [threads.submit(post, client, b"hang") for _ in range(2)]
        while len(uploads()) < 2:
            time.sleep(0.02)
        assert {client.get("/healthz").status_code for _ in range(10)} == {200}
        refused = post(client, b"1")
        problem(refused, 503, "busy")
        assert int(refused.headers["retry-after"]) > 0
        assert not any(answer.done() for answer in slow)  # they were running all the time
        assert {answer.result().status_code for answer in slow} == {422}
    assert post(client, b"1").status_code == 200
