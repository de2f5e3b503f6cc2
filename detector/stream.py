"""One channel on its way through the detector, in chunks, so that ten hours need no more than ten seconds.

A chunk of 9.6 s (the last one up to 12.6 s) goes through the trunk once; its frame vectors join those of the
chunk before, and windows of about 3 s every 0.48 s are pooled from them, also across the seam.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.contracts import Float32, Window
from earwitness.detector.calibrate import probability
from earwitness.detector.frontend import HOP, N_FFT, SAMPLE_RATE, frames_in
from earwitness.detector.localiser import HEARD_SHARE, Blocks
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.pooling import pooled_statistics, window_starts

__all__ = ["LOOK_AHEAD", "STEP", "SpectrogramStream", "speech_shares", "stretch"]

STEP = 8 * HOP  # samples a frame vector: 80 ms
CHUNK = 120  # frame vectors a chunk
LOOK_AHEAD = N_FFT - HOP
SPEECH = 0.5  # voice-activity probability from which a sample counts as speech
MIN_SPEECH_SHARE = 0.35  # a window with less speech says more about the pause than about the voice
# Frame vectors around speech (0.96 s) that are heard with it: pauses between phrases are in all that was
# trained on, and breath, room and decay belong to a voice. What lies further off, dead air, would drown it.
MARGIN = 12
MIN_FRAMES = 12  # 0.96 s: shorter excerpts were never trained on


class SpectrogramStream:
    """Implements ``earwitness.contracts.DetectorStream``."""

    def __init__(self, detector: SpectrogramDetector) -> None:
        self._detector = detector
        self._samples = np.zeros(0, dtype=np.float32)
        self._speech = np.zeros(0, dtype=np.float32)
        self._vectors: Float32 | None = None
        self._attention = np.zeros((0, detector.vector_shape[0]), dtype=np.float32)
        self._share = np.zeros(0, dtype=np.float32)
        self._near = np.zeros(0, dtype=np.float32)
        self._first = 0  # index of the first kept frame vector, from the start of the recording
        self._raw_sum = 0.0
        self._weight = 0.0
        members, dim = detector.vector_shape
        self._means = np.zeros((members, 2 * dim))
        self._traces = np.zeros((members, 2 * dim))
        self._traced = 0.0
        self._steps: list[Float32] = []
        self._blocks = None if detector.localiser is None else Blocks(detector.localiser)
        self._beside: Float32 | None = None  # what the localiser said in the end

    def push(self, samples: Float32, speech: Float32) -> list[Window]:
        """See the protocol."""
        track = stretch(speech, len(samples))
        # One NaN would spoil the sums of the whole recording.
        sound = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
        self._samples = np.concatenate([self._samples, sound])
        self._speech = np.concatenate([self._speech, track])
        found: list[Window] = []
        # A window's length is held back: a short rest alone would have a mean that says little (frontend.py).
        while len(self._samples) >= (CHUNK + self._detector.card.window) * STEP + LOOK_AHEAD:
            self._chunk(CHUNK)
            found += self._windows(last=False)
        return found

    def finish(self) -> list[Window]:
        """See the protocol."""
        left = max(0, (len(self._samples) - LOOK_AHEAD) // STEP)
        if left >= (MIN_FRAMES if self._vectors is None else 1):
            self._chunk(left)
        if self._blocks is not None:
            self._beside = self._blocks.finish()
        return self._windows(last=True)

    def total_llr(self) -> float | None:
        """Calibrated LLR from the speech-weighted mean of the windows' raw scores.

        Windows with little speech count a little: a short recording gets a score, too.
        """
        if self._weight <= 0:
            return None
        card, raw = self._detector.card, self._raw_sum / self._weight
        return card.whole(raw) if card.conditions is None else card.conditions.llr(raw, self.statistics())

    def shares(self) -> tuple[float, ...] | None:
        """How probable each kind of channel is that the card knows; None without such or without a score."""
        known = self._detector.card.conditions
        if known is None or self._weight <= 0:
            return None
        return tuple(known.shares(self.statistics()).tolist())

    def statistics(self) -> npt.NDArray[np.float64]:
        """Mean statistics of all windows, each by its speech, (members * 2 * dim,); zeros if nobody spoke."""
        return (self._means / max(self._weight, 1e-9)).reshape(-1)

    def traces(self) -> tuple[float, ...] | None:
        """Mean statistics of the windows, each by its speech and by how synthetic it looks.

        The members' statistics one after another, (members * 2 * dim,).
        """
        if self._traced <= 0:
            return None
        return tuple(float(value) for value in (self._traces / self._traced).reshape(-1).round(5))

    def steps(self) -> Float32 | None:
        """Raw score of each 80 ms, NaN in pauses; heard beside the rest, too, once all of it has come."""
        if not self._steps:
            return None
        alone = np.concatenate(self._steps)
        if self._beside is None or self._detector.localiser is None:
            return alone
        return self._beside + np.float32(self._detector.localiser.share) * alone

    def _chunk(self, count: int) -> None:
        used, speech = self._samples[: count * STEP + LOOK_AHEAD], self._speech[: count * STEP]
        share, near, heard = speech_shares(speech, len(used))
        if share.max(initial=0.0) > 0:
            vectors, attention = self._detector.frames(used, heard)
            vectors, attention = vectors[:count], attention[:count]
        else:  # nobody speaks: nothing to score, and no time spent on it
            shape = (count, *self._detector.vector_shape)
            vectors, attention = np.zeros(shape, np.float32), np.full(shape[:2], -20.0, np.float32)
        local = self._detector.steps(vectors)
        if local is not None:
            self._steps.append(np.where(share >= HEARD_SHARE, local, np.float32(np.nan)))
            if self._blocks is not None:
                self._blocks.push(vectors, share)
        self._vectors = vectors if self._vectors is None else np.concatenate([self._vectors, vectors])
        self._attention = np.concatenate([self._attention, attention])
        self._share = np.concatenate([self._share, share])
        self._near = np.concatenate([self._near, near])
        self._samples = self._samples[count * STEP :]
        self._speech = self._speech[count * STEP :]

    def _windows(self, last: bool) -> list[Window]:
        if self._vectors is None or not len(self._vectors):
            return []
        card = self._detector.card
        total = len(self._vectors)
        if total < card.window and not last:
            return []
        starts = window_starts(total, card.window, card.hop)
        if last and starts[-1] + card.window < total:  # the end lies between two hops: one more window
            starts = np.append(starts, total - card.window)
        statistics = pooled_statistics(self._vectors, self._attention, self._near, starts, card.window)
        raws = self._detector.scores(statistics)
        found = []
        for start, raw, seen in zip(starts, raws, statistics, strict=True):
            share = float(self._share[start : start + card.window].mean())
            if share <= 0:
                continue
            self._raw_sum += share * float(raw)
            self._weight += share
            self._means += share * seen
            llr = card.window_calibration(float(raw))
            looks = share * probability(llr)
            self._traces += looks * seen
            self._traced += looks
            if share < MIN_SPEECH_SHARE:
                continue
            begin = (self._first + int(start)) * STEP / SAMPLE_RATE
            end = (self._first + min(int(start) + card.window, total)) * STEP / SAMPLE_RATE
            parts = _parts(self._share[start : start + card.window], card.hop)
            found.append(Window(round(begin, 3), round(end, 3), llr, share, parts))
        keep = int(starts[-1]) + card.hop
        self._vectors, self._attention = self._vectors[keep:], self._attention[keep:]
        self._share, self._near = self._share[keep:], self._near[keep:]
        self._first += keep
        return found


def _parts(share: Float32, hop: int) -> tuple[float, ...]:
    """Mean share of speech of each ``hop`` frame vectors (the last part may be shorter)."""
    return tuple(round(float(share[k : k + hop].mean()), 2) for k in range(0, len(share), hop))


def speech_shares(speech: Float32, samples: int) -> tuple[Float32, Float32, npt.NDArray[np.bool_]]:
    """Share of speech of each frame vector, 0..1; 1 for those near speech, else 0; and which spectrogram
    frames of ``samples`` are near speech.

    speech: probability a sample, (vectors * STEP,).
    """
    share = (speech >= SPEECH).reshape(-1, STEP).mean(axis=1, dtype=np.float32)
    spread = np.convolve(share > 0.5, np.ones(2 * MARGIN + 1))[MARGIN : MARGIN + len(share)]
    near = spread > 0.5
    return share, near.astype(np.float32), np.repeat(near, 8)[: frames_in(samples)]


def stretch(track: Float32, n: int) -> Float32:
    """A coarser track (m,) repeated to n values; zeros where it is empty."""
    if len(track) == n:
        return track
    if not len(track):
        return np.zeros(n, dtype=np.float32)
    return track[np.minimum(np.arange(n) * len(track) // max(n, 1), len(track) - 1)]
