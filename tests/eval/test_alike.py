"""What both classes are made alike in, and that speech itself is left as it was."""

from collections.abc import Callable

import numpy as np
import pytest

from earwitness.eval import alike
from earwitness.eval.corpora import RATE
from earwitness.generators.attacks.equalise import bandwidth_hz
from earwitness.generators.attacks.signal import FRAME, band, frame_levels, speech_rms
from earwitness.samples import Float32


def halves(n: int) -> list[bool]:
    return [False] * n + [True] * n


def floors(clips: list[Float32]) -> list[float]:
    """Of the quietest tenth, in dB of speech."""
    return [float(np.percentile(frame_levels(x), 10) - 20 * np.log10(speech_rms(x))) for x in clips]


def test_each_class_gets_the_values_that_both_can_have() -> None:
    values, synthetic = [5, 1, 3, 40, 2, 30], [False, False, False, True, True, True]
    assert alike.shared(values, synthetic, np.minimum).tolist() == [5, 1, 3, 5, 1, 3]
    assert alike.shared(values, synthetic, np.maximum).tolist() == [40, 2, 30, 40, 2, 30]
    assert alike.shared(values, [True] * 6, np.minimum).tolist() == values


def test_lengths_are_the_shorter_class_s_and_no_clip_grows() -> None:
    rng = np.random.default_rng(0)
    human, synthetic = rng.uniform(1.6, 4.0, 50) * RATE, rng.uniform(1.6, 8.0, 50) * RATE
    sizes = [int(n) for n in (*human, *synthetic)]
    lengths = alike.common_lengths(sizes, halves(50))
    assert all(1.59 * RATE < new <= old for new, old in zip(lengths, sizes, strict=True))
    assert np.allclose(sorted(lengths[:50]), sorted(lengths[50:]), atol=0.1 * RATE)
    assert np.median(lengths) < 2.6 * RATE, "something is cut off everywhere"


def spoken(seed: int, seconds: float, pause_db: float, make: Callable[..., Float32]) -> Float32:
    """Speech of 0.3 s and pauses of 0.2 s, beginning with one and an offset."""
    sound = make(seconds, seed=seed)
    at = np.arange(sound.size) / RATE % 0.5
    return np.asarray(sound * np.where(at < 0.2, 10 ** (pause_db / 20), 1.0) + 0.01, np.float32)


@pytest.fixture(scope="module")
def clips(speech_like: Callable[..., Float32]) -> list[Float32]:
    """Human ones of 2 s that pause at -20 dB, synthetic ones of 5 s that pause at -50 dB."""
    clips = [spoken(k, 2.0, -20.0, speech_like) for k in range(6)]
    clips += [spoken(k, 5.0, -50.0, speech_like) * np.float32(0.1) for k in range(6)]
    return clips


def made(clips: list[Float32], seed: int = 0) -> list[Float32]:
    chances = [alike.chance(seed, f"{k}.flac") for k in range(12)]
    return alike.pieces(clips.__getitem__, [x.size for x in clips], halves(6), chances)


@pytest.fixture(scope="module")
def found(clips: list[Float32]) -> list[Float32]:
    """Their pieces."""
    return made(clips)


def test_pieces_are_of_one_length_and_level_without_an_offset(found: list[Float32]) -> None:
    assert {x.size for x in found} == {round(1.6 * RATE)}
    levels = [20 * np.log10(speech_rms(x)) for x in found]
    assert all(-31.5 < level < -20.5 for level in levels)
    assert float(np.std(levels)) > 0.5, "a common level gives nothing away, and neither does one for all"
    assert max(abs(float(x.mean())) for x in found) < 1e-4


def test_a_piece_of_the_longer_class_follows_one_of_the_shorter(found: list[Float32]) -> None:
    """Pieces begin and end as loud in one class as in the other."""
    edge = [(frame_levels(x)[1:5].mean(), frame_levels(x)[-5:-1].mean()) for x in found]
    level = np.array([20 * np.log10(speech_rms(x)) for x in found])[:, None]
    relative = np.asarray(edge) - level
    human, follower = relative[:6], relative[6:]
    assert float(human.std()) > 3, "there is something to follow"
    assert np.corrcoef(human.ravel(), follower.ravel())[0, 1] > 0.9


def test_chance_follows_from_seed_and_name(clips: list[Float32], found: list[Float32]) -> None:
    again, other = (made(clips, seed) for seed in (0, 1))
    assert all(np.array_equal(a, b) for a, b in zip(found, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(found, other, strict=True))
    assert alike.chance(0, "a").random() != alike.chance(0, "b").random()


def test_a_piece_is_a_piece_of_its_clip(clips: list[Float32], found: list[Float32]) -> None:
    for whole, piece in zip(clips, found, strict=True):
        inner = piece[RATE // 10 : -RATE // 10].astype(np.float64)
        starts = np.arange(0, whole.size - inner.size, FRAME)  # pieces begin with a frame
        windows = np.lib.stride_tricks.sliding_window_view(whole - whole.mean(), inner.size)[starts]
        start = int(starts[np.argmax(windows @ inner)])
        assert np.corrcoef(whole[start : start + inner.size], inner)[0, 1] > 0.999


def test_the_quieter_class_gets_the_noise_that_it_lacks(speech_like: Callable[..., Float32]) -> None:
    human = [spoken(k, 2.0, -30.0, speech_like) for k in range(6)]
    clean = [spoken(k, 2.0, -80.0, speech_like) - np.float32(0.01) for k in range(6)]
    human = [x - np.float32(0.01) for x in human]
    chances = [alike.chance(0, str(k)) for k in range(12)]
    after = alike.same_floor([*human, *clean], halves(6), chances)
    assert max(floors(clean)) < min(floors(human)) - 20
    assert all(np.array_equal(a, b) for a, b in zip(human, after[:6], strict=True)), "nothing to add here"
    assert np.mean(floors(after[6:])) == pytest.approx(np.mean(floors(human)), abs=3)


def test_no_more_noise_than_that_is_added(noise: Callable[..., Float32]) -> None:
    loud, quiet = noise(2.0, level=0.1), noise(2.0, level=0.1)
    quiet[: RATE // 2] = 0
    loud_floor, quiet_floor = floors(
        alike.same_floor([loud, quiet], [False, True], [alike.chance(0, "a")] * 2)
    )
    assert loud_floor > -3
    assert quiet_floor == pytest.approx(-25, abs=3)


def test_the_wider_class_is_cut_off_where_the_narrower_one_ends(noise: Callable[..., Float32]) -> None:
    narrow = [band(noise(1.0, seed=k), 0.0, 3_800.0, 150.0) for k in range(4)]
    wide = [noise(1.0, seed=k) for k in range(4)]
    after = alike.same_bandwidth([*narrow, *wide], halves(4))
    assert [bandwidth_hz(x) for x in wide] == [8_000.0] * 4
    assert [bandwidth_hz(x) for x in after] == pytest.approx([bandwidth_hz(x) for x in narrow] * 2, abs=250)
    assert all(a is b for a, b in zip(narrow, after[:4], strict=True))


def test_dither_leaves_no_digital_silence_and_is_hardly_there() -> None:
    found = alike.dithered(np.zeros(RATE, np.float32), np.random.default_rng(0))
    assert 20 * np.log10(np.sqrt(np.mean(found**2))) == pytest.approx(-90, abs=0.5)
    steps = np.round(found * 32_768)
    assert np.mean(steps != 0) > 0.5
    assert np.abs(steps).max() <= 3
