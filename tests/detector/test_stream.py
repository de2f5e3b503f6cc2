"""One channel in pieces: the same windows however it is cut, and nothing that grows with the hours.

The network is replaced by a small sum over the spectrogram, so that no score depends on weights.
"""

from collections.abc import Callable
from typing import cast

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.contracts import Window
from earwitness.detector.calibrate import Calibration
from earwitness.detector.card import Card
from earwitness.detector.frontend import spectrogram
from earwitness.detector.localiser import Localiser
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.stream import (
    CHUNK,
    LOOK_AHEAD,
    MARGIN,
    MIN_FRAMES,
    STEP,
    SpectrogramStream,
    speech_shares,
)
from earwitness.samples import Float32

Sound = Callable[..., Float32]
RATE = 16_000
OPEN = Calibration(1.0, 0.0, 1e9)


class Summing:
    """Looks like a SpectrogramDetector; a vector is the mean of eight frames in four bands."""

    vector_shape = (1, 4)

    def __init__(self, window: int = 38, hop: int = 6, local: bool = True) -> None:
        self.local = local
        self.localiser: Localiser | None = None
        self.card = Card("sum", "1", "0" * 64, window, hop, OPEN, OPEN, {})
        self.looked_at: list[int] = []

    def frames(self, samples: Float32, speech: npt.NDArray[np.bool_]) -> tuple[Float32, Float32]:
        features = spectrogram(samples, speech)
        count = features.shape[1] // 8
        self.looked_at.append(count)
        vectors = features[:, : count * 8].reshape(4, 64, count, 8).mean(axis=(1, 3)).T
        return vectors[:, None], np.tanh(vectors[:, :1])

    def scores(self, statistics: Float32) -> Float32:
        return np.asarray(statistics.sum(axis=(1, 2)), dtype=np.float32)

    def steps(self, vectors: Float32) -> Float32 | None:
        return np.asarray(vectors.sum(axis=(1, 2)), dtype=np.float32) if self.local else None


def start(detector: Summing) -> SpectrogramStream:
    return SpectrogramStream(cast(SpectrogramDetector, detector))


def judge(
    sound: Float32, speech: Float32 | None = None, cuts: list[int] | None = None
) -> tuple[list[Window], float | None, Summing]:
    detector = Summing()
    stream = start(detector)
    track = np.ones(len(sound), np.float32) if speech is None else speech
    windows: list[Window] = []
    for piece, part in zip(np.split(sound, cuts or []), np.split(track, cuts or []), strict=True):
        windows += stream.push(piece, part)
    return windows + stream.finish(), stream.total_llr(), detector


def seconds_of(frames: int) -> int:
    """Samples that give exactly this many frame vectors."""
    return frames * STEP + LOOK_AHEAD


@pytest.mark.parametrize("size", [1_000, CHUNK * STEP + LOOK_AHEAD, 153_601])
def test_pieces_of_any_size_give_the_same_windows(speech_like: Sound, noise: Sound, size: int) -> None:
    sound = speech_like(25.3) + noise(25.3, level=0.01)
    speech = (np.sin(np.arange(len(sound)) / 9_000) > -0.6).astype(np.float32)
    at_once, total, _ = judge(sound, speech)
    assert len(at_once) > 30
    in_pieces = judge(sound, speech, list(range(size, len(sound), size)))
    assert in_pieces[:2] == (at_once, total)


def test_odd_and_empty_pieces_give_the_same_windows(noise: Sound) -> None:
    sound = noise(21.0)
    cuts = sorted(
        [0, 0, 1, 512, 1_023, 1_024, *np.random.default_rng(1).integers(len(sound), size=40).tolist()]
    )
    assert judge(sound, None, cuts)[:2] == judge(sound)[:2]


def test_windows_lie_on_the_grid_across_seams_and_reach_the_end(noise: Sound) -> None:
    frames = 749  # six chunks and a rest
    windows, _, _ = judge(noise(60.0)[: seconds_of(frames)])
    starts = [w.start_s for w in windows]
    grid = [round(0.48 * k, 3) for k in range((frames - 38) // 6 + 1)]
    assert starts[:-1] == grid
    assert starts[-1] == pytest.approx((frames - 38) * 0.08), "the last one ends with the last frame"
    assert {round(w.end_s - w.start_s, 3) for w in windows} == {3.04}
    assert windows[-1].end_s <= seconds_of(frames) / RATE


def test_no_window_comes_twice_when_the_end_is_on_the_grid(noise: Sound) -> None:
    windows, _, _ = judge(noise(30.0)[: seconds_of(38 + 6 * 40)])
    assert [w.start_s for w in windows] == [round(0.48 * k, 3) for k in range(41)]


def test_short_recordings_get_one_window_as_long_as_themselves(noise: Sound) -> None:
    (window,), total, _ = judge(noise(2.0)[: seconds_of(20)])
    assert (window.start_s, window.end_s) == (0.0, 1.6)
    assert total == pytest.approx(window.llr)


@pytest.mark.parametrize("samples", [0, 1, 4_800, seconds_of(MIN_FRAMES) - 1])
def test_too_short_to_be_judged(noise: Sound, samples: int) -> None:
    assert judge(noise(1.0)[:samples])[:2] == ([], None)


def test_the_shortest_that_is_judged(noise: Sound) -> None:
    windows, total, _ = judge(noise(1.0)[: seconds_of(MIN_FRAMES)])
    assert len(windows) == 1
    assert total is not None


def test_nothing_pushed_nothing_found() -> None:
    stream = start(Summing())
    assert stream.finish() == []
    assert stream.total_llr() is None


def test_where_nobody_speaks_the_network_is_not_run(noise: Sound) -> None:
    windows, total, detector = judge(noise(25.0), np.zeros(25 * RATE, np.float32))
    assert (windows, total, detector.looked_at) == ([], None, [])


def test_digital_silence_called_speech_has_a_finite_score() -> None:
    windows, total, _ = judge(np.zeros(12 * RATE, np.float32))
    assert total is not None
    assert np.isfinite([total, *(w.llr for w in windows)]).all()


def test_long_silence_between_speech_spoils_nothing(speech_like: Sound) -> None:
    sound = np.concatenate([speech_like(10.0), np.zeros(30 * RATE, np.float32), speech_like(10.0, seed=2)])
    speech = np.repeat(np.array([1, 0, 1], np.float32), [10 * RATE, 30 * RATE, 10 * RATE])
    windows, total, _ = judge(sound, speech)
    assert total is not None
    assert np.isfinite([total, *(w.llr for w in windows)]).all()
    assert not [w for w in windows if w.start_s > 10 and w.end_s < 40]
    assert [w for w in windows if w.start_s >= 40]


def test_broken_samples_stay_where_they_are(speech_like: Sound) -> None:
    sound = speech_like(20.0)
    broken = sound.copy()
    broken[3 * RATE : 3 * RATE + 3] = [np.nan, np.inf, -np.inf]
    windows, total, _ = judge(broken)
    assert total is not None
    assert np.isfinite([total, *(w.llr for w in windows)]).all()
    whole = {w.start_s: w for w in judge(sound)[0]}
    assert all(whole[w.start_s] == w for w in windows if w.start_s > 9.6), "another chunk, the same windows"


def test_the_total_is_the_mean_over_the_windows_weighted_by_speech(noise: Sound) -> None:
    speech = np.clip(np.linspace(2.0, -0.2, 20 * RATE), 0, 1).astype(np.float32)
    windows, total, _ = judge(noise(20.0), speech)
    spoken = np.array([w.speech for w in windows])
    assert spoken.min() >= 0.35
    heard = float(np.average([w.llr for w in windows], weights=spoken))
    assert total == pytest.approx(heard, abs=0.1), "the few windows with less speech count a little, too"


def test_windows_with_little_speech_count_but_are_not_shown(noise: Sound) -> None:
    speech = (np.arange(10 * RATE) % RATE < 0.2 * RATE).astype(np.float32)
    windows, total, _ = judge(noise(10.0), speech)
    assert windows == []
    assert total is not None


def test_a_coarse_track_is_stretched(noise: Sound) -> None:
    sound = noise(16.384)
    coarse = (np.arange(len(sound) // 512) % 40 < 25).astype(np.float32)
    stream = start(Summing())
    windows = stream.push(sound, coarse) + stream.finish()
    assert windows == judge(sound, np.repeat(coarse, 512))[0]


def test_an_empty_track_means_no_speech(noise: Sound) -> None:
    stream = start(Summing())
    assert stream.push(noise(5.0), np.zeros(0, np.float32)) + stream.finish() == []


@pytest.mark.parametrize("rest", [1, 5, 37, 38, 119])
def test_a_short_rest_is_not_judged_on_its_own(noise: Sound, rest: int) -> None:
    """Its level and mean would be those of a fraction of a second."""
    _, _, detector = judge(noise(30.0)[: seconds_of(CHUNK + rest)])
    assert detector.looked_at == ([CHUNK + rest] if rest < 38 else [CHUNK, rest])


def test_windows_may_be_disjoint(noise: Sound) -> None:
    stream = start(Summing(window=12, hop=12))
    windows = stream.push(noise(20.0)[: seconds_of(2 * CHUNK)], np.ones(seconds_of(2 * CHUNK), np.float32))
    windows += stream.finish()
    assert [w.start_s for w in windows] == [round(0.96 * k, 3) for k in range(20)]


def test_an_hour_later_times_are_right_and_memory_is_bounded(noise: Sound) -> None:
    stream = start(Summing())
    silence = np.zeros(30 * RATE, np.float32)
    held = []
    for _ in range(120):
        assert stream.push(silence, silence) == []
        held.append(sum(v.nbytes for v in vars(stream).values() if isinstance(v, np.ndarray)))
    assert max(held) < 2_000_000
    windows = stream.push(noise(30.0), np.ones(30 * RATE, np.float32)) + stream.finish()
    first, last = windows[0], windows[-1]
    assert first.start_s == pytest.approx(3600 - 3.04 + 0.35 * 3.04, abs=0.6), "a third of it is speech"
    assert first.start_s % 0.48 == pytest.approx(0, abs=1e-3) or first.start_s % 0.48 == pytest.approx(0.48)
    assert last.end_s == pytest.approx(3630, abs=0.11)


def test_traces_lean_towards_windows_that_look_synthetic(noise: Sound) -> None:
    """Sums of statistics are scores here, so that the loudest half of the score is the synthetic one."""
    detector = Summing()
    stream = start(detector)
    sound = noise(20.0) * np.repeat(np.float32([1.0, 0.02]), 160_000)
    stream.push(sound, np.ones(len(sound), np.float32))
    windows = stream.finish()
    traces = stream.traces()
    assert traces is not None
    assert len(traces) == 8
    # As the score is the sum of the statistics, the mean score of the windows is the sum of their mean.
    plain = np.mean([w.llr for w in windows])
    assert sum(traces) > plain


def test_where_nothing_is_scored_there_are_no_traces(noise: Sound) -> None:
    stream = start(Summing())
    stream.push(noise(1.0)[:4_800], np.ones(4_800, np.float32))
    stream.finish()
    assert stream.traces() is None
    quiet = start(Summing())
    quiet.push(noise(9.0), np.zeros(144_000, np.float32))
    quiet.finish()
    assert quiet.traces() is None


def steps_of(sound: Float32, speech: Float32 | None = None, cuts: list[int] | None = None) -> Float32:
    stream = start(Summing())
    track = np.ones(len(sound), np.float32) if speech is None else speech
    for piece, part in zip(np.split(sound, cuts or []), np.split(track, cuts or []), strict=True):
        stream.push(piece, part)
    stream.finish()
    found = stream.steps()
    assert found is not None
    return found


@pytest.mark.parametrize("frames", [MIN_FRAMES, CHUNK + 38, 749])
def test_every_80_ms_have_a_score_of_their_own(noise: Sound, frames: int) -> None:
    found = steps_of(noise(61.0)[: seconds_of(frames)])
    assert found.shape == (frames,)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()


def test_a_step_scores_what_sounds_just_there(noise: Sound) -> None:
    sound = noise(9.0, level=0.01)
    sound[4 * RATE : 5 * RATE] *= 30
    found = steps_of(sound)
    assert found[52:61].min() > found[:48].max()
    assert found[52:61].min() > found[64:].max()


def test_steps_in_pauses_have_no_score(noise: Sound) -> None:
    """A step counts where three tenths of it are speech."""
    speech = np.zeros(30 * RATE, np.float32)
    speech[20 * STEP : 40 * STEP] = 1
    speech[40 * STEP : 40 * STEP + int(0.29 * STEP)] = 1
    speech[50 * STEP : 50 * STEP + int(0.31 * STEP)] = 1
    found = steps_of(noise(30.0), speech)
    assert np.flatnonzero(np.isfinite(found)).tolist() == [*range(20, 40), 50]
    assert len(found) == (30 * RATE - LOOK_AHEAD) // STEP, "also chunks in which nobody speaks have theirs"


@pytest.mark.parametrize("size", [1_000, CHUNK * STEP + LOOK_AHEAD, 153_601])
def test_steps_are_the_same_however_the_sound_is_cut(speech_like: Sound, noise: Sound, size: int) -> None:
    sound = speech_like(25.3) + noise(25.3, level=0.01)
    speech = (np.sin(np.arange(len(sound)) / 9_000) > -0.6).astype(np.float32)
    at_once = steps_of(sound, speech)
    assert np.isnan(at_once).any()
    in_pieces = steps_of(sound, speech, list(range(size, len(sound), size)))
    assert np.array_equal(at_once, in_pieces, equal_nan=True)


class Middle:
    """A localiser that says how far a step's vector is from the mean of what is heard."""

    share = 0.25

    def look(self, vectors: Float32, heard: Float32) -> Float32:
        sums = vectors.sum(axis=(1, 2))
        return np.asarray(sums - sums[heard > 0].mean(), np.float32)


def test_steps_are_heard_beside_the_rest_too(noise: Sound) -> None:
    sound = noise(20.0, level=0.01)
    sound[4 * RATE : 5 * RATE] *= 30
    speech = np.ones(len(sound), np.float32)
    speech[: 20 * STEP] = 0
    alone = steps_of(sound, speech)
    detector = Summing()
    detector.localiser = cast(Localiser, Middle())
    stream = start(detector)
    for piece, part in zip(np.split(sound, [99_000]), np.split(speech, [99_000]), strict=True):
        stream.push(piece, part)
    stream.finish()
    found = stream.steps()
    assert found is not None
    assert np.array_equal(np.isnan(found), np.isnan(alone)), "pauses stay pauses"
    spoken = np.isfinite(alone)
    expected = alone[spoken] - alone[spoken].mean() + 0.25 * alone[spoken]
    assert found[spoken] == pytest.approx(expected, abs=1e-3)


def test_no_steps_from_what_is_too_short_or_from_a_model_without(noise: Sound) -> None:
    for detector, seconds in ((Summing(), 0.3), (Summing(local=False), 5.0)):
        stream = start(detector)
        stream.push(noise(seconds), np.ones(round(seconds * RATE), np.float32))
        stream.finish()
        assert stream.steps() is None


def test_pauses_near_speech_are_heard_and_dead_air_is_not() -> None:
    spoken = np.zeros(100 * STEP, np.float32)
    spoken[40 * STEP : 50 * STEP] = 1.0
    share, near, frames = speech_shares(spoken, 100 * STEP + LOOK_AHEAD)
    assert np.flatnonzero(share).tolist() == list(range(40, 50))
    assert np.flatnonzero(near).tolist() == list(range(40 - MARGIN, 50 + MARGIN))
    assert np.flatnonzero(frames).tolist() == list(range(8 * (40 - MARGIN), 8 * (50 + MARGIN)))
    assert not speech_shares(np.zeros(5 * STEP, np.float32), 5 * STEP + LOOK_AHEAD)[1].any()
