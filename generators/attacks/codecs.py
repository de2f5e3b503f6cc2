"""Speech through real encoders and back, in memory, with what comes out in the same place as what went in.

The delay that a codec adds is measured once with a test signal and taken out, so that times in manifests
stay exact. The way through FFmpeg and libsndfile is ``earwitness.codec_pass``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from earwitness.codec_pass import late_by, through_ffmpeg, through_libsndfile
from earwitness.generators.attacks.signal import band, fitted, noise
from earwitness.generators.attacks.sources import RATE
from earwitness.samples import Float32, resample

__all__ = ["CODECS", "Codec", "missing_codecs", "through", "working_codecs"]

_TAIL_S = 0.25  # of silence, to get the last speech out of late codecs; none is later
_GSM = "GSM610"


@dataclass(frozen=True, slots=True)
class Codec:
    """encoder, decoder: FFmpeg's names; for GSM libsndfile's subtype, and "". rate: Hz at which it runs.
    bits: a second, 0 where there is only one way."""

    encoder: str
    decoder: str
    rate: int
    bits: int = 0


CODECS: dict[str, Codec] = {
    "aac_32k": Codec("aac", "aac", 24_000, 32_000),
    "aac_64k": Codec("aac", "aac", 44_100, 64_000),
    "alaw": Codec("pcm_alaw", "pcm_alaw", 8_000),
    "amr_nb": Codec("libopencore_amrnb", "amrnb", 8_000, 12_200),
    "g722": Codec("g722", "g722", 16_000),
    "gsm": Codec(_GSM, "", 8_000),
    "mp3_128k": Codec("libmp3lame", "mp3float", 44_100, 128_000),
    "mp3_32k": Codec("libmp3lame", "mp3float", 24_000, 32_000),
    "mp3_64k": Codec("libmp3lame", "mp3float", 24_000, 64_000),
    "mulaw": Codec("pcm_mulaw", "pcm_mulaw", 8_000),
    "opus_12k": Codec("libopus", "libopus", 16_000, 12_000),
    "opus_16k": Codec("libopus", "libopus", 16_000, 16_000),
    "opus_24k": Codec("libopus", "libopus", 48_000, 24_000),
    "opus_32k": Codec("libopus", "libopus", 48_000, 32_000),
    "opus_8k": Codec("libopus", "libopus", 8_000, 8_000),
}
"""By the name that plans and manifests have."""


@cache
def working_codecs() -> tuple[str, ...]:
    """Names of those that this build of FFmpeg and libsndfile can encode and decode, sorted."""
    return tuple(sorted(name for name, codec in CODECS.items() if _works(codec)))


def missing_codecs() -> tuple[str, ...]:
    """Names of the others."""
    return tuple(sorted(set(CODECS) - set(working_codecs())))


def through(x: Float32, name: str, lead: int) -> Float32:
    """Encode and decode ``x`` (n,) at 16 kHz; same length, in the same place.

    lead: samples of silence put before it and taken out again, so that the codec's frames may fall anywhere.
    Raises KeyError for an unknown codec.
    """
    if not x.size:
        return x.copy()
    padded = np.concatenate([np.zeros(lead, np.float32), np.clip(x, -1.0, 1.0)]).astype(np.float32)
    late = _delay(name)
    out = _coded(padded, CODECS[name])
    out = out[late:] if late >= 0 else np.pad(out, (-late, 0))
    return fitted(out[lead:], x.size)


def _coded(x: Float32, codec: Codec) -> Float32:
    """What comes out, late as it is, at 16 kHz."""
    at_rate = resample(np.pad(x, (0, int(_TAIL_S * RATE))), RATE, codec.rate)
    if codec.decoder:
        decoded, rate = through_ffmpeg(at_rate, codec.encoder, codec.decoder, codec.rate, codec.bits)
    else:
        decoded, rate = through_libsndfile(at_rate, codec.encoder, codec.rate), codec.rate
    return resample(np.ascontiguousarray(decoded), rate, RATE)


def _works(codec: Codec) -> bool:
    import av
    import soundfile

    if not codec.decoder:
        return codec.encoder in soundfile.available_subtypes("WAV")
    try:
        av.Codec(codec.encoder, "w")
        av.Codec(codec.decoder, "r")
    except (LookupError, ValueError):
        return False
    return True


@lru_cache(maxsize=64)
def _delay(name: str) -> int:
    """Samples at 16 kHz by which the codec's output is late; below 0 where it is early."""
    rng = np.random.default_rng(0)
    swell = np.sin(np.pi * 4 * np.arange(RATE) / RATE) ** 2
    # Around 1 kHz, where codecs of speech keep the wave itself; with low noise AMR is 5 ms off.
    probe = np.asarray(0.1 * band(noise(RATE, 0.0, rng), 300, 1_700, 800) * swell, np.float32)
    return late_by(probe, _coded(probe, CODECS[name]), int(_TAIL_S * RATE))
