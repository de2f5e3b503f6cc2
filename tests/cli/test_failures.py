"""cli/failures.py: a line on the screen, or a JSON line."""

from __future__ import annotations

import json

import pytest

from earwitness.cli.console import PatientConsole
from earwitness.cli.failures import tell_failure
from earwitness.errors import NotAudioError

ERROR = NotAudioError("this is text.", subject="a.wav", hint="Give a recording.")


def test_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    tell_failure(PatientConsole(stderr=True), "a.wav", ERROR, as_json=False)
    out, err = capsys.readouterr()
    assert out == ""
    assert "a.wav: this is text. Give a recording." in err


def test_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    tell_failure(PatientConsole(stderr=True), "folder/a.wav", ERROR, as_json=True)
    out, err = capsys.readouterr()
    assert err == ""
    told = json.loads(out)
    assert (told["file"], told["error"]["type"]) == ("folder/a.wav", "not-audio")
