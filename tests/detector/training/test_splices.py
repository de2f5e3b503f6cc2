"""The limit for steps inside a recording comes from people who were not spliced."""

import csv
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from earwitness.contracts import Window
from earwitness.detector.calibrate import Calibration
from earwitness.detector.model import Card, SpectrogramDetector
from earwitness.detector.segments import STEP_S
from earwitness.detector.training import splices
from earwitness.detector.training.splices import add_contrast, calibrated, long_recordings

Float32 = npt.NDArray[np.float32]
LIMITS = {"likely_synthetic": 2.0, "likely_human": -0.5}


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Three clips of 7 s of a, one of b (too short alone), and a synthetic one that must not count."""
    rows = [("a", "human"), ("a", "human"), ("a", "human"), ("b", "human"), ("a", "synthetic")]
    with (tmp_path / "manifest.tsv").open("w", newline="") as handle:
        writer = csv.DictWriter(handle, ["path", "label", "speaker"], delimiter="\t")
        writer.writeheader()
        for k, (speaker, label) in enumerate(rows):
            sound = np.random.default_rng(k).normal(0, 0.01 * (k + 1), 7 * 16_000)
            soundfile.write(tmp_path / f"{k}.flac", sound, 16_000)
            writer.writerow({"path": f"{k}.flac", "label": label, "speaker": speaker})
    return tmp_path / "manifest.tsv"


def test_clips_of_a_speaker_are_joined_at_one_level(manifest: Path) -> None:
    (joined,) = long_recordings(manifest)
    assert len(joined) == 21 * 16_000
    levels = [float(np.sqrt(np.mean(part**2))) for part in np.split(joined, 3)]
    assert levels == pytest.approx([splices.LEVEL] * 3, rel=0.02)


def steps(*llrs: float) -> list[Window]:
    return [Window(STEP_S * k, STEP_S * (k + 1), llr, 1.0) for k, llr in enumerate(llrs)]


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        (steps(*[-3.0] * 10, *[1.0] * 5, *[-2.0] * 20), 1.0 + 7 / 3),
        (steps(*[-3.0] * 10, *[1.0] * 3, *[-2.0] * 20), 2.5),
        (steps(*[-3.0] * 40), 2.5),
        (steps(*[3.0] * 40), 2.5),
    ],
    ids=["a rise", "too short a rise", "none", "no human rest"],
)
def test_the_highest_rise_is_the_limit_but_never_less_than_the_gap(
    manifest: Path, monkeypatch: pytest.MonkeyPatch, heard: list[Window], expected: float
) -> None:
    monkeypatch.setattr(splices, "listen", lambda *_: (0.0, heard))
    runtime: dict[str, Any] = {"thresholds": dict(LIMITS)}
    add_contrast(runtime, cast(SpectrogramDetector, None), manifest)
    assert runtime["thresholds"]["contrast"] == pytest.approx(expected, abs=0.01)


def test_telephone_band_gets_a_limit_of_its_own(manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = steps(*[-3.0] * 20, *[1.0] * 5, *[-3.0] * 18)
    monkeypatch.setattr(splices, "listen", lambda *_: (0.0, heard))
    monkeypatch.setattr(splices, "condition", lambda x, name, _: np.full_like(x, name in ("g711", "gsm")))
    monkeypatch.setattr(splices, "is_narrow", lambda x: bool(x[0]))
    phone = {"windows": {"slope": 2.0, "offset": 0.0}, "thresholds": dict(LIMITS)}
    runtime: dict[str, Any] = {"thresholds": dict(LIMITS), "telephone": phone}
    add_contrast(runtime, cast(SpectrogramDetector, None), manifest)
    assert runtime["thresholds"]["contrast"] == pytest.approx(4.0, abs=0.01)
    assert phone["thresholds"]["contrast"] == pytest.approx(8.0, abs=0.01)


def test_a_draft_gets_its_calibration() -> None:
    unit = Calibration(1.0, 0.0)
    draft = Card("spectro", "1", "0" * 64, 38, 6, unit, unit, {})
    card = calibrated(
        draft, {"whole": {"slope": 2.0, "offset": 1.0}, "windows": {"slope": 3.0, "offset": 0.0}}
    )
    assert (card.whole.slope, card.window_calibration.slope) == (2.0, 3.0)
