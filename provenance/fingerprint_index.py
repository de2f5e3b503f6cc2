"""Which of a million fingerprints share pairs of landmarks with the one in hand: sorted arrays on the disk.

The index is derived from the registry and can be thrown away at any time. It consists of segments, each a
sorted array of 64-bit postings (key, entry, frame) of a range of entries, mapped into memory and shared by
all processes. New entries make small segments; neighbours of like size are merged, so there are few. A
segment's name says which entries it covers and the chain of the last one: after the registry was restored
from a copy, segments that do not fit its history are ignored.

One pair in four is kept, the same for all recordings. What the index finds is only a candidate: the whole
fingerprints are compared afterwards.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.provenance.landmark_pairs import KEY_BITS, Pairs, ranges

__all__ = ["Candidate", "Segment", "load_segments", "merge_last", "postings", "save_segment", "search"]

UInt64 = npt.NDArray[np.uint64]
Int64 = npt.NDArray[np.int64]

FRAME_BITS = 20  # 4.6 hours in steps of 16 ms; what comes later is found by what lies before
ENTRY_BITS = 64 - KEY_BITS - FRAME_BITS  # 33 million entries in one segment
KEPT_OF = 4
_CELL_FRAMES = 4  # 64 ms: places that are counted together
MOST_HITS = 250_000
"""Postings that one search reads of one segment: what a million records have of 3 s of sound, about."""
_MANY, _SLOTS, _SPREAD = 20_000, 2**20, 40_503
_MIX = np.uint32(2654435761)  # Knuth's multiplicative hash
MERGE_RATIO = 4
_NAME = re.compile(r"(\d+)-(\d+)-([0-9a-f]{64})\.npy")


@dataclass(frozen=True, slots=True)
class Segment:
    """first, last: numbers of the entries it covers. chain: of the last. postings: sorted, shape (n,)."""

    first: int
    last: int
    chain: str
    postings: UInt64


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that shares ``shared`` kept pairs with the recording in hand at one place."""

    number: int
    shared: int


def kept(pairs: Pairs) -> Pairs:
    """The pairs that go into the index, about one in KEPT_OF."""
    mixed = pairs.key.astype(np.uint32) * _MIX
    chosen = (mixed >> np.uint32(16)) % np.uint32(KEPT_OF) == 0
    return Pairs(pairs.key[chosen], pairs.frame[chosen])


def postings(entries: Iterable[tuple[int, Pairs]], first: int) -> UInt64:
    """The sorted array of a segment that begins with entry ``first``. Entries: number and all its pairs."""
    parts = [np.zeros(0, np.uint64)]
    for number, pairs in entries:
        some = kept(pairs)
        here = some.frame < 2**FRAME_BITS
        key, frame = some.key[here].astype(np.uint64), some.frame[here].astype(np.uint64)
        entry = np.uint64(number - first)
        parts.append((key << np.uint64(ENTRY_BITS + FRAME_BITS)) | (entry << np.uint64(FRAME_BITS)) | frame)
    return np.sort(np.concatenate(parts))


def search(segments: Sequence[Segment], heard: Pairs, most: int) -> list[Candidate]:
    """Entries that share pairs with ``heard`` at one place, those that share most first."""
    some = kept(heard)
    early = some.frame < 2**FRAME_BITS  # later ones would be taken for places in other entries
    some = Pairs(some.key[early], some.frame[early])
    found: list[Candidate] = []
    for segment in segments:
        found += _search_one(segment, some, most)
    return sorted(found, key=lambda one: -one.shared)[:most]


def _search_one(segment: Segment, heard: Pairs, most: int) -> list[Candidate]:
    order = np.argsort(heard.key, kind="stable")  # neighbours on the disk are read one after another
    key, anchor = heard.key[order].astype(np.uint64), heard.frame[order].astype(np.int64)
    shift = np.uint64(ENTRY_BITS + FRAME_BITS)
    low = np.searchsorted(segment.postings, key << shift, "left")
    high = np.searchsorted(segment.postings, (key + np.uint64(1)) << shift, "left")
    rare = _rarest(high - low)
    anchor, low, high = anchor[rare], low[rare], high[rare]
    hits = np.asarray(segment.postings[ranges(low, high)])
    if not len(hits):
        return []
    frame = (hits & np.uint64(2**FRAME_BITS - 1)).astype(np.int64)
    entry = (hits >> np.uint64(FRAME_BITS)).astype(np.int64) & (2**ENTRY_BITS - 1)
    place = (frame - np.repeat(anchor, high - low) + 2**FRAME_BITS) // _CELL_FRAMES
    cells = np.sort(_crowded(entry, place))
    starts = np.flatnonzero(np.diff(cells, prepend=-1))
    counts = np.diff(starts, append=len(cells))
    # Two cells that touch share the hits of a place on their border.
    touching = np.flatnonzero(np.diff(cells[starts]) == 1)
    counts[touching] += counts[touching + 1].copy()
    best = np.argsort(-counts, kind="stable")[: 4 * most]
    numbers = cells[starts[best]] >> (FRAME_BITS + 1)
    top: dict[int, int] = {}
    for number, count in zip(numbers.tolist(), counts[best].tolist(), strict=True):
        top.setdefault(segment.first + number, count)
    return [Candidate(number, count) for number, count in list(top.items())[:most]]


def _rarest(counts: Int64) -> npt.NDArray[np.bool_]:
    """Which keys to look up: the rarest, until there are hits enough. Common keys cost most and say least."""
    if counts.sum() <= MOST_HITS:
        return np.ones(len(counts), bool)
    order = np.argsort(counts, kind="stable")
    chosen = np.zeros(len(counts), bool)
    chosen[order[np.cumsum(counts[order]) <= MOST_HITS]] = True
    return chosen


def _crowded(entry: Int64, place: Int64) -> Int64:
    """Cells (entry and place in one number) of the hits; of very many, those that are not alone."""
    cells = (entry << (FRAME_BITS + 1)) | place
    if len(cells) < _MANY:
        return cells
    # Counting in a small table first spares sorting what fell together with nothing.
    slot = (place + entry * _SPREAD) & (_SLOTS - 1)
    table = np.bincount(slot, minlength=_SLOTS)
    crowded: Int64 = cells[table[slot] >= min(3, int(table.max()))]
    return crowded


def save_segment(folder: Path, segment: Segment) -> Segment:
    """Write it in one step; the same segment, mapped. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{segment.first}-{segment.last}-{segment.chain}.npy"
    handle, aside = tempfile.mkstemp(dir=folder, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            np.save(file, segment.postings)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return Segment(segment.first, segment.last, segment.chain, _mapped(path))


def load_segments(folder: Path, fits: Callable[[int, str], bool]) -> list[Segment]:
    """Segments that cover the entries from 1 on without a gap, the longest ones.

    fits(number, chain): does this entry of the registry have this chain?
    """
    there: dict[int, list[tuple[int, str, Path]]] = {}
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if match := _NAME.fullmatch(path.name):
                there.setdefault(int(match[1]), []).append((int(match[2]), match[3], path))
    segments: list[Segment] = []
    first = 1
    while first in there:
        for last, chain, path in sorted(there.pop(first), reverse=True):
            # Another process may merge, and remove, segments meanwhile; a torn file is no segment.
            with contextlib.suppress(OSError, ValueError, EOFError):
                if fits(last, chain):
                    segments.append(Segment(first, last, chain, _mapped(path)))
                    first = last + 1
                    break
    return segments


def merge_last(folder: Path, segments: list[Segment]) -> list[Segment]:
    """Join the last segments while they are of like size, and remove what was joined. Raises OSError."""
    segments = list(segments)
    while len(segments) > 1 and len(segments[-2].postings) < MERGE_RATIO * len(segments[-1].postings):
        newer, older = segments.pop(), segments.pop()
        if newer.last - older.first >= 2**ENTRY_BITS:
            return [*segments, older, newer]
        moved = newer.postings + np.uint64((newer.first - older.first) << FRAME_BITS)
        joined = np.concatenate([older.postings, moved])
        joined.sort(kind="stable")  # two sorted runs: one pass
        segments.append(save_segment(folder, Segment(older.first, newer.last, newer.chain, joined)))
        for one in (older, newer):
            (folder / f"{one.first}-{one.last}-{one.chain}.npy").unlink(missing_ok=True)
    return segments


def _mapped(path: Path) -> UInt64:
    array = np.load(path, mmap_mode="r")
    if array.dtype != np.uint64 or array.ndim != 1:
        raise ValueError("this is no segment")
    return np.asanyarray(array)
