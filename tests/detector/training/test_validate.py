"""Validation: error rates, and scores of clips of any length."""

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import torch

from earwitness.detector.training.network import NetConfig, SpectrogramNet
from earwitness.detector.training.validate import (
    equal_error_rate,
    validation_report,
    validation_scores,
    validation_set,
)

Float32 = npt.NDArray[np.float32]
RATE = 16_000
TINY = NetConfig(widths=(4, 4, 8, 8), stem=4, frame_dim=6)


def scores(*values: float) -> Float32:
    return np.array(values, dtype=np.float32)


@pytest.mark.parametrize(
    ("human", "synthetic", "expected"),
    [
        (scores(0, 1, 2), scores(3, 4), 0.0),
        (scores(3, 4), scores(0, 1, 2), 1.0),
        (scores(0, 1, 2, 5), scores(3, 4, 6, 7), 0.25),
        (scores(1, 1, 1), scores(1, 1), 0.5),
        (scores(0, 1), scores(1, 2), 0.25),
        (scores(0, math.nan), scores(1, 2), 1.0),
        (scores(math.nan, math.nan), scores(math.nan), 1.0),
    ],
)
def test_equal_error_rate(human: Float32, synthetic: Float32, expected: float) -> None:
    assert equal_error_rate(human, synthetic) == pytest.approx(expected)


def test_scores_without_order_err_as_often_as_not() -> None:
    rng = np.random.default_rng(0)
    drawn = rng.standard_normal((2, 4_000)).astype(np.float32)
    assert equal_error_rate(drawn[0], drawn[1]) == pytest.approx(0.5, abs=0.03)
    shifted = equal_error_rate(drawn[0], drawn[1] + 2)
    assert shifted == pytest.approx(0.1587, abs=0.02), "two normal distributions, two deviations apart"


@pytest.fixture(scope="module")
def clips_tsv(tmp_path_factory: pytest.TempPathFactory, speech: Float32) -> Path:
    """Two human and two synthetic clips, of the families a and b."""
    base = tmp_path_factory.mktemp("clips")
    rows = ["file\tlabel\tfamily"]
    for k in range(4):
        soundfile.write(base / f"{k}.flac", np.roll(speech, 4_000 * k)[: 20_000 + 8_000 * k], RATE)
        rows.append(f"{k}.flac\t" + ("human\thuman" if k < 2 else f"synthetic\t{'ab'[k % 2]}"))
    (base / "clips.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return base / "clips.tsv"


def test_validation_takes_the_middle_of_every_clip(clips_tsv: Path) -> None:
    clips = validation_set(clips_tsv, seconds=1.5)
    assert [features.shape[1] for features, _ in clips] == [122, 147, 147, 147]
    torch.manual_seed(0)
    net = SpectrogramNet(TINY).train()
    first = validation_scores(net, clips)
    assert first.shape == (4,)
    assert np.array_equal(first, validation_scores(net, clips)), "dropout is off"


def test_the_report_has_an_error_rate_for_each_family(clips_tsv: Path) -> None:
    clips = validation_set(clips_tsv, seconds=1.0)
    report = validation_report(scores(0, 1, 2, -1), clips)  # families: a and b
    assert report["families"]["a"] == 0.0
    assert report["families"]["b"] == 1.0
    assert report["eer"] == 0.5
