"""Random channels: one seed is one channel, whatever goes through it."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.training import augment
from earwitness.detector.training.augment import CODEC_MENU, channel, colour
from earwitness.detector.training.codecs import CODECS

Float32 = npt.NDArray[np.float32]
PARTS = ("room", "add_noise", "clip", "resample_through", "narrowband", "roundtrip", "packet_loss")
HARMLESS = ("denoise", "compress")


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Collects what a channel is made of: part, its settings, and the state of chance when it came."""
    found: list[tuple[Any, ...]] = []

    def watched(module: Any, name: str) -> Any:
        original = getattr(module, name)

        def part(x: Float32, *rest: Any, **options: Any) -> Float32:
            settings = tuple(
                r.bit_generator.state["state"]["state"]
                if isinstance(r, np.random.Generator)
                else r.tobytes()
                if isinstance(r, np.ndarray)
                else r
                for r in rest
            )
            found.append((name, settings, tuple(options.items())))
            return np.asarray(original(x, *rest, **options), dtype=np.float32)

        return part

    for module, names in ((augment.channels, PARTS), (augment.harmless, HARMLESS)):
        for name in names:
            monkeypatch.setattr(module, name, watched(module, name))
    return found


def test_the_same_seed_gives_both_halves_the_same_channel(
    speech: Float32, parts: list[tuple[Any, ...]]
) -> None:
    noises = [np.sin(np.arange(9_000) / 7).astype(np.float32)]
    human = speech[:16_000]
    copy = (0.8 * np.roll(human, 7) + 0.01 * np.cos(np.arange(16_000))).astype(np.float32)
    seen = set()
    for seed in range(60):
        channel(human, seed, noises=noises)
        first = parts.copy()
        parts.clear()
        channel(copy, seed, noises=noises)
        assert parts == first, seed
        seen |= {part[0] for part in first}
        parts.clear()
    assert len(seen) >= 7, "sixty draws meet nearly every part"


def test_what_honest_people_do_comes_before_codecs_in_one_of_six(
    speech: Float32, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[list[str]] = []

    def named(name: str) -> Any:
        def part(x: Float32, *_: Any, **__: Any) -> Float32:
            found[-1].append(name)
            return x

        return part

    for module, names in ((augment.channels, PARTS), (augment.harmless, HARMLESS)):
        for name in names:
            monkeypatch.setattr(module, name, named(name))
    for seed in range(600):
        found.append([])
        channel(speech[:2_000], seed)
    counts = {name: sum(name in parts for parts in found) / 600 for name in HARMLESS}
    assert counts == pytest.approx({"denoise": 0.08, "compress": 0.08}, abs=0.035)
    assert not any(set(HARMLESS) <= set(parts) for parts in found)
    both = [parts for parts in found if "roundtrip" in parts and set(HARMLESS) & set(parts)]
    assert both
    assert all(
        parts.index("roundtrip") > min(parts.index(h) for h in HARMLESS if h in parts) for parts in both
    )


def test_one_seed_is_one_result(speech: Float32) -> None:
    x = speech[:16_000]
    results = []
    for seed in range(20):
        y = channel(x, seed)
        assert y.shape == x.shape
        assert y.dtype == np.float32
        assert np.isfinite(y).all()
        assert np.array_equal(y, channel(x, seed))
        results.append(y)
    changed = sum(not np.array_equal(y, x) for y in results)
    assert changed >= 10
    assert len({y.tobytes() for y in results}) >= changed


def test_the_input_is_left_alone(speech: Float32) -> None:
    x = speech[:16_000].copy()
    for seed in range(20):
        channel(x, seed)
    assert np.array_equal(x, speech[:16_000])


def test_no_strength_no_change(speech: Float32) -> None:
    x = speech[:8_000]
    assert all(np.array_equal(channel(x, seed, strength=0.0), x) for seed in range(20))


def test_more_strength_more_parts(speech: Float32, parts: list[tuple[Any, ...]]) -> None:
    counts = []
    for strength in (0.3, 1.0, 3.0):
        parts.clear()
        for seed in range(40):
            channel(speech[:4_000], seed, strength=strength)
        counts.append(len(parts))
    assert counts[0] < counts[1] < counts[2]


def test_silence_stays_finite() -> None:
    for seed in range(25):
        assert np.isfinite(channel(np.zeros(16_000, np.float32), seed)).all()


def test_the_menu_names_codecs_that_exist() -> None:
    assert {codec for codec, _ in CODEC_MENU} <= set(CODECS)


def test_colour_turns_frequencies_up_and_down_by_eight_decibels_at_most() -> None:
    rng = np.random.default_rng(3)
    x = rng.standard_normal(16_000).astype(np.float32)
    y = colour(x, np.random.default_rng(4))
    gain = 20 * np.log10(np.abs(np.fft.rfft(y)) / np.abs(np.fft.rfft(x)))[1:-1]
    assert np.abs(gain).max() <= 8.01
    assert np.ptp(gain) > 2
    assert np.abs(np.diff(gain)).max() < 0.05, "smooth"
    cross = np.fft.irfft(np.fft.rfft(y) * np.conj(np.fft.rfft(x)))
    assert int(np.argmax(cross)) == 0, "nothing moves"
