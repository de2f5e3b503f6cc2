"""Equal sounds score best; what is added lowers the right metric."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import MissingDependencyError
from earwitness.eval import mark_quality
from earwitness.eval.mark_quality import envelopes, measure, modulation_db, snr_db

Float32 = npt.NDArray[np.float32]


def test_snr(speech_like: Callable[..., Float32]) -> None:
    x = speech_like(2.0)
    assert snr_db(x, x) == 200
    assert snr_db(x, x * np.float32(1.1)) == pytest.approx(20, abs=0.01)


def test_a_tremolo_is_seen_as_slow_modulation() -> None:
    rng = np.random.default_rng(0)
    x = (0.1 * rng.standard_normal(8 * 16_000)).astype(np.float32)
    t = np.arange(x.size) / 16_000

    def swung(hertz: float) -> Float32:
        return np.asarray(x * 10 ** (np.sin(2 * np.pi * hertz * t) / 20), np.float32)

    assert modulation_db(x, x) == 0
    assert modulation_db(x, swung(4.0)) == pytest.approx(0.7, abs=0.03)
    assert modulation_db(x, swung(0.5)) < 0.1
    assert envelopes(x).shape[0] == 24


def test_equal_sounds_score_best(speech_like: Callable[..., Float32]) -> None:
    for package in ("pesq", "pystoi", "visqol"):
        pytest.importorskip(package, reason="part of the bench extra")
    x = speech_like(4.0, level=0.3)
    rough = x + 0.02 * np.random.default_rng(0).standard_normal(x.size).astype(np.float32)
    best, worse = measure(x, x), measure(x, rough)
    assert best["pesq_wb"] == pytest.approx(4.64, abs=0.01)
    assert best["stoi"] == pytest.approx(1.0)
    assert best["visqol"] == pytest.approx(5.0)
    for metric in ("pesq_wb", "stoi", "visqol"):
        high, low = best[metric], worse[metric]
        assert high is not None
        assert low is not None
        assert low < high


def test_a_missing_metric_is_told() -> None:
    with pytest.raises(MissingDependencyError, match="bench"):
        mark_quality._needed("no_such_metric_package")
