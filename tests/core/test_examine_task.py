"""core/examine_task.py: a task says all that a check needs; private keys stay out where it says so."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from earwitness import examine as module
from earwitness.examine_task import ExamineTask, examine_task
from earwitness.provenance.keys import KeyRing
from earwitness.report import Report


def test_a_task_is_a_check_with_all_its_options(
    monkeypatch: pytest.MonkeyPatch, make_report: Callable[..., Report]
) -> None:
    seen: dict[str, Any] = {}

    def examine(path: str, **options: Any) -> Report:
        seen.update(options, path=path)
        return make_report()

    monkeypatch.setattr(module, "examine", examine)
    task = ExamineTask("a.wav", "call.wav", 0.2, 60.0, signposts_only=True, explain=True)
    done = examine_task(pickle.loads(pickle.dumps(task)))
    assert seen == {
        "path": "a.wav", "name": "call.wav", "prior": 0.2, "max_seconds": 60.0, "signposts_only": True,
        "explain": True,
    }  # fmt: skip
    assert Report.model_validate_json(done.json).verdict == done.verdict


@pytest.mark.usefixtures("fake_scheme")
@pytest.mark.parametrize(("signposts_only", "names"), [(False, {"studio", "signpost"}), (True, {"signpost"})])
def test_the_marks_that_a_check_looks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, signposts_only: bool, names: set[str]
) -> None:
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    KeyRing().create("studio")
    look, refused = module._mark_reader(signposts_only=signposts_only)
    assert refused == ()
    assert look is not None
    search = look(None)
    search.push(np.zeros((1, 16_000), np.float32))
    assert {finding.key.name for finding in search.finish()} == names
