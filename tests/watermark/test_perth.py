"""watermark/perth.py: what its reader makes of the network's scores; embedding needs the perth extra."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import UsageError
from earwitness.marks import MarkKey, NeedsMore, Reading, Strength, Watermark
from earwitness.watermark import perth, perth_net
from earwitness.watermark.perth import LIMIT, THRESHOLD, Perth, PerthReader, load

HERE = all(importlib.util.find_spec(name) for name in ("torch", "safetensors", "perth"))
needs_perth = pytest.mark.skipif(not HERE, reason="needs the perth extra")


@pytest.fixture(autouse=True, scope="module")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EARWITNESS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def read(sound: np.ndarray, rate: int, block: int = 7_001) -> Reading:
    reader = PerthReader(rate, len(sound))
    for start in range(0, sound.shape[1], block):
        reader.push(sound[:, start : start + block])
    [reading] = reader.finish()
    return reading


def put(
    sound: np.ndarray, rate: int, block: int = 5_003, strength: Strength = Strength.DEFAULT
) -> np.ndarray:
    embedder = Perth().embedder(None, None, rate, len(sound), strength)
    parts = [embedder.push(sound[:, k : k + block]) for k in range(0, sound.shape[1], block)]
    return np.concatenate([*parts, embedder.finish()], axis=1)


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The network says what the sound's level is; notes how many samples it was given."""
    heard: list[int] = []

    def score(sound: np.ndarray) -> float:
        heard.append(len(sound))
        return float(np.median(sound))

    monkeypatch.setattr(perth_net, "score", score)
    return heard


def steps(*levels: float) -> np.ndarray:
    """Five seconds a level, at the network's rate."""
    return np.repeat(np.float32(levels), 5 * perth_net.RATE)[None]


def test_it_keeps_the_protocol() -> None:
    scheme: Watermark = load()
    assert (scheme.name, scheme.payload_bits, scheme.needs_key) == ("perth-1", 0, False)
    assert isinstance(scheme, NeedsMore)


@pytest.mark.parametrize(
    ("levels", "marked", "spans"),
    [
        ((0.5,), False, []),
        ((0.94,), False, []),
        ((0.96,), True, [(0, 5)]),
        ((0.2, 1.0), True, [(5, 10)]),
        ((0.2, 0.2, 0.2, 1.0), False, []),  # four tries: one of them is no wonder
        ((1.0, 1.0, 0.9, 1.0, 1.0), True, [(0, 10), (15, 25)]),
    ],
)
def test_marked_from_the_threshold_on(
    scored: list[int], levels: tuple[float, ...], marked: bool, spans: list[tuple[int, int]]
) -> None:
    reading = read(steps(*levels), perth_net.RATE)
    assert (reading.marked, reading.verified, reading.payload) == (marked, False, None)
    assert [(span.start_s, span.end_s) for span in reading.spans] == spans
    assert reading.score == pytest.approx(max(levels), abs=1e-3)
    assert reading.p_or_one <= LIMIT or not marked
    assert reading.keyless
    assert scored == [5 * perth_net.RATE] * len(levels)


def test_the_rest_is_read_with_what_comes_before(scored: list[int]) -> None:
    read(steps(0.1, 0.1)[:, : 7 * perth_net.RATE], perth_net.RATE)
    read(steps(0.1)[:, : 2 * perth_net.RATE], perth_net.RATE)
    assert scored == [5 * perth_net.RATE] * 2 + [2 * perth_net.RATE]


def test_what_is_too_short_or_silent_is_unmarked(scored: list[int]) -> None:
    for sound in (steps(1.0)[:, :10_000], np.zeros((2, 100_000), np.float32), np.zeros((1, 0), np.float32)):
        reading = read(sound, perth_net.RATE)
        assert (reading.marked, reading.p_marked, reading.score) == (False, 1.0, 0.0)
    assert scored == []


def test_probabilities_are_the_measured_bounds() -> None:
    stored = json.loads(Path(perth.__file__).with_name("perth_null.json").read_text())
    bounds = stored["false_alarm_bound"]
    assert stored["unmarked"]["clean"]["trials"] >= 600
    assert perth._bound(0.1) == 1.0
    assert perth._bound(THRESHOLD) == bounds["0.95"] <= LIMIT
    assert perth._bound(1.0) == bounds["1.0"] > 0
    assert [perth._bound(s) for s in (0.5, 0.75, 0.96, 1.0)] == sorted(
        (perth._bound(s) for s in (0.5, 0.75, 0.96, 1.0)), reverse=True
    )


def test_nonsense_is_refused() -> None:
    with pytest.raises(UsageError, match="rate"):
        Perth().reader((), 2_000, 1)
    with pytest.raises(UsageError, match="payload"):
        Perth().embedder(None, 1, 16_000, 1)
    with pytest.raises(UsageError, match="key"):
        Perth().embedder(MarkKey("a", "00000000", bytes(16)), None, 16_000, 1)


@needs_perth
@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_what_is_marked_is_read_again(rate: int, speech_like: Callable[..., np.ndarray]) -> None:
    sound = np.stack([speech_like(4.0, rate, seed=3), np.zeros(4 * rate, np.float32)])
    marked = put(sound, rate)
    assert marked.shape == sound.shape
    assert not marked[1].any()
    assert not read(sound, rate).marked
    reading = read(marked, rate)
    assert reading.marked
    assert reading.spans[0].start_s == 0
    quiet = put(sound, rate, strength=Strength.SOFT)
    assert np.abs(quiet - sound).max() < np.abs(marked - sound).max()


@needs_perth
def test_blocks_and_windows_do_not_matter(speech_like: Callable[..., np.ndarray]) -> None:
    """Blocks: to the last bit. Windows: as one pass over all of it, but for the crossing."""
    sound = speech_like(12.0, perth_net.RATE, seed=5)[None]
    made = put(sound, perth_net.RATE, block=40_000)
    np.testing.assert_array_equal(made, put(sound, perth_net.RATE, block=sound.shape[1]))
    whole = perth_net.marked(sound)
    np.testing.assert_allclose(made, whole, atol=2e-4)
    assert read(made, perth_net.RATE) == read(made, perth_net.RATE, block=made.shape[1])


@needs_perth
def test_a_recording_too_short_for_a_spectrum_stays_as_it_was(noise: Callable[..., np.ndarray]) -> None:
    sound = noise(0.03)[None]
    np.testing.assert_array_equal(put(sound, 16_000), sound)
