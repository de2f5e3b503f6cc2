"""generators/training/speech.py: what is packed, who is held out, what is drawn."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import SourceNotFoundError
from earwitness.generators.training.speech import Speech, pack


def test_speakers_are_held_out_whole_and_others_left_out(manifest: Path, tmp_path: Path) -> None:
    folder = pack(manifest, tmp_path / "speech", ["kerstin_de"], held_out=0.5)
    entries = json.loads((folder / "speech.json").read_text())["recordings"]
    assert [entry[2] for entry in entries] == ["s0", "s1", "s2", "s3"]
    learnt, unseen = Speech(folder), Speech(folder, held_out=True)
    assert (len(learnt), len(unseen)) == (2, 2)
    assert learnt.hours == pytest.approx(4 / 3600, rel=0.01)
    before = (folder / "speech.i16").stat().st_mtime_ns
    assert pack(manifest, folder, ["kerstin_de"]) == folder  # packed once
    assert (folder / "speech.i16").stat().st_mtime_ns == before


def test_cuts_follow_the_generator_and_stay_within_full_scale(manifest: Path, tmp_path: Path) -> None:
    speech = Speech(pack(manifest, tmp_path / "speech", ["kerstin_de"]))
    one = speech.batch(np.random.default_rng(3), 8, 9_600)
    assert one.shape == (8, 9_600)
    assert one.dtype == np.float32
    np.testing.assert_array_equal(one, speech.batch(np.random.default_rng(3), 8, 9_600))
    assert not np.array_equal(one, speech.batch(np.random.default_rng(4), 8, 9_600))
    peaks = np.abs(one).max(1)
    assert peaks.max() <= 10 ** (-0.5 / 20) + 1e-6
    assert peaks.min() >= 0.09
    assert speech.batch(np.random.default_rng(0), 1, 100_000).shape == (1, 100_000)  # longer than any: padded


def test_no_recording_is_an_error(manifest: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError):
        pack(manifest, tmp_path / "speech", ["nobody"])
