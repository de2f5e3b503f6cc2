"""Joined recordings have the asked length and hold the clips."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from earwitness.eval.protocols import read_manifest
from earwitness.eval.speed_material import folder_of_clips, join


def clips(manifest: Path) -> list[Path]:
    return [clip.path for clip in read_manifest(manifest)]


@pytest.mark.parametrize("seconds", [0.5, 10.0, 33.3])
def test_wav_has_exactly_the_length(manifest: Path, tmp_path: Path, seconds: float) -> None:
    samples, rate = soundfile.read(join(clips(manifest), seconds, tmp_path / "x.wav"), dtype="float32")
    assert rate == 16_000
    assert samples.size == round(seconds * 16_000)
    first, _ = soundfile.read(clips(manifest)[0], dtype="float32")
    kept = min(first.size, samples.size)
    assert np.abs(samples[:kept] - first[:kept]).max() < 1e-3


def test_mp3_is_at_44100(manifest: Path, tmp_path: Path) -> None:
    info = soundfile.info(join(clips(manifest), 3.0, tmp_path / "x.mp3"))
    assert info.samplerate == 44_100
    assert info.duration == pytest.approx(3.0, abs=0.1)


def test_folder_holds_different_files(manifest: Path, tmp_path: Path) -> None:
    folder = folder_of_clips(clips(manifest), 3, 2.0, tmp_path / "scan")
    assert len({path.read_bytes() for path in folder.iterdir()}) == 3
