"""What was made is not made again, also after a crash."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from earwitness.eval.kept import Kept
from earwitness.generation import Speech


def never() -> Speech:
    raise AssertionError("it is kept")


def test_values_are_made_once(tmp_path: Path) -> None:
    assert Kept(tmp_path).value("a", lambda: {"x": 1.5}) == {"x": 1.5}
    again = Kept(tmp_path)
    assert (again.holds("a"), again.holds("b")) == (True, False)
    assert again.value("a", never) == {"x": 1.5}
    assert again.value("b", lambda: None) is None
    assert Kept(tmp_path).value("b", never) is None


def test_a_cut_line_is_made_again(tmp_path: Path) -> None:
    Kept(tmp_path).value("a", lambda: 1)
    path = tmp_path / "values.jsonl"
    path.write_text(path.read_text() + '["half', encoding="utf-8")
    assert Kept(tmp_path).value("b", lambda: 2) == 2
    last = Kept(tmp_path)
    assert (last.value("a", never), last.value("b", never)) == (1, 2)


def test_sounds_are_kept_as_they_are(tmp_path: Path) -> None:
    samples = np.linspace(-1, 1, 1000).astype(np.float32)
    made = Kept(tmp_path).sound("s", lambda: Speech(samples, 24_000))
    found = Kept(tmp_path).sound("s", never)
    assert found.rate == made.rate == 24_000
    assert np.array_equal(found.samples, samples)
