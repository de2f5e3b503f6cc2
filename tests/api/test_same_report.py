"""The shipped detector, end to end: command line, scan and API say the same of the same file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from earwitness.api.app import create_app

Start = Callable[..., TestClient]


def earwitness(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    code = "from earwitness.cli.main import run; run()"
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode in (0, 1, 2, 3), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.timeout(400)
def test_check_scan_and_api_agree(
    start: Start, speech_like: Callable[..., Any], write_wav: Callable[..., Path]
) -> None:
    path = write_wav(speech_like(6.0), 16000, "call.wav")
    (path.parent / "letter.wav").write_bytes(b"%PDF-1.7 no sound")
    (checked,) = earwitness(path.parent, "check", "--json", "call.wav")
    scanned = earwitness(path.parent, "scan", ".", "--output", "-", "--jobs", "2", "--quiet")
    report = next(record for record in scanned if "error" not in record)
    error = next(record for record in scanned if "error" in record)
    assert checked["llr_synthetic"] is not None
    assert report == checked
    assert error["file"] == "letter.wav"
    assert error["error"]["type"] == "not-audio"

    client = start(app=create_app)
    answer = client.post("/v1/checks", files={"file": ("call.wav", path.read_bytes())})
    assert answer.json() == checked
    sure = client.post("/v1/checks", files={"file": ("call.wav", path.read_bytes())}, data={"prior": "0.99"})
    assert sure.json()["llr_synthetic"] == checked["llr_synthetic"]
    assert sure.json()["p_synthetic"] > checked["p_synthetic"]
    refused = client.post("/v1/checks", files={"file": ("letter.wav", b"%PDF-1.7 no sound")})
    assert refused.status_code == 415
    assert refused.json()["detail"].startswith("letter.wav: this is a PDF document")
    silent = client.post("/v1/checks", files={"file": ("empty.wav", b"")})
    assert silent.status_code == 422
    assert silent.json()["type"] == "urn:earwitness:problem:empty-audio"
