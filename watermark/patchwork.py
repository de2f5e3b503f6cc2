"""The default scheme: a keyed log-spectral patchwork with a 32-bit payload and a tag that proves it.

Nobody without the key can read, forge or aim at its marks. Nobody can promise that a mark stays: who has a
reader with the key, or time and no care for the sound, can remove it.
"""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.errors import UsageError
from earwitness.marks import MarkKey, Search, Strength
from earwitness.watermark.embedding import PatchworkEmbedder
from earwitness.watermark.layout import SCHEME
from earwitness.watermark.payload import PAYLOAD_BITS
from earwitness.watermark.reading import PatchworkReader

__all__ = ["Patchwork", "load"]

LOWEST_RATE_HZ = 4_000


class Patchwork:
    """The scheme as ``earwitness.marks.Watermark`` wants it; see there."""

    name = SCHEME
    payload_bits = PAYLOAD_BITS
    needs_key = True

    def embedder(
        self,
        key: MarkKey | None,
        payload: int | None,
        rate: int,
        channels: int,
        strength: Strength = Strength.DEFAULT,
    ) -> PatchworkEmbedder:
        """Start marking. Raises UsageError without a key or for a payload that is no 32-bit number."""
        if key is None:
            raise UsageError("this watermark needs a key.", subject=SCHEME, hint="Create one first.")
        if payload is None or not 0 <= payload < 2**PAYLOAD_BITS:
            raise UsageError(f"a payload is a number from 0 to {2**PAYLOAD_BITS - 1}, not {payload}.")
        _check(rate, channels)
        return PatchworkEmbedder(key, payload, rate, channels, strength)

    def reader(
        self, keys: Sequence[MarkKey], rate: int, channels: int, search: Search = Search.HINT
    ) -> PatchworkReader:
        """Start reading; one reading a key, or one for each payload that the key marked."""
        _check(rate, channels)
        return PatchworkReader(keys, rate, channels, search)


def _check(rate: int, channels: int) -> None:
    if rate < LOWEST_RATE_HZ:
        raise UsageError(f"marks need a sample rate of at least {LOWEST_RATE_HZ} Hz, not {rate}.")
    if channels < 1:
        raise UsageError("there is no channel to mark.")


def load() -> Patchwork:
    """What the entry point calls."""
    return Patchwork()
