"""cli/stdin.py: a dash is standard input, unless a person sits there."""

from __future__ import annotations

import io
import sys

import pytest

from earwitness.cli.stdin import source_of
from earwitness.errors import SourceUnreadableError


def test_names_stay_and_a_dash_is_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    assert source_of("a.wav", "check") == "a.wav"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"sound")))
    stream = source_of("-", "check")
    assert not isinstance(stream, str)
    assert stream.read() == b"sound"


def test_a_terminal_is_refused_with_the_command_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdin", terminal)
    with pytest.raises(SourceUnreadableError, match=r"cat FILE \| earwitness verify -"):
        source_of("-", "verify")
