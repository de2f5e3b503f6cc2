"""cli/comply_run.py: every finding is a line, and nothing in a file writes on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness import compliance
from earwitness.cli.comply_run import ComplyRun
from earwitness.cli.exit_codes import ExitCode
from earwitness.compliance import ComplianceReport, Finding, Outcome
from earwitness.errors import MissingDependencyError
from earwitness.labels import Regime


def stand_in(*findings: Finding, warnings: tuple[str, ...] = ()) -> Callable[..., ComplianceReport]:
    report = ComplianceReport(None, Regime.EU, findings, "the law", ("a note",), warnings)
    return lambda *_, **__: report


MET = Finding("a", "Art. 1", "It is so.", Outcome.MET, "Seen.")
ENCOURAGED = Finding("b", "Art. 2", "It may be so.", Outcome.NOT_MET, "Not seen.", optional=True)
UNCLEAR = Finding("c", "Art. 3", "Who knows.", Outcome.NOT_CHECKABLE, "Nobody.")


def test_what_is_encouraged_or_unclear_is_shown_and_does_not_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compliance, "comply", stand_in(MET, ENCOURAGED, UNCLEAR, warnings=("odd\x1b[31m",)))
    assert ComplyRun(regime="eu").run(["x.wav"]) is ExitCode.NOTHING_FOUND
    out = capsys.readouterr().out
    for words in ("It is so. [Art. 1]", "It may be so. (encouraged only) [Art. 2]", "Nobody.", "a note"):
        assert words in out
    assert "Warning: odd" in out
    assert "\x1b" not in out


def test_quiet_says_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    missed = Finding("a", "s", "t", Outcome.NOT_MET, "e")
    monkeypatch.setattr(compliance, "comply", stand_in(missed))
    assert ComplyRun(regime="eu", quiet=True).run(["x.wav", "y.wav"]) is ExitCode.FINDING
    assert capsys.readouterr().out == ""


def test_a_missing_extra_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object, **__: object) -> ComplianceReport:
        raise MissingDependencyError("labels need a package.")

    monkeypatch.setattr(compliance, "comply", absent)
    with pytest.raises(MissingDependencyError):
        ComplyRun(regime="eu").run(["x.wav", "y.wav"])


def test_a_bad_file_stops_nobody(
    tmp_path: Path, write_wav: Callable[..., Path], speech_like: Callable[..., np.ndarray],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    good = write_wav(speech_like(1.0))
    code = ComplyRun(regime="china").run([str(tmp_path / "none.wav"), str(good)])
    captured = capsys.readouterr()
    assert code is ExitCode.ERROR
    assert "no such file" in captured.err
    assert "sound.wav" in captured.out
