"""Marks in arrays: ``mark`` and ``verify`` for whoever has samples and a rate, not a file.

>>> marked = mark(samples, 24_000, key)
>>> verify(marked.samples, 24_000, [key]).verified
True
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from earwitness.errors import CannotHoldMarkError, MarkNotReadBackError
from earwitness.marks import Embedded, Float32, MarkKey, Reading, Search, Strength, detectability
from earwitness.samples import as_audio
from earwitness.watermark.patchwork import Patchwork
from earwitness.watermark.payload import PAYLOAD_BITS

__all__ = ["Marked", "Verification", "mark", "verify"]

_SHORT_S = 3.0
_QUIET = 10 ** (-60 / 20)
_NARROW_HZ = 7_000


@dataclass(frozen=True, slots=True)
class Marked(Embedded):
    """Marked samples, see ``Embedded``, and the payload they carry (given or drawn), 0 .. 2**32 - 1."""

    payload: int = 0


@dataclass(frozen=True, slots=True)
class Verification:
    """What all keys read. marked: some key says so. verified: some payload proved itself.

    payload: of the first verified reading, else None.
    """

    readings: tuple[Reading, ...]
    marked: bool
    verified: bool
    payload: int | None


def mark(
    audio: Any,
    rate: int,
    key: MarkKey,
    payload: int | None = None,
    strength: Strength = Strength.DEFAULT,
) -> Marked:
    """Mark samples, (n,) or (channels, n), a numpy array or a torch tensor, at ``rate`` Hz.

    payload: 0 .. 2**32 - 1, drawn at random if None. The mark is read back before anything is returned.
    Raises CannotHoldMarkError for silence, MarkNotReadBackError when the payload cannot be read again (too
    short, too quiet), UsageError for nonsense. No sample exceeds ±1 that did not before.
    """
    sound = as_audio(audio, rate)
    if not np.any(sound.samples):
        raise CannotHoldMarkError("it is silent, and silence holds no mark.", hint="Give audio with sound.")
    number = secrets.randbits(PAYLOAD_BITS) if payload is None else payload
    embedder = _scheme().embedder(key, number, sound.rate, sound.channels, strength)
    marked = np.concatenate([embedder.push(sound.samples), embedder.finish()], axis=1)
    reading = _own(verify(marked, rate, [key], Search.NONE).readings, number)
    if reading is None:
        raise MarkNotReadBackError(
            f"the mark cannot be read in these {sound.duration_s:.1f} s; nothing is returned.",
            hint="Give longer or louder audio, or a stronger setting.",
        )
    shaped = marked[0] if np.ndim(audio) == 1 else marked
    return Marked(
        samples=shaped,
        marked_s=sum(span.end_s - span.start_s for span in reading.spans),
        detectability=detectability(reading.p_or_one),
        warnings=_warnings(sound.samples, rate, sound.duration_s),
        payload=number,
    )


def verify(audio: Any, rate: int, keys: Sequence[MarkKey], search: Search = Search.HINT) -> Verification:
    """Read the marks of ``keys`` in samples, (n,) or (channels, n), numpy or torch, at ``rate`` Hz."""
    sound = as_audio(audio, rate)
    reader = _scheme().reader(keys, sound.rate, sound.channels, search)
    reader.push(sound.samples)
    readings = reader.finish()
    proved = [reading for reading in readings if reading.verified]
    return Verification(
        readings=readings,
        marked=any(reading.marked for reading in readings),
        verified=bool(proved),
        payload=proved[0].payload if proved else None,
    )


@cache
def _scheme() -> Patchwork:
    return Patchwork()


def _own(readings: Sequence[Reading], payload: int) -> Reading | None:
    return next((r for r in readings if r.verified and r.payload == payload), None)


def _warnings(samples: Float32, rate: int, duration_s: float) -> tuple[str, ...]:
    found = []
    if duration_s < _SHORT_S:
        found.append(
            f"{duration_s:.1f} s are short: after a lossy codec or noise the mark may not be readable; "
            f"{_SHORT_S:.0f} s or more are better."
        )
    loud = float(np.sqrt(np.mean(np.square(samples), dtype=np.float64)))
    if loud < _QUIET:
        found.append("The audio is very quiet (below -60 dB of full scale): noise will cover its mark.")
    if rate / 2 < _NARROW_HZ:
        found.append(
            f"Sampled at {rate} Hz, the audio holds only a part of the mark's bands: it will survive less."
        )
    return tuple(found)
