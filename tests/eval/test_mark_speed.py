"""Speeds are those of every scheme that was asked for; slow ones are timed once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from earwitness.eval import mark_speed


class Counted:
    """A scheme that counts how often it marks."""

    def __init__(self) -> None:
        self.marked = 0

    def embed(self, samples: Any, _: str) -> Any:
        self.marked += 1
        return samples

    def read(self, samples: Any, _: str) -> None:
        assert samples.size


def test_slow_schemes_are_timed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {"perth": Counted(), "aware": Counted()}

    def load(name: str, prototype: Path | None) -> Counted:
        assert prototype is None
        return made[name]

    monkeypatch.setattr(mark_speed, "load_scheme", load)
    clips = [np.ones(16_000 * 4, np.float32)] * 2
    found = mark_speed.speeds(["perth", "aware"], clips, None, repeats=3)
    assert made["perth"].marked == 1 + 6  # one to warm up
    assert made["aware"].marked == 1
    for table in found.values():
        assert set(table) == {"embed", "detect", "detect_unmarked"}
        assert min(table.values()) > 0
