"""Occlusion on a detector of the test's own that hears one band only, and excerpts kept from a stream."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import cast

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.contracts import Excerpt, Explainer, KeepingStream, Window
from earwitness.detector.calibrate import Calibration
from earwitness.detector.card import Card
from earwitness.detector.explain import BANDS_HZ, MOST_PASSES, SpectrogramKeeper, occlude, silence
from earwitness.detector.frontend import SAMPLE_RATE, frames_in
from earwitness.detector.model import SpectrogramDetector, load_default
from earwitness.detector.stream import LOOK_AHEAD, STEP, SpectrogramStream
from earwitness.samples import Float32

Sound = Callable[..., Float32]
OPEN = Calibration(1.0, 0.0, 1e9)
VIEWS: dict[str, tuple[int, ...]] = {"features": (256,), "wideband": (128,), "full": (7, 256)}


class OneBand:
    """Shows views of ones; a vector is their mean in one band; the score is the window's mean times ``gain``.

    late: only what comes after this share of the window counts.
    """

    localiser = None
    vector_shape = (1, 1)

    def __init__(
        self, low_hz: float, high_hz: float, gain: float = 4.0, late: float = 0.0, view: str = "features"
    ) -> None:
        self.card = Card("band", "1", "0" * 64, 38, 6, OPEN, OPEN, {})
        self.low_hz, self.high_hz, self.gain, self.late, self.view = low_hz, high_hz, gain, late, view
        self.passes = 0

    def views(self, samples: Float32, _: npt.NDArray[np.bool_]) -> dict[str, Float32]:
        frames = frames_in(len(samples))
        return {
            name: np.ones((*shape, 2 * frames if shape[-1] == 128 else frames), np.float32)
            for name, shape in VIEWS.items()
        }

    def look(self, views: dict[str, Float32]) -> tuple[Float32, Float32]:
        self.passes += 1
        view = views[self.view]
        view = view.reshape(-1, *view.shape[-2:]).mean(axis=0)
        bins, frames = view.shape
        rows = slice(round(self.low_hz / 8000 * bins), round(self.high_hz / 8000 * bins))
        heard = view[rows].mean(axis=0) * (np.arange(frames) >= self.late * frames)
        vectors = heard.reshape(-1, 16 if bins == 128 else 8).mean(axis=1)[:, None, None]
        return vectors, np.zeros(vectors.shape[:2], np.float32)

    def scores(self, statistics: Float32) -> Float32:
        return np.asarray(self.gain * statistics[:, 0, 0], np.float32)


def excerpt(vectors: int = 38, start_s: float = 7.2, llr: float = 4.0) -> Excerpt:
    n = vectors * STEP + LOOK_AHEAD
    return Excerpt(start_s, start_s + vectors * 0.08, llr, np.zeros(n, np.float32), np.ones(n, np.float32))


def explain(detector: OneBand, *excerpts: Excerpt) -> list[tuple[float, dict[float, float]]]:
    """LLR, and its drop by the lower edge of each band."""
    found = occlude(cast(SpectrogramDetector, detector), excerpts or (excerpt(),))
    return [(one.llr, {band.low_hz: one.llr - band.llr for band in one.bands}) for one in found]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("low", "high"), list(pairwise(BANDS_HZ)))
def test_the_band_that_the_detector_hears_is_the_only_one_that_counts(
    low: float, high: float, view: str
) -> None:
    [(llr, drops)] = explain(OneBand(low, high, view=view))
    assert llr == pytest.approx(4.0, rel=1e-5)
    assert drops.pop(low) == pytest.approx(4.0, rel=1e-5)
    assert list(drops.values()) == pytest.approx([0.0] * 7, abs=1e-5)


def test_the_stretch_that_the_detector_hears_is_found() -> None:
    detector = cast(SpectrogramDetector, OneBand(2_000, 3_000, late=5 / 6))
    [found] = occlude(detector, [excerpt(vectors=36)])
    own = [cell for cell in found.cells if cell.low_hz == 2_000]
    assert [cell.start_s for cell in own] == pytest.approx([7.2 + 0.48 * k for k in range(6)], abs=2e-3)
    assert [cell.end_s for cell in own] == pytest.approx([7.68 + 0.48 * k for k in range(6)], abs=2e-3)
    drops = [found.llr - cell.llr for cell in own]
    assert drops == pytest.approx([0, 0, 0, 0, 0, found.llr], abs=1e-5)
    assert found.llr > 0.5


def test_where_the_excerpt_sounds_human_the_band_that_says_so_is_looked_at_closely() -> None:
    [found] = occlude(cast(SpectrogramDetector, OneBand(5_500, 7_000, gain=-3.0)), [excerpt()])
    assert {(cell.low_hz, cell.high_hz) for cell in found.cells} == {(5_500, 7_000)}
    assert found.bands[6].llr == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize("vectors", [12, 38, 400])
def test_the_network_is_run_a_bounded_number_of_times(vectors: int) -> None:
    detector = OneBand(0, 8_000)  # every band counts
    explain(detector, excerpt(vectors), excerpt(vectors))
    assert 18 <= detector.passes <= MOST_PASSES


def test_two_excerpts_keep_their_order_and_their_times() -> None:
    found = occlude(cast(SpectrogramDetector, OneBand(0, 500)), [excerpt(12, 30.0), excerpt(38, 1.92)])
    assert [(one.start_s, one.end_s) for one in found] == [(30.0, 30.96), (1.92, pytest.approx(4.96))]
    assert occlude(cast(SpectrogramDetector, OneBand(0, 500)), []) == []


def test_silence_touches_the_part_alone_and_leaves_the_view() -> None:
    view = np.ones((7, 256, 300), np.float32)
    quiet = silence(view, 4_000, 5_500, 0.5, 0.6)
    assert view.all()
    zeros = np.argwhere(quiet[3] == 0)
    assert (zeros.min(axis=0).tolist(), zeros.max(axis=0).tolist()) == ([128, 150], [175, 179])
    assert (quiet == 0).sum() == 7 * 48 * 30
    assert not silence(view, 0, 8_000, 0.0, 1.0).any()


class Told:
    """A stream in place of the detector's: each push gives the windows that the test lays down."""

    def __init__(self) -> None:
        self.windows: list[Window] = []

    def push(self, *_: Float32) -> list[Window]:
        given, self.windows = self.windows, []
        return given

    finish = push


def keeper() -> tuple[SpectrogramKeeper, Told]:
    keeping = SpectrogramKeeper(cast(SpectrogramDetector, OneBand(0, 500)))
    told = Told()
    keeping._stream = cast(SpectrogramStream, told)
    return keeping, told


def window(start_vector: int, llr: float) -> Window:
    return Window(round(0.08 * start_vector, 3), round(0.08 * (start_vector + 38), 3), llr, 1.0)


@pytest.mark.parametrize(
    ("offered", "kept"),
    [
        ([(0, 1.0), (6, 2.0), (12, 1.5)], [(6, 2.0)]),
        ([(0, 1.0), (38, 3.0), (80, 2.0)], [(38, 3.0), (80, 2.0)]),
        ([(0, 1.0), (38, 0.5), (80, 2.0)], [(80, 2.0), (0, 1.0)]),
        ([(0, -3.0)], [(0, -3.0)]),
        ([(0, 1.0), (38, 2.0), (20, 3.0)], [(20, 3.0)]),
    ],
)
def test_the_best_windows_that_do_not_overlap_are_kept(
    offered: list[tuple[int, float]], kept: list[tuple[int, float]]
) -> None:
    keeping, told = keeper()
    told.windows = [window(*one) for one in offered]
    sound = np.arange(160 * STEP, dtype=np.float32)
    keeping.push(sound, np.ones(160, np.float32))
    assert [(e.start_s, e.llr) for e in keeping.excerpts()] == [(round(0.08 * v, 3), llr) for v, llr in kept]
    for one, (vector, _) in zip(keeping.excerpts(), kept, strict=True):
        np.testing.assert_array_equal(one.samples, sound[vector * STEP :][: 38 * STEP + LOOK_AHEAD])
        assert one.speech.shape == one.samples.shape


def test_a_long_recording_is_not_held_and_gives_the_same_windows(speech_like: Sound, noise: Sound) -> None:
    detector = load_default()
    sound = np.tile(speech_like(5.0), 8) + noise(40.0, level=0.01) * np.linspace(
        0, 1, 640_000, dtype=np.float32
    )
    sound[320_000] = np.nan
    speech = np.ones(len(sound), np.float32)
    keeping, plain = detector.start_keeping(), detector.start()
    assert isinstance(detector, Explainer)
    assert isinstance(keeping, KeepingStream)
    assert not isinstance(plain, KeepingStream)
    found: list[Window] = []
    for k in range(0, len(sound), 50_000):
        found += keeping.push(sound[k : k + 50_000], speech[k : k + 50_000])
        assert len(cast(SpectrogramKeeper, keeping)._samples) <= 16 * SAMPLE_RATE
    found += keeping.finish()
    assert found == plain.push(sound, speech) + plain.finish()
    assert (keeping.total_llr(), keeping.traces()) == (plain.total_llr(), plain.traces())
    best = keeping.excerpts()[0]
    assert best.llr == max(one.llr for one in found)
    begin = round(best.start_s * SAMPLE_RATE)
    expected = np.nan_to_num(sound[begin : begin + len(best.samples)])
    np.testing.assert_array_equal(best.samples, expected)
    assert len(best.samples) == 38 * STEP + LOOK_AHEAD


def test_the_shipped_detector_explains_what_it_kept(speech_like: Sound) -> None:
    detector = load_default()
    keeping = detector.start_keeping()
    sound = speech_like(1.5)
    (heard,) = keeping.push(sound, np.ones_like(sound)) + keeping.finish()
    [found] = detector.explain(keeping.excerpts())
    # All of a short recording is one window, so that nothing is different when it is heard by itself.
    assert found.llr == pytest.approx(heard.llr, abs=1e-3)
    assert len(found.bands) == 8
    assert any(abs(band.llr - found.llr) > 1e-3 for band in found.bands)
    assert found.cells
