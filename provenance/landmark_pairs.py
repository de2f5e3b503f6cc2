"""Pairs of landmarks as numbers that two copies of a recording share, and the count of shared ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from earwitness.provenance.landmarks import BINS, BINS_PER_OCTAVE, Landmarks

__all__ = ["KEY_BITS", "Agreement", "Pairs", "Warp", "agreement", "pairs_of", "warps"]

Int32 = npt.NDArray[np.int32]

FAN_OUT = 6
LEAST_GAP, GREATEST_GAP = 3, 63  # frames between the two, 48 ms to 1 s
GREATEST_STEP = 31  # bins between the two, up or down: 0.86 octave
NEIGHBOURS = 90  # later landmarks that are looked at; 24 come in a second
KEY_BITS = 7 + 6 + 6
SLACK = 1  # frames by which two copies' grids may disagree
SPEEDS = tuple(round(1 + 0.02 * step, 2) for step in range(-6, 7) if step)
SEMITONES = tuple(step / 2 for step in range(-4, 5) if step)


@dataclass(frozen=True, slots=True)
class Pairs:
    """key: 0 .. 2**19 - 1; frame: of the first of the two. Shapes (n,)."""

    key: Int32
    frame: Int32


@dataclass(frozen=True, slots=True)
class Warp:
    """How the recording in hand differs: speed and pitch as in :class:`earwitness.marks.Reading`."""

    speed: float = 1.0
    pitch: float = 1.0

    def undo(self, landmarks: Landmarks) -> Landmarks:
        """Where the landmarks would be had nothing been changed; those that leave the range are dropped."""
        if self == Warp():
            return landmarks
        frame = np.round(landmarks[:, 0] * self.speed)
        place = np.round(landmarks[:, 1] - BINS_PER_OCTAVE * np.log2(self.pitch))
        inside = (place >= 0) & (place < BINS)
        moved: Landmarks = np.stack([frame, place], axis=1)[inside].astype(np.int32)
        return moved


def warps() -> tuple[Warp, ...]:
    """What copies go through: played faster or slower, stretched, shifted in pitch."""
    played = [Warp(speed, speed) for speed in SPEEDS]
    stretched = [Warp(speed, 1.0) for speed in SPEEDS]
    shifted = [Warp(1.0, 2 ** (step / 12)) for step in SEMITONES]
    return (*played, *stretched, *shifted)


def pairs_of(landmarks: Landmarks) -> Pairs:
    """Each landmark with the next few in reach."""
    order = np.lexsort((landmarks[:, 1], landmarks[:, 0]))
    frame, place = landmarks[order, 0], landmarks[order, 1]
    firsts, seconds = [], []
    for apart in range(1, min(NEIGHBOURS, len(frame) - 1) + 1):
        gap = frame[apart:] - frame[:-apart]
        step = np.abs(place[apart:] - place[:-apart])
        near = np.flatnonzero((gap >= LEAST_GAP) & (gap <= GREATEST_GAP) & (step <= GREATEST_STEP))
        firsts.append(near)
        seconds.append(near + apart)
    first = np.concatenate([np.zeros(0, np.int64), *firsts])
    second = np.concatenate([np.zeros(0, np.int64), *seconds])
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    rank = np.arange(len(first)) - np.searchsorted(first, first, "left")
    first, second = first[rank < FAN_OUT], second[rank < FAN_OUT]
    step = place[second] - place[first] + GREATEST_STEP
    key = (place[first] << 12) | (step << 6) | (frame[second] - frame[first])
    return Pairs(key.astype(np.int32), frame[first].astype(np.int32))


@dataclass(frozen=True, slots=True)
class Agreement:
    """count: landmarks of the recording in hand that agree at the best place. frame: where its frame 0 lies
    in the known one. chance: count that chance gives on average at any one place. places: how many."""

    count: int
    frame: int
    chance: float
    places: int


def agreement(known: Pairs, heard: Pairs) -> Agreement:
    """The place of ``heard`` in ``known`` at which most landmarks agree; each counts once."""
    if not len(known.key) or not len(heard.key):
        return Agreement(0, 0, 0.0, 1)
    order = np.argsort(known.key, kind="stable")
    keys, frames = known.key[order], known.frame[order]
    low, high = np.searchsorted(keys, heard.key, "left"), np.searchsorted(keys, heard.key, "right")
    hits = ranges(low, high)
    anchor = np.repeat(heard.frame, high - low)
    lowest = int(known.frame.min()) - int(heard.frame.max())
    places = int(known.frame.max()) - int(heard.frame.min()) - lowest + 1
    offset = frames[hits] - anchor - lowest
    # Pairs with one first landmark stand or fall together: they count once at a place.
    single = np.unique(offset.astype(np.int64) * (int(heard.frame.max()) + 1) + anchor)
    counts = np.bincount(single // (int(heard.frame.max()) + 1), minlength=places + 2 * SLACK)
    width = 2 * SLACK + 1
    summed = np.convolve(counts, np.ones(width, np.int64))[SLACK : SLACK + len(counts)]
    best = int(summed.argmax())
    exact = max(0, best - SLACK) + int(counts[max(0, best - SLACK) : best + SLACK + 1].argmax())
    return Agreement(int(summed[best]), exact + lowest, width * len(single) / places, places)


def ranges(low: npt.NDArray[np.int64], high: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """All indices low[0] .. high[0] - 1, low[1] .. high[1] - 1, and so on."""
    lengths = high - low
    before = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return np.repeat(low - before, lengths) + np.arange(int(lengths.sum()))
