"""cli/generate_progress.py: a bar for people, lines for logs, and a way out at every step."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from earwitness.cli.generate_progress import GenerateProgress
from earwitness.cli.signals import Interruption
from earwitness.generation import Speech

SPEECH = Speech(np.zeros(32_000, np.float32), 16_000)


def walk(progress: GenerateProgress) -> None:
    with progress:
        progress.begin("line 1", 1, 2)
        progress.made(SPEECH)
        for seconds in (1.0, 2.0, 1.0, 2.0):
            progress.tick(seconds)


def test_lines_where_nobody_sees_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    walk(GenerateProgress(Interruption()))
    assert capsys.readouterr().err == "1 of 2: line 1\n"
    walk(GenerateProgress(Interruption(), quiet=True))
    assert capsys.readouterr().err == ""


def test_a_bar_goes_over_marking_and_reading_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    progress = GenerateProgress(Interruption())
    assert progress._progress is not None
    task = progress._progress.tasks[0]
    seen = []
    with progress:
        progress.begin("x\x1b[31m" + "y" * 100)
        assert (task.total, task.fields["status"][:12]) == (None, r"Making x\x1b")
        progress.made(SPEECH)
        for seconds in (1.0, 2.0, 1.0, 2.0):
            progress.tick(seconds)
            seen.append(task.completed)
    assert (task.total, seen) == (4.0, [1.0, 2.0, 3.0, 4.0])


def test_an_interruption_that_was_swallowed_is_noticed() -> None:
    interruption = Interruption()
    progress = GenerateProgress(interruption, quiet=True)
    with pytest.raises(KeyboardInterrupt):
        interruption.tell()
    with pytest.raises(KeyboardInterrupt):
        progress.begin("x")
    with pytest.raises(KeyboardInterrupt):
        progress.made(SPEECH)
    with pytest.raises(KeyboardInterrupt):
        progress.tick(1.0)
