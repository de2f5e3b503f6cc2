"""Named test conditions: what a recording may have gone through before somebody asks about it.

A condition takes samples (n,) at 16 kHz, -1..1, and a seeded generator, and returns the same
length in the same place in time. It is applied to both classes alike. The building blocks are
those of ``earwitness.detector.training.channels``; here their numbers are fixed and named.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from earwitness.detector.training import channels, codecs
from earwitness.errors import UsageError

Float32 = npt.NDArray[np.float32]
Condition = Callable[[Float32, np.random.Generator], Float32]

__all__ = ["CLEAN", "GROUPS", "Condition", "babble", "conditions", "fingerprint", "parse"]

CLEAN = "clean"  # the file as it is: no condition is applied
BABBLE_VOICES = 5
MIN_BABBLE_VOICES = 3


def _codec(name: str, bitrate: int | None = None, rate: int | None = None) -> Condition:
    return lambda x, rng: channels.roundtrip(x, name, bitrate, rng, rate=rate)


def _noise(exponent: float, snr_db: float) -> Condition:
    return lambda x, rng: channels.add_noise(x, channels.coloured_noise(x.size, exponent, rng), snr_db)


def _resampled(rate: int) -> Condition:
    return lambda x, _: channels.resample_through(x, rate)


def _phone_call(x: Float32, rng: np.random.Generator) -> Float32:
    """A call from a room: telephone band, line noise, mu-law, a lost packet now and then."""
    heard = channels.narrowband(channels.room(x, rng, rt60=0.3, direct_db=6.0), 300.0, 3400.0)
    noisy = channels.add_noise(heard, channels.coloured_noise(x.size, 1.0, rng), 25.0)
    return channels.packet_loss(channels.roundtrip(noisy, "pcm_mulaw", None, rng), rng, loss=0.02, burst=1.5)


_FIXED: dict[str, Condition] = {
    # The rates are those at which such files are usually met.
    "mp3_32k": _codec("mp3", 32_000, 24_000),
    "mp3_64k": _codec("mp3", 64_000, 24_000),
    "mp3_128k": _codec("mp3", 128_000, 44_100),
    "aac_32k": _codec("aac", 32_000, 24_000),
    "aac_64k": _codec("aac", 64_000, 44_100),
    "opus_16k": _codec("opus", 16_000, 48_000),
    "opus_32k": _codec("opus", 32_000, 48_000),
    "vorbis_48k": _codec("vorbis", 48_000, 44_100),
    "g711_mulaw": _codec("pcm_mulaw"),
    "g711_alaw": _codec("pcm_alaw"),
    "gsm": _codec("gsm"),
    "g722": _codec("g722"),
    "amr_nb_12k": _codec("amr_nb", 12_200),
    "amr_nb_6k": _codec("amr_nb", 5_900),
    "adpcm": _codec("adpcm", None, 8_000),
    "narrowband": lambda x, _: channels.narrowband(x, 300.0, 3400.0),
    "phone_call": _phone_call,
    "white_20db": _noise(0.0, 20.0),
    "white_10db": _noise(0.0, 10.0),
    "pink_20db": _noise(1.0, 20.0),
    "pink_10db": _noise(1.0, 10.0),
    "small_room": lambda x, rng: channels.room(x, rng, rt60=0.35, direct_db=3.0),
    "gain_minus_20db": lambda x, _: channels.gain(x, -20.0),
    "clipped": lambda x, rng: channels.clip(x, rng, fraction=0.01),
    "resampled_8k": _resampled(8_000),
    "resampled_11k": _resampled(11_025),
    "resampled_12k": _resampled(12_000),
    "resampled_14k": _resampled(14_000),
    "packet_loss_5": lambda x, rng: channels.packet_loss(x, rng, loss=0.05),
}
_BABBLE = {"babble_20db": 20.0, "babble_10db": 10.0}

GROUPS: dict[str, tuple[str, ...]] = {
    "channels": ("g711_mulaw", "gsm", "opus_16k", "mp3_32k"),
    "telephone": ("g711_mulaw", "g711_alaw", "gsm", "amr_nb_12k", "amr_nb_6k", "narrowband", "phone_call"),
    "codecs": tuple(
        name for name in _FIXED if name.startswith(("mp3", "aac", "opus", "vorbis", "g7", "gsm", "am"))
    ),
    "noise": ("white_20db", "white_10db", "pink_20db", "pink_10db", *_BABBLE, "small_room"),
    "all": (CLEAN, *_FIXED, *_BABBLE),
}


def babble(n: int, voices: Sequence[Float32], rng: np.random.Generator) -> Float32:
    """Several people at once, shape (n,): random stretches of ``voices``, equally loud."""
    total = np.zeros(n, np.float32)
    for index in rng.permutation(len(voices))[:BABBLE_VOICES]:
        voice = voices[index]
        start = int(rng.integers(0, max(voice.size, 1)))
        level = channels.speech_level(voice)
        if level > 0:
            total += np.resize(np.roll(voice, -start), n) / np.float32(level)
    return total


def conditions(voices: Sequence[Float32] = ()) -> dict[str, Condition]:
    """All conditions by name. Babble is among them when at least three ``voices`` (m,) are given."""
    table = dict(_FIXED)
    if len(voices) >= MIN_BABBLE_VOICES:
        for name, snr_db in _BABBLE.items():
            table[name] = _babbling(voices, snr_db)
    return table


def _babbling(voices: Sequence[Float32], snr_db: float) -> Condition:
    return lambda x, rng: channels.add_noise(x, babble(x.size, voices, rng), snr_db)


def parse(text: str) -> list[str]:
    """Condition names from "clean,gsm,codecs": groups are spelt out, order kept, doubles dropped.

    Raises UsageError for an unknown name.
    """
    names: list[str] = []
    for word in filter(None, (part.strip() for part in text.split(","))):
        if word in GROUPS:
            names.extend(GROUPS[word])
        elif word in GROUPS["all"]:
            names.append(word)
        else:
            known = ", ".join((*GROUPS, *GROUPS["all"]))
            raise UsageError(f"there is no test condition {word!r}.", hint=f"Known are: {known}.")
    return list(dict.fromkeys(names))


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Hash of the code behind the conditions: cached scores of another version do not count."""
    text = "".join(
        inspect.getsource(module) for module in (channels, codecs, inspect.getmodule(conditions)) if module
    )
    return hashlib.sha256(text.encode()).hexdigest()[:12]
