"""Reading marks as a recording comes in, in bounded memory.

The recording is read in chapters of 28 blocks (64.5 s); what all chapters say together is kept as one block,
so that a mark too faint for any minute of it is found in an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from earwitness.marks import MarkKey, Reading, Search, Span
from earwitness.samples import Resampler
from earwitness.watermark.evidence import Evidence, Warp
from earwitness.watermark.features import Float32, spectrum
from earwitness.watermark.finding import Found, find_marks
from earwitness.watermark.layout import COLUMNS, FRAMES_A_COLUMN, HOP, RATE, SCHEME
from earwitness.watermark.payload import false_tag_probability
from earwitness.watermark.significance import FALSE_MARKS
from earwitness.watermark.stretch import looks, read_stretch

__all__ = ["PatchworkReader"]

CHAPTER_BLOCKS = 28
_CHAPTER_FRAMES = CHAPTER_BLOCKS * COLUMNS * FRAMES_A_COLUMN
_OVERLAP_FRAMES = FRAMES_A_COLUMN  # the last offset's last column reaches into the next chapter
_GAP_S = 1.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """A finding, when its stretch started, and what its chance is multiplied by within its stretch."""

    found: Found
    start_s: float
    looks: float


class PatchworkReader:
    """One recording being read with a set of keys."""

    def __init__(self, keys: Sequence[MarkKey], rate: int, channels: int, search: Search) -> None:
        self._keys = tuple(keys)
        self._search = search
        self._down = Resampler(rate, RATE, channels)
        # Half a window of silence before the recording, as the embedder has it.
        self._sound = np.zeros((channels, HOP), np.float32)
        self._power: list[Float32] = []
        self._frames = 0
        self._chapters = 0
        self._together: Float32 | None = None
        self._seen: list[_Seen] = []
        self._end_s = 0.0
        self._seconds_a_sample = 1 / rate

    def push(self, samples: Float32) -> None:
        """Take (channels, n) samples."""
        self._end_s += samples.shape[1] * self._seconds_a_sample
        self._hear(self._down.push(samples))

    def finish(self) -> tuple[Reading, ...]:
        """What every key read, in the order of the keys."""
        self._hear(self._down.finish())
        rest = self._sound.shape[1]
        if rest > HOP or self._frames:
            self._hear(np.zeros((len(self._sound), -rest % HOP + HOP), np.float32))
        if self._frames:
            self._read(self._take(self._frames))
        if self._chapters > 1 and self._together is not None:
            self._read_together(self._together)
        return tuple(reading for key in self._keys for reading in self._readings(key))

    def _hear(self, sound: Float32) -> None:
        self._sound = np.concatenate([self._sound, sound], axis=1)
        usable = self._sound.shape[1] // HOP * HOP
        if usable < 2 * HOP:
            return
        frames = usable // HOP - 1
        power = np.zeros((frames, HOP + 1), np.float32)
        for channel in self._sound:
            values = spectrum(channel[:usable])
            power += np.square(values.real)
            power += np.square(values.imag)
        self._sound = self._sound[:, frames * HOP :].copy()
        self._power.append(power)
        self._frames += frames
        while self._frames >= _CHAPTER_FRAMES + _OVERLAP_FRAMES:
            self._read(self._take(_CHAPTER_FRAMES))

    def _take(self, count: int) -> Float32:
        """The next ``count`` frames, and the few after them that stay for the next chapter."""
        joined = np.concatenate(self._power) if len(self._power) > 1 else self._power[0]
        self._power = [joined[count:]]
        self._frames = len(joined) - count
        return joined[: count + _OVERLAP_FRAMES - 1]

    def _read(self, power: Float32) -> None:
        start_s = self._chapters * _CHAPTER_FRAMES * HOP / RATE
        self._chapters += 1
        found, evidence = read_stretch(power, self._keys, self._search)
        for one in found:
            # Of what says nothing only the best counts.
            if one.decoded is not None or one.chance < 1:
                self._seen.append(_Seen(one, start_s, looks(self._search, plain=one.warp.plain)))
        block = evidence.chips.sum(2, keepdims=True)
        if block.size:
            self._together = block if self._together is None else self._together + block
        self._forget()

    def _forget(self) -> None:
        """Keep what convinces and, a key, the best of what does not."""
        kept = [seen for seen in self._seen if seen.found.convincing(seen.looks)]
        for key in self._keys:
            dull = [s for s in self._seen if s.found.key is key and not s.found.convincing(s.looks)]
            kept += sorted(dull, key=lambda seen: seen.found.chance)[:1]
        self._seen = kept

    def _read_together(self, block: Float32) -> None:
        rows = np.zeros((block.shape[1], COLUMNS), np.intp)
        evidence = Evidence(np.asarray(block, np.float32), rows, Warp())
        for key in self._keys:
            for one in find_marks(evidence, key, looks(self._search, plain=True))[:1]:
                whole = ((0.0, self._end_s),)
                found = Found(key, one.warp, one.hit, one.chance, one.decoded, one.tried, whole)
                self._seen.append(_Seen(found, 0.0, looks(self._search, plain=True)))

    def _readings(self, key: MarkKey) -> list[Reading]:
        """One reading, or one for each payload that this key marked."""
        stretches = self._chapters + (self._chapters > 1)
        mine = [seen for seen in self._seen if seen.found.key is key]
        if not mine:
            return [_nothing(key)]
        verified = [s for s in mine if s.found.verified(s.found.tried * s.looks * stretches)]
        if not verified:
            return [self._reading(key, mine, None, stretches)]
        payloads = list(dict.fromkeys(s.found.decoded.payload for s in verified if s.found.decoded))
        return [
            self._reading(
                key,
                [s for s in verified if s.found.decoded and s.found.decoded.payload == payload],
                payload,
                stretches,
            )
            for payload in payloads
        ]

    def _reading(self, key: MarkKey, mine: list[_Seen], payload: int | None, stretches: int) -> Reading:
        best = min(mine, key=lambda seen: seen.found.chance * seen.looks)
        p_marked = min(1.0, best.found.chance * best.looks * stretches)
        tags = [_tag_chance(seen, stretches) for seen in mine]
        p_payload = min((tag for tag in tags if tag is not None), default=None)
        if payload is not None and p_payload is not None:
            p_marked = min(p_marked, p_payload)
        marked = p_marked <= FALSE_MARKS
        counted = [s for s in mine if payload is not None or s.found.convincing(s.looks * stretches)]
        return Reading(
            scheme=SCHEME,
            key=key.name,
            key_id=key.key_id,
            signpost=key.signpost,
            marked=marked,
            p_marked=p_marked,
            verified=payload is not None,
            payload=payload,
            p_payload=p_payload,
            spans=self._spans(counted) if marked else (),
            speed=round(1 / best.found.warp.time, 4) if marked else 1.0,
            pitch=round(best.found.warp.pitch, 4) if marked else 1.0,
        )

    def _spans(self, seen: list[_Seen]) -> tuple[Span, ...]:
        """Where the findings are, put together where they touch, ends cut to the recording."""
        local = [s for s in seen if s.found.seconds and s.found.seconds != ((0.0, self._end_s),)] or seen
        parts = sorted((s.start_s + a, s.start_s + b) for s in local for a, b in s.found.seconds)
        joined: list[tuple[float, float]] = []
        for start, end in parts:
            if joined and start - joined[-1][1] <= _GAP_S / 2:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return tuple(
            Span(round(max(0.0, a), 3), round(min(b, self._end_s), 3)) for a, b in joined if a < self._end_s
        )


def _tag_chance(seen: _Seen, stretches: int) -> float | None:
    decoded = seen.found.decoded
    if decoded is None:
        return None
    return false_tag_probability(decoded.correlation, max(1.0, seen.found.tried * seen.looks * stretches))


def _nothing(key: MarkKey) -> Reading:
    return Reading(SCHEME, key.name, key.key_id, key.signpost, False, 1.0, False, None, None, ())
