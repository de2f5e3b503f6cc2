"""Partial fakes: where, and exactly there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.generators.attacks.floor import floor_power
from earwitness.generators.attacks.signal import frame_levels, speech_rms
from earwitness.generators.attacks.splice import aligned, choose_spans, spliced

Float32 = npt.NDArray[np.float32]
Sound = Callable[..., Float32]


@pytest.mark.parametrize("seed", range(8))
def test_spans_are_apart_in_order_and_quiet_at_their_edges(seed: int, speech_like: Sound) -> None:
    x = speech_like(10.0, seed=seed)
    spans = choose_spans(x, np.random.default_rng(seed))
    assert 1 <= len(spans) <= 3
    assert sum(b - a for a, b in spans) <= x.size / 2
    levels = frame_levels(x)
    end = 0
    for first, last in spans:
        assert first >= end
        assert 8_000 <= last - first <= 48_000
        assert levels[min(first // 160, levels.size - 1)] < np.percentile(levels, 50)
        end = last + 4_000


def test_the_shortest_recording_has_a_span() -> None:
    x = np.random.default_rng(0).standard_normal(32_000).astype(np.float32) * 0.1
    [(first, end)] = choose_spans(x, np.random.default_rng(0))
    assert 0 <= first < end <= 32_000
    assert end - first >= 8_000


def test_outside_of_spans_nothing_changes_and_inside_everything(speech_like: Sound) -> None:
    x, other = speech_like(6.0), speech_like(6.0, level=0.1, seed=9)
    asked = []

    def remake(heard: Float32, number: int) -> Float32:
        asked.append((heard.size, number))
        return other[: heard.size + 30]

    out, spans = spliced(x, [(20_000, 36_000), (60_000, 70_000)], remake, np.random.default_rng(0))
    assert asked == [(32_000, 0), (26_000, 1)], "half a second of context on either side"
    outside = np.ones(x.size, bool)
    for first, end in spans:
        outside[first:end] = False
        inner = slice(first + 200, end - 200)
        assert np.mean(out[inner] != x[inner]) > 0.99
        assert speech_rms(out[first:end]) == pytest.approx(speech_rms(x[first:end]), rel=0.25)
    assert np.array_equal(out[outside], x[outside])


@pytest.mark.parametrize("late", [-240, 0, 320])
def test_a_late_remake_is_put_in_its_place(late: int, speech_like: Sound) -> None:
    x = speech_like(3.0)
    shifted = np.pad(x, (late, 0)) if late >= 0 else x[-late:]
    y = aligned(shifted, x)
    assert y.size == x.size
    cross = np.fft.irfft(np.fft.rfft(y, 1 << 17) * np.conj(np.fft.rfft(x, 1 << 17)))
    lag = int(np.argmax(cross))
    assert min(lag, (1 << 17) - lag) <= 32


def test_what_is_put_in_has_the_noise_of_its_surroundings(speech_like: Sound, noise: Sound) -> None:
    x = speech_like(6.0) + noise(6.0, level=0.004)
    [(first, end)] = spans = [(30_000, 54_000)]
    out, _ = spliced(x, spans, lambda heard, _: speech_like(heard.size / 16_000), np.random.default_rng(0))
    floor = [np.median(floor_power(sound[first:end])) for sound in (x, out)]
    assert 10 * np.log10(floor[1] / floor[0]) == pytest.approx(0, abs=3)
