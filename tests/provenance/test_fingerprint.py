"""provenance/fingerprint.py: copies are the same, others are not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import soxr

from earwitness.errors import RegistryError
from earwitness.fingerprints import Fingerprint
from earwitness.marks import Search
from earwitness.provenance.fingerprint import METHOD, landmarks_of, likeness, open_landmarks
from earwitness.provenance.landmark_pairs import Agreement, Warp

Float32 = npt.NDArray[np.float32]
Sound = Callable[..., Float32]
RATE = 16_000


def take(samples: Float32, rate: int = RATE) -> Fingerprint:
    samples = np.atleast_2d(samples)
    maker = open_landmarks().maker(rate, len(samples))
    maker.push(samples)
    return maker.finish()


@pytest.fixture(scope="module")
def voice(speech_like: Sound, noise: Sound) -> Float32:
    """Sixteen seconds that do not repeat: the syllables are drawn anew, with breath between."""
    parts = [speech_like(2.0, seed=seed) for seed in range(8)]
    whole: Float32 = np.concatenate(parts) + noise(16.0, level=0.003)
    return whole


def test_a_trimmed_quieter_copy_in_another_rate_is_the_same(voice: Float32) -> None:
    part = 0.1 * voice[int(3.2 * RATE) : int(11.2 * RATE)]
    copy = np.stack([soxr.resample(part, RATE, 44_100)] * 2).astype(np.float32)
    found = open_landmarks().compare(take(voice), take(copy, 44_100), Search.NONE)
    assert found.same
    assert found.p_value < 1e-20
    assert found.start_s == pytest.approx(3.2, abs=0.05)
    assert (found.speed, found.pitch) == (1.0, 1.0)


@pytest.mark.parametrize("encoded", [("mp3", "libmp3lame", 32_000), ("ogg", "libopus", 16_000)])
def test_a_re_encoded_copy_is_the_same(
    voice: Float32, encode: Callable[..., bytes], encoded: tuple[str, str, int]
) -> None:
    import io

    from earwitness.audio import load_audio

    container, codec, bit_rate = encoded
    rate = 48_000 if codec == "libopus" else 24_000
    resampled = np.asarray(soxr.resample(voice[: 8 * RATE], RATE, rate), np.float32)
    heard = load_audio(io.BytesIO(encode(resampled, rate, container, codec, bit_rate)), rate=RATE, mono=True)
    assert open_landmarks().compare(take(voice), take(heard.mono()), Search.NONE).same


def test_a_copy_at_another_speed_is_found_by_looking_further(voice: Float32) -> None:
    fast = np.asarray(soxr.resample(voice[: 10 * RATE], 1.06 * RATE, RATE), np.float32)
    known, heard = take(voice), take(fast)
    assert not open_landmarks().compare(known, heard, Search.NONE).same
    found = open_landmarks().compare(known, heard)
    assert found.same
    assert (found.speed, found.pitch) == (1.06, 1.06)


def test_another_recording_is_not_the_same(voice: Float32, speech_like: Sound, noise: Sound) -> None:
    known = take(voice)
    for other in (speech_like(10.0, seed=99), noise(10.0), np.zeros(5 * RATE, np.float32)):
        found = open_landmarks().compare(known, take(other), Search.FULL)
        assert not found.same
        assert found.p_value > 1e-3


def test_seconds_and_size(voice: Float32) -> None:
    found = take(voice)
    assert found.method == METHOD
    assert found.duration_s == 16.0
    assert len(found.data) / 16 < 100
    assert len(landmarks_of(found)) == len(found.data) // 4


@pytest.mark.parametrize(
    ("fingerprint", "said"),
    [
        (Fingerprint("other-1", b"", 1.0), "other-1 cannot be compared"),
        (Fingerprint(METHOD, b"abc", 1.0), "multiple of 4"),
        (Fingerprint(METHOD, np.array([200, 100], "<u4").tobytes(), 1.0), "out of order"),
        (Fingerprint(METHOD, np.array([127], "<u4").tobytes(), 1.0), "out of range"),
    ],
)
def test_damaged_fingerprints(fingerprint: Fingerprint, said: str) -> None:
    with pytest.raises(RegistryError, match=said):
        landmarks_of(fingerprint)


def test_p_values_are_no_less_than_the_truth() -> None:
    """Against a simulation: the best of many Poisson counts."""
    random = np.random.default_rng(0)
    mean, places, trials = 0.3, 500, 2000
    best = random.poisson(mean, (trials, places)).max(1)
    for count in (4, 5, 6):
        claimed = likeness(Agreement(count, 0, mean, places), Warp(), 1).p_value
        assert claimed >= float((best >= count).mean())
    assert likeness(Agreement(6, 0, mean, places), Warp(), 10).p_value > claimed or claimed == 1.0


def test_wrong_shapes_are_our_own_mistake(voice: Float32) -> None:
    with pytest.raises(ValueError, match="expected"):
        open_landmarks().maker(RATE, 2).push(voice[None])
