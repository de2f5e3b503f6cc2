"""The codecs of the watermark bench: real encoders at usual rates, one or two in a row.

AMR-WB is not among them: no encoder for it is in PyAV's FFmpeg.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from earwitness.detector.training import channels
from earwitness.eval.attack_types import AMB, OMNI, RAW, Attack, Float32, random

__all__ = ["codec_attacks"]

LOWEST_MILD = 16_000  # bits a second
_ALL = f"{AMB},{RAW},{OMNI}"
# name: (codec, bits a second, sample rate in Hz, benchmarks)
_SETTINGS: dict[str, tuple[str, int | None, int, str]] = {
    "mp3_8k": ("mp3", 8_000, 24_000, AMB),
    "mp3_16k": ("mp3", 16_000, 24_000, AMB),
    "mp3_24k": ("mp3", 24_000, 24_000, AMB),
    "mp3_32k": ("mp3", 32_000, 24_000, f"{AMB},{OMNI}"),
    "mp3_64k": ("mp3", 64_000, 24_000, _ALL),
    "mp3_128k": ("mp3", 128_000, 44_100, OMNI),
    "mp3_256k": ("mp3", 256_000, 44_100, OMNI),
    "aac_12k": ("aac", 12_000, 24_000, OMNI),
    "aac_16k": ("aac", 16_000, 24_000, OMNI),
    "aac_24k": ("aac", 24_000, 24_000, ""),
    "aac_32k": ("aac", 32_000, 24_000, OMNI),
    "aac_64k": ("aac", 64_000, 44_100, f"{RAW},{OMNI}"),
    "aac_128k": ("aac", 128_000, 44_100, OMNI),
    "aac_256k": ("aac", 256_000, 44_100, OMNI),
    "opus_8k": ("opus", 8_000, 48_000, ""),
    "opus_12k": ("opus", 12_000, 48_000, ""),
    "opus_16k": ("opus", 16_000, 48_000, AMB),
    "opus_24k": ("opus", 24_000, 48_000, ""),
    "opus_32k": ("opus", 32_000, 48_000, AMB),
    "opus_64k": ("opus", 64_000, 48_000, AMB),
    "opus_128k": ("opus", 128_000, 48_000, AMB),
    "opus_256k": ("opus", 256_000, 48_000, AMB),
    "vorbis_32k": ("vorbis", 32_000, 16_000, ""),
    "vorbis_48k": ("vorbis", 48_000, 44_100, RAW),
    "amr_nb_4.75k": ("amr_nb", 4_750, 8_000, ""),
    "amr_nb_7.4k": ("amr_nb", 7_400, 8_000, ""),
    "amr_nb_12.2k": ("amr_nb", 12_200, 8_000, ""),
    "g711_mulaw": ("pcm_mulaw", None, 8_000, ""),
    "g711_alaw": ("pcm_alaw", None, 8_000, ""),
    "g722": ("g722", None, 16_000, ""),
    "gsm": ("gsm", None, 8_000, ""),
    "adpcm": ("adpcm", None, 8_000, ""),
}
_PAIRS = (
    ("mp3_64k", "opus_32k"),
    ("aac_64k", "mp3_32k"),
    ("g711_mulaw", "opus_16k"),
    ("amr_nb_12.2k", "gsm"),
)


def codec_attacks() -> Iterator[Attack]:
    """All codecs; those under 16 kbit/s, and GSM, are groups of their own."""
    for name, (_, bits, _, by) in _SETTINGS.items():
        yield random(name, _group(name, bits), _Chain(name), by=by)
    for first, second in _PAIRS:
        group = "low_codec" if second == "gsm" else "codec"
        yield random(f"{first}_then_{second}", group, _Chain(first, second))


def _group(name: str, bits: int | None) -> str:
    if name == "gsm":
        return "gsm"
    return "codec" if bits is None or bits >= LOWEST_MILD else "low_codec"


class _Chain:
    """One codec after the other."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def __call__(self, x: Float32, rng: np.random.Generator) -> Float32:
        for name in self._names:
            codec, bits, rate, _ = _SETTINGS[name]
            x = channels.roundtrip(x, codec, bits, rng, rate=rate)
        return x
