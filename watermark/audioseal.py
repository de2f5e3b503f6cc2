"""AudioSeal (Meta): a mark with a message of 16 bits, found sample by sample; read and written.

Everybody who has the weights can read and make its marks, and a message carries nothing that proves it, so
a reading is a claim, never proof: ``verified`` is always false. How often unmarked audio is taken for marked
was not measured here, because the official weights could not be had where this was written; so ``p_marked``
is None, and people have reported false alarms.

Weights: the official ``generator_base.pth`` and ``detector_base.pth`` in the folder ``EARWITNESS_AUDIOSEAL``,
or from the hub at the first use; see ``earwitness.watermark.checkpoints``.

The recording is read in windows of 10 s, each begun 2 s early, because the networks remember. Up to ten
seconds this is one pass over all of it, as AudioSeal does it; beyond, what they heard more than 2 s before
a window is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from earwitness.errors import UsageError
from earwitness.marks import Float32, MarkKey, Reading, Search, Span, Strength
from earwitness.watermark import audioseal_net
from earwitness.watermark.audioseal_net import BITS, FRAME, HOP, RATE
from earwitness.watermark.residual import ResidualEmbedder
from earwitness.watermark.windows import MonoWindows, Window, Windows

__all__ = ["SCHEME", "AudioSealReader", "AudioSealScheme", "load"]

SCHEME = "audioseal-0.2"
LOWEST_RATE_HZ = 8_000
_STRENGTH = {Strength.SOFT: 0.7, Strength.DEFAULT: 1.0, Strength.STRONG: 1.4}  # 3 dB apart
_WINDOW, _BEFORE, _AFTER, _FADE = 500 * HOP, 100 * HOP, 25 * HOP, HOP
_LEAST = 4 * HOP  # the networks need a few frames
_PROBABILITY = 0.5  # AudioSeal's own threshold, a sample
_GAP, _SHORTEST = 3, 5  # tenths of a second: shorter gaps are bridged, shorter marks dropped
_SECOND = 10


class AudioSealScheme:
    """The scheme as ``earwitness.marks.Watermark`` wants it; see there."""

    name = SCHEME
    payload_bits = BITS
    needs_key = False

    def missing(self) -> str | None:
        """What keeps it from working here; see ``earwitness.marks.NeedsMore``."""
        return audioseal_net.missing()

    def embedder(
        self,
        key: MarkKey | None,
        payload: int | None,
        rate: int,
        channels: int,
        strength: Strength = Strength.DEFAULT,
    ) -> ResidualEmbedder:
        """Start marking every channel with a 16-bit message. Raises UsageError, MissingDependencyError and
        ModelError (no weights)."""
        if key is not None:
            raise UsageError("marks of AudioSeal take no key.", subject=SCHEME)
        if payload is None or not 0 <= payload < 2**BITS:
            raise UsageError(f"a message of AudioSeal is a number from 0 to {2**BITS - 1}, not {payload}.")
        _check(rate)
        audioseal_net.prepare("generator")
        change = partial(_change, message=payload, factor=np.float32(_STRENGTH[strength]))
        windows = Windows(channels, _WINDOW, _BEFORE, _AFTER)
        return ResidualEmbedder(rate, channels, RATE, windows, _FADE, change)

    def reader(
        self,
        keys: Sequence[MarkKey],  # noqa: ARG002
        rate: int,
        channels: int,
        search: Search = Search.HINT,  # noqa: ARG002
    ) -> AudioSealReader:
        """Start reading; one reading. Raises UsageError, MissingDependencyError and ModelError."""
        _check(rate)
        audioseal_net.prepare("detector")
        return AudioSealReader(rate, channels)


class AudioSealReader:
    """One recording being read. Keeps 70 bytes a tenth of a second.

    A stretch is marked where the mean probability over tenths of a second exceeds 0.5, for half a second
    or more. The message is read from all such stretches together: two messages in one recording are not
    told apart. score: the highest mean probability of any second.
    """

    def __init__(self, rate: int, channels: int) -> None:
        windows = Windows(channels, _WINDOW, _BEFORE, _AFTER)
        self._windows = MonoWindows(windows, rate, RATE, channels)
        self._probabilities: list[Float32] = []
        self._bits: list[Float32] = []
        self._end_s = 0.0
        self._seconds_a_sample = 1 / rate

    def push(self, samples: Float32) -> None:
        """Take (channels, n) samples."""
        self._end_s += samples.shape[1] * self._seconds_a_sample
        self._hear(self._windows.push(samples))

    def finish(self) -> tuple[Reading, ...]:
        """The one reading."""
        self._hear(self._windows.finish())
        if not self._probabilities:
            return (Reading(SCHEME, SCHEME, "", True, False, None, False, None, None, (), score=0.0),)
        probability, bits = np.concatenate(self._probabilities), np.concatenate(self._bits)
        stretches = _stretches(probability > _PROBABILITY)
        spans = tuple(Span(a * 0.1, min(b * 0.1, self._end_s)) for a, b in stretches)
        message = None
        if stretches:
            logits = np.concatenate([bits[a:b] for a, b in stretches]).mean(axis=0)
            message = int("".join("1" if logit > 0 else "0" for logit in logits), 2)
        second = min(_SECOND, len(probability))
        score = float(np.convolve(probability, np.full(second, 1 / second), "valid").max())
        return (
            Reading(
                SCHEME, SCHEME, "", True, bool(stretches), None, False, message, None, spans,
                score=min(1.0, max(0.0, score)),
            ),
        )  # fmt: skip

    def _hear(self, windows: Sequence[Window]) -> None:
        for window in windows:
            sound = window.samples[0]
            if len(sound) < _LEAST:
                continue
            probability, bits = audioseal_net.detect(sound)
            first, last = window.first // FRAME, -(-(window.first + window.size) // FRAME)
            self._probabilities.append(probability[first:last])
            self._bits.append(bits[first:last])


def _change(samples: Float32, message: int, factor: np.float32) -> Float32:
    if samples.shape[1] < _LEAST:
        return np.zeros_like(samples)
    added: Float32 = factor * audioseal_net.change(samples, message)
    return added


def _stretches(marked: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs [first, last + 1) of frames, over short gaps, without short runs."""
    edges = np.diff(np.concatenate([[0], marked.astype(np.int8), [0]]))
    joined: list[tuple[int, int]] = []
    for first, last in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
        if joined and first - joined[-1][1] <= _GAP:
            joined[-1] = (joined[-1][0], int(last))
        else:
            joined.append((int(first), int(last)))
    return [(first, last) for first, last in joined if last - first >= _SHORTEST]


def _check(rate: int) -> None:
    if rate < LOWEST_RATE_HZ:
        raise UsageError(f"marks of AudioSeal need a sample rate of {LOWEST_RATE_HZ} Hz or more, not {rate}.")


def load() -> AudioSealScheme:
    """What the entry point calls."""
    return AudioSealScheme()
