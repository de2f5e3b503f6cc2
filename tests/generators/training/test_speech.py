"""generators/training/speech.py: what is packed, who is held out, what is drawn."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earwitness.errors import SourceNotFoundError
from earwitness.generators.mel import MelConfig
from earwitness.generators.training.pitch_network import track
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
    one, pitch = speech.batch(np.random.default_rng(3), 8, 9_600)
    assert (one.shape, pitch.shape) == ((8, 9_600), (8, 49))
    assert one.dtype == pitch.dtype == np.float32
    again = speech.batch(np.random.default_rng(3), 8, 9_600)
    np.testing.assert_array_equal(one, again.samples)
    np.testing.assert_array_equal(pitch, again.pitch)
    assert not np.array_equal(one, speech.batch(np.random.default_rng(4), 8, 9_600).samples)
    peaks = np.abs(one).max(1)
    assert peaks.max() <= 10 ** (-0.5 / 20) + 1e-6
    assert peaks.min() >= 0.09
    longer = speech.batch(np.random.default_rng(0), 1, 100_000)  # than any recording: padded
    assert (longer.samples.shape, longer.pitch.shape) == ((1, 100_000), (1, 501))
    assert not longer.pitch[0, 170:].any()


def test_the_pitch_of_a_cut_is_that_of_its_sound(manifest: Path, tmp_path: Path) -> None:
    for index in range(4):  # a glide: its pitch tells where a cut was made
        time = np.arange(48_000) / 16_000
        hz = 100 * 2 ** (time / 3)
        sound = sum(np.cos(2 * np.pi * k * np.cumsum(hz) / 16_000) / k for k in range(1, 20))
        soundfile.write(tmp_path / f"{index}.flac", 0.1 * np.asarray(sound), 16_000)
    speech = Speech(pack(manifest, tmp_path / "glides", ["kerstin_de"]))
    samples, pitch = speech.batch(np.random.default_rng(0), 4, 9_600)
    for sound, given in zip(samples, pitch, strict=True):
        middle = track(sound, MelConfig())[8:-8]
        assert np.median(np.abs(middle / given[8:-8] - 1)) < 0.01


def test_no_recording_is_an_error(manifest: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError):
        pack(manifest, tmp_path / "speech", ["nobody"])
