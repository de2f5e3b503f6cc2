"""watermark/audioseal.py: what its reader and embedder make of the networks' answers."""

from __future__ import annotations

import numpy as np
import pytest

from earwitness.errors import UsageError
from earwitness.marks import MarkKey, NeedsMore, Reading, Strength, Watermark
from earwitness.watermark import audioseal_net
from earwitness.watermark.audioseal import AudioSealScheme, load

RATE = audioseal_net.RATE
MESSAGE = 0xA5C3


@pytest.fixture
def nets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks that answer by the level: above 0.5 is a mark; a mark adds a constant."""

    def change(sound: np.ndarray, message: int) -> np.ndarray:
        return np.full_like(sound, 0.01 + 0.001 * (message & 1))

    def detect(sound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        starts = np.arange(0, len(sound), audioseal_net.FRAME)
        counts = np.diff([*starts, len(sound)])
        probability = np.add.reduceat(sound, starts) / counts
        bits = np.array([MESSAGE >> (15 - k) & 1 for k in range(16)]) * 2.0 - 1
        said = np.where(probability[:, None] > 0.5, bits, -10 * bits)
        return probability.astype(np.float32), said.astype(np.float32)

    monkeypatch.setattr(audioseal_net, "prepare", lambda _: None)
    monkeypatch.setattr(audioseal_net, "change", change)
    monkeypatch.setattr(audioseal_net, "detect", detect)


def read(levels: np.ndarray, block: int = 3_333) -> Reading:
    """levels: one a tenth of a second."""
    sound = np.repeat(levels.astype(np.float32), RATE // 10)[None]
    reader = AudioSealScheme().reader((), RATE, 1)
    for start in range(0, sound.shape[1], block):
        reader.push(sound[:, start : start + block])
    [reading] = reader.finish()
    return reading


def level(seconds: float, *marked: tuple[float, float]) -> np.ndarray:
    values = np.full(round(10 * seconds), 0.1)
    for start, end in marked:
        values[round(10 * start) : round(10 * end)] = 0.9
    return values


def test_it_keeps_the_protocol() -> None:
    scheme: Watermark = load()
    assert (scheme.name, scheme.payload_bits, scheme.needs_key) == ("audioseal-0.2", 16, False)
    assert isinstance(scheme, NeedsMore)


@pytest.mark.usefixtures("nets")
@pytest.mark.parametrize(
    ("marked", "spans"),
    [
        ([], []),
        ([(2, 2.4)], []),  # too short
        ([(2, 4), (4.3, 6)], [(2, 6)]),  # a short gap
        ([(2, 4), (4.4, 6)], [(2, 4), (4.4, 6)]),
        ([(0, 25)], [(0, 25)]),  # over windows
        ([(9.7, 10.3), (19, 21)], [(9.7, 10.3), (19, 21)]),
    ],
)
def test_stretches_and_the_message_in_them(
    marked: list[tuple[float, float]], spans: list[tuple[float, float]]
) -> None:
    reading = read(level(25, *marked))
    found = [(span.start_s, span.end_s) for span in reading.spans]
    assert found == [pytest.approx(span) for span in spans]
    assert reading.marked == bool(spans)
    assert reading.payload == (MESSAGE if spans else None)
    assert (reading.verified, reading.p_marked, reading.keyless) == (False, None, True)


@pytest.mark.usefixtures("nets")
def test_blocks_do_not_matter() -> None:
    levels = level(23, (3, 12))
    assert read(levels, 160) == read(levels, 10**6)


@pytest.mark.usefixtures("nets")
def test_the_score_is_that_of_the_best_second() -> None:
    assert read(level(5, (2, 4))).score == pytest.approx(0.9)
    assert read(level(5, (2, 2.5))).score == pytest.approx(0.5)
    assert read(np.zeros(0)).score == 0.0


@pytest.mark.usefixtures("nets")
@pytest.mark.parametrize(
    ("strength", "factor"), [(Strength.SOFT, 0.7), (Strength.DEFAULT, 1), (Strength.STRONG, 1.4)]
)
def test_the_message_is_added_at_the_strength_asked_for(strength: Strength, factor: float) -> None:
    sound = np.full((2, 30_000), 0.2, np.float32)
    embedder = AudioSealScheme().embedder(None, 1, RATE, 2, strength)
    made = np.concatenate([embedder.push(sound), embedder.finish()], axis=1)
    np.testing.assert_allclose(made - sound, 0.011 * factor, atol=1e-6)


@pytest.mark.parametrize("message", [None, -1, 2**16])
def test_nonsense_is_refused(message: int | None) -> None:
    with pytest.raises(UsageError, match="65535"):
        AudioSealScheme().embedder(None, message, RATE, 1)
    with pytest.raises(UsageError, match="rate"):
        AudioSealScheme().reader((), 4_000, 1)
    with pytest.raises(UsageError, match="key"):
        AudioSealScheme().embedder(MarkKey("a", "00000000", bytes(16)), 1, RATE, 1)
