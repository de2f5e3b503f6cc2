"""Chromaprint as another fingerprint: for those who exchange fingerprints with systems that use it.

Not the default: it needs a system library, and on the same attacks it finds fewer copies that were cut to
3 s, played faster or shifted in pitch (eval/results/fingerprint.json). The binding is pyacoustid's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.errors import MissingDependencyError, RegistryError
from earwitness.fingerprints import Fingerprint, Likeness
from earwitness.marks import Search
from earwitness.samples import Float32

__all__ = ["METHOD", "ChromaprintFingerprints", "bit_errors", "open_chromaprint"]

METHOD = "chromaprint-1"
STEP_S = 1365 / 11025  # between two sub-fingerprints of algorithm 1
LEAST_OVERLAP, LEAST_STEPS = 24, 8  # 3 s and 1 s: shorter overlaps of unrelated recordings agree by chance
# Impostor pairs of speech: the best place has 0.30 or more wrong bits (design notes, 24 recordings).
MOST_WRONG = 0.28
UInt32 = npt.NDArray[np.uint32]


class ChromaprintFingerprints:
    """See :class:`earwitness.fingerprints.FingerprintMethod`."""

    name = METHOD

    def __init__(self, library: Any) -> None:
        self._library = library

    def maker(self, rate: int, channels: int) -> _Maker:
        """Start with a recording."""
        return _Maker(self._library, rate, channels)

    def compare(self, known: Fingerprint, heard: Fingerprint, search: Search = Search.HINT) -> Likeness:  # noqa: ARG002
        """Are these the same recording, or parts of one? It knows nothing of other speeds and pitches.

        ``same`` rests on the share of wrong bits. The p-value is rough: neighbouring bits depend on each
        other, so the 32 of a step count as a single independent one (Hoeffding's bound).
        """
        wrong, shift, bits = bit_errors(self._values(known), self._values(heard))
        places = max(1, (len(known.data) + len(heard.data)) // 4)
        p = min(1.0, places * float(np.exp(-2 * bits / 32 * max(0.0, 0.5 - wrong) ** 2)))
        agreeing = round((1 - wrong) * bits)
        return Likeness(wrong < MOST_WRONG, p, agreeing, round(shift * STEP_S, 3))

    def _values(self, one: Fingerprint) -> UInt32:
        if one.method != METHOD or len(one.data) % 4:
            raise RegistryError(
                f"this is no whole fingerprint of the method {METHOD} (it says {one.method})."
            )
        return np.frombuffer(one.data, "<u4").astype(np.uint32)


class _Maker:
    def __init__(self, library: Any, rate: int, channels: int) -> None:
        self._library, self._rate, self._samples = library, rate, 0
        self._printer = library.Fingerprinter()
        self._printer.start(rate, channels)

    def push(self, samples: Float32) -> None:
        self._samples += samples.shape[1]
        whole = np.clip(np.round(samples.T * 32767), -32768, 32767).astype(np.int16)
        self._printer.feed(whole.tobytes())

    def finish(self) -> Fingerprint:
        coded = self._printer.finish()
        values, _algorithm = self._library.decode_fingerprint(coded)
        packed = np.array([value & 0xFFFFFFFF for value in values], "<u4")  # signed in older bindings
        return Fingerprint(METHOD, packed.tobytes(), self._samples / self._rate)


def open_chromaprint() -> ChromaprintFingerprints:
    """The method (entry point of ``earwitness.fingerprints``). Raises MissingDependencyError."""
    try:
        import chromaprint
    except ImportError as error:  # the binding raises it too when it finds no library
        raise MissingDependencyError(
            "Chromaprint needs the package pyacoustid and the library libchromaprint.",
            hint="Install the extra: pip install 'earwitness[chromaprint]', and on Debian: "
            "apt-get install libchromaprint1",
        ) from error
    return ChromaprintFingerprints(chromaprint)


def bit_errors(known: UInt32, heard: UInt32) -> tuple[float, int, int]:
    """Share of wrong bits at the best place (1.0: too little overlaps), the place in steps, bits there."""
    best = (1.0, 0, 0)
    # A short excerpt must lie inside as a whole.
    least = max(LEAST_STEPS, min(LEAST_OVERLAP, len(known), len(heard)))
    for shift in range(least - len(heard), len(known) - least + 1):
        first, last = max(0, shift), min(len(known), shift + len(heard))
        if last - first < least:
            continue
        differing = known[first:last] ^ heard[first - shift : last - shift]
        wrong = float(np.bitwise_count(differing).mean()) / 32
        if wrong < best[0]:
            best = (wrong, shift, 32 * (last - first))
    return best
