"""Speech through real encoders and back, in memory: libmp3lame, libopus, libvorbis, GSM, ...

Packets go from the encoder straight to the decoder (no container), which is fast; the delay that
a codec adds is measured once per setting with a test signal and taken out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import soxr

from earwitness.codec_pass import late_by, through_ffmpeg, through_libsndfile

Float32 = npt.NDArray[np.float32]

__all__ = ["CODECS", "Codec", "roundtrip"]

SAMPLE_RATE = 16_000
# Measured with libvorbis 1.3.7 (libsndfile 1.2.2) on mono speech: level -> kbit/s at 16 and 44.1 kHz.
VORBIS_LEVELS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
VORBIS_KBPS_16K = (71.0, 59.0, 48.0, 40.0, 31.5, 27.0, 24.5)
VORBIS_KBPS_44K = (123.0, 81.0, 63.0, 51.0, 47.0, 45.0, 38.0)
SEARCH_S = 0.25  # no codec here is later than this


@dataclass(frozen=True, slots=True)
class Codec:
    """An encoder and the settings it is met with in the wild.

    encoder, decoder: FFmpeg names, or a libsndfile subtype where decoder is "".
    rates: Hz at which it may run, the usual one first. bitrates: bits per second for None = drawn;
    empty where the codec has only one. fast: encoder options that trade some care for speed.
    """

    encoder: str
    decoder: str
    rates: tuple[int, ...]
    bitrates: tuple[int, ...] = ()
    container: str = ""
    fast: tuple[tuple[str, str], ...] = ()


CODECS: dict[str, Codec] = {
    "mp3": Codec(
        "libmp3lame",
        "mp3float",
        (16_000, 22_050, 24_000, 44_100),
        (24_000, 32_000, 48_000, 64_000),
        fast=(("compression_level", "7"),),
    ),
    "aac": Codec(
        "aac",
        "aac",
        (16_000, 24_000, 44_100),
        (24_000, 32_000, 48_000, 64_000),
        fast=(("aac_coder", "fast"),),
    ),
    "opus": Codec(
        "libopus",
        "libopus",
        (16_000, 48_000),
        (8_000, 12_000, 16_000, 24_000, 32_000),
        fast=(("compression_level", "0"),),
    ),
    "vorbis": Codec("VORBIS", "", (16_000, 44_100), (24_000, 32_000, 48_000), "OGG"),
    "pcm_mulaw": Codec("pcm_mulaw", "pcm_mulaw", (8_000,)),
    "pcm_alaw": Codec("pcm_alaw", "pcm_alaw", (8_000,)),
    "gsm": Codec("GSM610", "", (8_000,), (), "WAV"),
    "amr_nb": Codec("libopencore_amrnb", "amrnb", (8_000,), (4_750, 5_900, 7_400, 12_200)),
    "g722": Codec("g722", "g722", (16_000,)),
    "adpcm": Codec("IMA_ADPCM", "", (16_000, 8_000, 11_025, 22_050), (), "WAV"),
}


def roundtrip(
    x: Float32,
    codec: str,
    bitrate: int | None,
    rng: np.random.Generator,
    *,
    rate: int | None = None,
    fast: bool = False,
) -> Float32:
    """Encode and decode ``x`` (n,) at 16 kHz with one of :data:`CODECS`; same length, aligned.

    bitrate: bits per second (ignored by codecs that have one only); rate: Hz the encoder runs at.
    None draws one of the codec's usual values. Where the codec's frames fall is drawn too.
    fast: let slow encoders hurry (two to three times), for augmentation.
    Raises KeyError for an unknown codec, av.error.FFmpegError for settings the encoder refuses.
    """
    spec = CODECS[codec]
    runs_at = int(rng.choice(spec.rates)) if rate is None else rate
    bits = 0
    if spec.bitrates:
        bits = int(rng.choice(spec.bitrates)) if bitrate is None else bitrate
    lead = int(rng.integers(0, SAMPLE_RATE // 25))  # up to 40 ms: frames start anywhere in the speech
    if x.size == 0:
        return x.copy()
    padded = np.concatenate([np.zeros(lead, np.float32), np.clip(x, -1.0, 1.0)])
    decoded, decoded_rate = _through(codec, padded, runs_at, bits, fast)
    start = _delay(codec, runs_at, bits, fast)
    out = _resample(
        decoded[start:] if start >= 0 else np.pad(decoded, (-start, 0)), decoded_rate, SAMPLE_RATE
    )
    out = out[lead : lead + x.size]
    return np.pad(out, (0, x.size - out.size))


def _through(codec: str, x: Float32, rate: int, bits: int, fast: bool) -> tuple[Float32, int]:
    """Encode and decode; returns what comes out, delay included, and its rate."""
    spec = CODECS[codec]
    at_rate = _resample(x, SAMPLE_RATE, rate)
    tail = np.zeros(int(SEARCH_S * rate), np.float32)  # pushes the last speech out of late codecs
    at_rate = np.concatenate([at_rate, tail])
    if spec.decoder:
        return through_ffmpeg(
            at_rate, spec.encoder, spec.decoder, rate, bits, dict(spec.fast) if fast else None
        )
    level = _vorbis_level(rate, bits) if spec.encoder == "VORBIS" else None
    return through_libsndfile(at_rate, spec.encoder, rate, spec.container, level), rate


def _vorbis_level(rate: int, bits: int) -> float:
    """libsndfile's compression level (0 best .. 1 smallest) that gives speech about this bit rate."""
    kilobits = VORBIS_KBPS_16K if rate < 32_000 else VORBIS_KBPS_44K
    return float(np.interp(bits / 1000, kilobits[::-1], VORBIS_LEVELS[::-1]))


@lru_cache(maxsize=256)
def _delay(codec: str, rate: int, bits: int, fast: bool) -> int:
    """Samples, at the decoder's rate, by which the codec's output is late."""
    rng = np.random.default_rng(0)
    probe = _probe(rng)
    decoded, decoded_rate = _through(codec, probe, rate, bits, fast)
    return late_by(_resample(probe, SAMPLE_RATE, decoded_rate), decoded, int(SEARCH_S * decoded_rate))


def _probe(rng: np.random.Generator) -> Float32:
    """A second of noise in the speech band that swells like syllables: one clear correlation peak."""
    n = SAMPLE_RATE
    spectrum = np.fft.rfft(rng.standard_normal(n))
    hertz = np.fft.rfftfreq(n, 1 / SAMPLE_RATE)
    spectrum *= np.exp(-0.5 * np.square((hertz - 1000.0) / 700.0))
    noise = np.fft.irfft(spectrum, n)
    swell = np.sin(np.pi * 4 * np.arange(n) / SAMPLE_RATE) ** 2
    sound = noise * swell
    return np.asarray(0.3 * sound / np.abs(sound).max(), dtype=np.float32)


def _resample(x: Float32, from_rate: int, to_rate: int) -> Float32:
    if from_rate == to_rate:
        return x
    return np.asarray(soxr.resample(x, from_rate, to_rate), dtype=np.float32)
