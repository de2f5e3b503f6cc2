"""Pieces of given lengths: exact, without shared sound, of one class and system, and kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from earwitness.eval.protocols import Clip
from earwitness.eval.sweep_lengths import pieces

RATE = 16_000


@pytest.fixture
def clips(tmp_path: Path) -> list[Clip]:
    """Six clips of 2 s: each holds its number as its level; people of corpus a and b, fakes of one system."""
    found = []
    for index in range(6):
        path = tmp_path / f"{index}.wav"
        soundfile.write(path, np.linspace((index + 1) / 10, (index + 1) / 10 + 0.01, 2 * RATE), RATE)
        synthetic = index >= 4
        corpus = "ab"[index % 2]
        found.append(Clip(path, synthetic, corpus, "f", "gan" if synthetic else "human", f"s{index}", "en"))
    return found


def levels(clip: Clip) -> set[int]:
    """Which clips are heard in a piece."""
    samples, rate = soundfile.read(clip.path)
    assert rate == RATE
    middle = samples.reshape(-1, RATE // 10)[:, RATE // 20]
    return {round(10 * value) - 1 for value in middle}


def test_long_pieces_join_clips_of_one_system(clips: list[Clip], tmp_path: Path) -> None:
    found = pieces(clips, 4, tmp_path / "out")
    assert [soundfile.info(c.path).frames for c in found] == [4 * RATE] * 3
    assert [levels(c) for c in found] == [{0, 2}, {1, 3}, {4, 5}]
    assert [(c.synthetic, c.corpus, c.speaker) for c in found] == [
        (False, "a", "s0"),
        (False, "b", "s1"),
        (True, "a", "s4"),
    ]


def test_short_pieces_are_cut_and_share_no_sound(clips: list[Clip], tmp_path: Path) -> None:
    found = pieces(clips, 1, tmp_path / "out")
    assert len({c.path for c in found}) == 12
    assert all(len(levels(c)) == 1 for c in found)


def test_a_piece_that_is_not_full_is_none(clips: list[Clip], tmp_path: Path) -> None:
    assert pieces(clips, 5, tmp_path / "out") == []
    assert [levels(c) for c in pieces(clips, 3, tmp_path / "out")] == [{0, 2}, {1, 3}, {4, 5}]


def test_limit_is_of_each_class(clips: list[Clip], tmp_path: Path) -> None:
    found = pieces(clips, 1, tmp_path / "out", limit=2)
    assert [c.synthetic for c in found] == [False, False, True, True]


def test_made_once(clips: list[Clip], tmp_path: Path) -> None:
    first = pieces(clips, 2, tmp_path / "out")
    stamps = [c.path.stat().st_mtime_ns for c in first]
    again = pieces(clips, 2, tmp_path / "out")
    assert again == first
    assert [c.path.stat().st_mtime_ns for c in again] == stamps


def test_seams_fade(clips: list[Clip], tmp_path: Path) -> None:
    samples, _ = soundfile.read(pieces(clips, 4, tmp_path / "out")[0].path)
    assert abs(samples[2 * RATE]) < 0.01
    assert samples[2 * RATE + 400] == pytest.approx(0.3, abs=0.01)
