"""The default fingerprint: landmarks of the spectrogram (``earwitness.provenance.landmarks``).

Needs nothing but the base install. eval/results/fingerprint.json has the measured comparison with
Chromaprint that made it the default.
"""

from __future__ import annotations

import math

import numpy as np

from earwitness.errors import RegistryError
from earwitness.fingerprints import Fingerprint, Likeness
from earwitness.marks import Search
from earwitness.provenance.landmark_pairs import Agreement, Warp, agreement, pairs_of, warps
from earwitness.provenance.landmarks import BINS, FRAME_S, LandmarkFinder, Landmarks
from earwitness.samples import Float32

__all__ = ["METHOD", "LandmarkFingerprints", "landmarks_of", "likeness", "open_landmarks"]

METHOD = "landmarks-1"
P_SAME = 1e-6
LEAST_MEAN = 0.05  # unrelated speech has 0.013; with this, p-values are on the safe side (measured)
_BIN_BITS = 7
_MOST_FRAMES = 2 ** (32 - _BIN_BITS) - 1  # 149 hours


class LandmarkFingerprints:
    """See :class:`earwitness.fingerprints.FingerprintMethod`."""

    name = METHOD

    def maker(self, rate: int, channels: int) -> _Maker:
        """Start with a recording."""
        return _Maker(rate, channels)

    def compare(self, known: Fingerprint, heard: Fingerprint, search: Search = Search.HINT) -> Likeness:
        """Are these the same recording, or parts of one?"""
        old, new = landmarks_of(known), landmarks_of(heard)
        reference = pairs_of(old)
        plain = likeness(agreement(reference, pairs_of(new)), Warp(), 1)
        if plain.same or search is Search.NONE:
            return plain
        tried = warps()
        others = [
            likeness(agreement(reference, pairs_of(warp.undo(new))), warp, 1 + len(tried)) for warp in tried
        ]
        return min((plain, *others), key=lambda one: one.p_value)


class _Maker:
    def __init__(self, rate: int, channels: int) -> None:
        self._rate, self._channels, self._samples = rate, channels, 0
        self._finder = LandmarkFinder(rate)

    def push(self, samples: Float32) -> None:
        if samples.ndim != 2 or len(samples) != self._channels:
            raise ValueError(f"expected ({self._channels}, n) samples, got {samples.shape}")
        self._samples += samples.shape[1]
        self._finder.push(samples.mean(0, dtype=np.float32))

    def finish(self) -> Fingerprint:
        found = self._finder.finish()
        found = found[found[:, 0] <= _MOST_FRAMES].astype(np.uint32)
        packed = (found[:, 0] << _BIN_BITS) | found[:, 1]
        return Fingerprint(METHOD, packed.astype("<u4").tobytes(), self._samples / self._rate)


def open_landmarks() -> LandmarkFingerprints:
    """The method (entry point of ``earwitness.fingerprints``)."""
    return LandmarkFingerprints()


def landmarks_of(fingerprint: Fingerprint) -> Landmarks:
    """Its landmarks. Raises RegistryError for another method's or a damaged one."""
    if fingerprint.method != METHOD:
        raise RegistryError(
            f"a fingerprint of the method {fingerprint.method} cannot be compared with {METHOD}.",
            hint="Take both with the same method.",
        )
    if len(fingerprint.data) % 4:
        raise RegistryError("the fingerprint is damaged: its length is not a multiple of 4 bytes.")
    packed = np.frombuffer(fingerprint.data, "<u4")
    places = packed & (2**_BIN_BITS - 1)
    frames = (packed >> _BIN_BITS).astype(np.int64)
    if len(packed) and (places.max() >= BINS or (np.diff(frames) < 0).any()):
        raise RegistryError("the fingerprint is damaged: its landmarks are out of order or out of range.")
    return np.stack([frames, places], axis=1).astype(np.int32)


def likeness(found: Agreement, warp: Warp, hypotheses: int) -> Likeness:
    """What an agreement is worth: the best of so many places by chance, ``hypotheses`` times over."""
    p = min(1.0, hypotheses * found.places * _tail(found.count, found.chance))
    return Likeness(p < P_SAME, p, found.count, round(found.frame * FRAME_S, 3), warp.speed, warp.pitch)


def _tail(count: int, mean: float) -> float:
    """P(X >= count) of a Poisson distribution, by the Chernoff bound: no less than the truth.

    The mean is what these two recordings share at an average place, so two held notes of one pitch, which
    agree everywhere, prove nothing; and no less than LEAST_MEAN, for what they share comes in clumps.
    """
    mean = max(mean, LEAST_MEAN)
    if count <= mean:
        return 1.0
    return math.exp(count - mean - count * math.log(count / mean))
