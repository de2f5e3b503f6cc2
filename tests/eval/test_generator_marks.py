"""Marks are put in by the front door and read after MP3."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.eval import generator_marks
from earwitness.eval.generator_bench import Bench
from earwitness.eval.generator_marks import marks
from earwitness.eval.generator_material import Clip
from earwitness.eval.generator_systems import open_systems
from earwitness.eval.kept import Kept

pytestmark = pytest.mark.usefixtures("fake_generators")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    from fake_generators import babble

    monkeypatch.setattr(generator_marks, "OURS", ("fake",))
    clips = [Clip("0", "c", "s0", "en", babble(3.0, 0).samples, "hash 0")]
    return Bench(
        clips, ["A sentence that is as long as it must be."], open_systems(["fake", "silent"]), Kept(tmp_path)
    )


def test_marks_are_read_back(bench: Bench) -> None:
    (rows,) = marks(bench).values()
    assert [row["what"] for row in rows] == ["copy", "text"]
    assert all(row["file"] and row["mp3"] for row in rows)
    assert rows[0]["strength"] in ("default", "strong")
    assert rows[0]["seconds"] == pytest.approx(3.0)


def test_what_the_front_door_gives_no_file_for_counts_as_unread(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator_marks, "OURS", ("silent",))
    bench.clips, bench.sentences = [], ["Nothing."]
    (rows,) = marks(bench).values()
    assert (rows[0]["file"], rows[0]["mp3"]) == (False, False)
    assert rows[0]["error"]
