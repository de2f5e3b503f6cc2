"""What is known of a voice that speech is turned into: how a network hears it, its colour, its pitch.

A decoder that gets a voice as one vector comes near it. What is left of the way are quantities that need no
network: how loud each band is on average and how far it moves around that (as pictures get the colours of
others, Reinhard et al. 2001), and the mean of the logarithm of the pitch (as in most conversion, such as Toda
et al. 2007). Where the voice is that of a recording, each frame also moves a part of the way towards the
frames of the recording that are most like it (after kNN-VC, Baas et al. 2023, which goes the whole way, with
better features).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from earwitness.errors import VoiceError

__all__ = ["Portrait", "borrowed", "coloured", "pitched", "portrayed"]

Float32 = npt.NDArray[np.float32]
_BELOW = 4.0  # nats under the loudest frames where speech ends
_FURTHEST = 2.0  # times that a band may move more or less than it did
_RANGE_HZ = (55.0, 500.0)
_LEAST_VOICED = 8  # frames: a tenth of a second
_NEIGHBOURS, _AROUND, _BORROWED = 16, 2, 0.4  # frames; frames before and after that count; share
_MOST_FRAMES = 2_400  # of a recording that are looked through: half a minute
_AT_ONCE = 1_000  # frames that are compared with all of those: an hour of them would fill the memory


@dataclass(frozen=True, slots=True)
class Portrait:
    """heard: (dimensions,), of length 1. mean, spread: of each band of log mel spectrograms where there is
    speech (bands,). height: mean natural logarithm of the pitch in Hz. mel: of the recording, if it is that
    of one."""

    heard: Float32
    mean: Float32
    spread: Float32
    height: float
    mel: Float32 | None = None

    def packed(self) -> Float32:
        """As one vector, without ``mel``; the mean of several is a portrait, too."""
        return np.concatenate([[self.height], self.mean, self.spread, self.heard]).astype(np.float32)

    @classmethod
    def of(cls, packed: Float32, bands: int = 80) -> Portrait:
        """What :meth:`packed` gave, or a mixture of such."""
        mean, spread, heard = np.split(packed[1:], [bands, 2 * bands])
        return cls(heard / np.linalg.norm(heard), mean, spread, float(packed[0]))


def portrayed(mel: Float32, pitch: Float32, heard: Float32) -> Portrait:
    """Of a recording's log mel spectrogram (bands, frames) and pitch (frames,) in Hz, 0 where unvoiced.

    Raises VoiceError where nobody is heard.
    """
    if (pitch > 0).sum() < _LEAST_VOICED:
        raise VoiceError(
            "no voice is heard in it.", hint="Give a few seconds in which one person speaks, without music."
        )
    mean, spread = _colour(mel)
    height = float(np.log(pitch[pitch > 0]).mean())
    return Portrait(heard, mean[:, 0], spread[:, 0], height, mel[:, :_MOST_FRAMES])


def coloured(mel: Float32, portrait: Portrait) -> Float32:
    """A log mel spectrogram (bands, frames) as loud as it was, whose bands lie and move as the portrait's."""
    mean, spread = _colour(mel)
    wanted = portrait.mean - portrait.mean.mean() + mean.mean()
    scale = np.clip(portrait.spread[:, None] / np.maximum(spread, 0.1), 1 / _FURTHEST, _FURTHEST)
    return np.asarray((mel - mean) * scale + wanted[:, None], np.float32)


def borrowed(mel: Float32, portrait: Portrait) -> Float32:
    """A coloured log mel spectrogram (bands, frames), moved towards what the portrait's recording is like
    where it is most like this one; the same if there is no recording."""
    if portrait.mel is None:
        return mel
    level = _colour(mel)[0].mean() - portrait.mean.mean()
    theirs = portrait.mel + np.float32(level)
    ours, known = _with_neighbours(mel), _with_neighbours(theirs)
    begins = range(0, len(ours), _AT_ONCE)
    found = [_likest(ours[begin : begin + _AT_ONCE], known, theirs) for begin in begins]
    return np.asarray((1 - _BORROWED) * mel + _BORROWED * np.concatenate(found).T, np.float32)


def _likest(ours: Float32, known: Float32, theirs: Float32) -> Float32:
    """Mean of the frames of ``theirs`` (bands, m) whose surroundings ``known`` (m, n) are nearest to each of
    ``ours`` (frames, n): (frames, bands)."""
    away = (known**2).sum(1) - 2 * ours @ known.T
    count = min(_NEIGHBOURS, len(known))
    nearest = np.argpartition(away, count - 1, 1)[:, :count]
    return np.asarray(theirs.T[nearest].mean(1))


def _with_neighbours(mel: Float32) -> Float32:
    padded = np.pad(mel, ((0, 0), (_AROUND, _AROUND)), mode="edge")
    shifted = [padded[:, begin : begin + mel.shape[1]] for begin in range(2 * _AROUND + 1)]
    return np.concatenate(shifted).T


def pitched(pitch: Float32, portrait: Portrait) -> Float32:
    """Pitch (frames,) in Hz, 0 where unvoiced, moved to the portrait's height; its melody stays."""
    voiced = pitch > 0
    if not voiced.any():
        return pitch
    moved = pitch * np.exp(portrait.height - np.log(pitch[voiced]).mean())
    return np.asarray(np.where(voiced, np.clip(moved, *_RANGE_HZ), 0.0), np.float32)


def _colour(mel: Float32) -> tuple[Float32, Float32]:
    """Mean and spread of each band (bands, 1) over the frames with speech."""
    loudness = mel.mean(0)
    spoken = mel[:, loudness >= np.percentile(loudness, 95) - _BELOW]
    return spoken.mean(1, keepdims=True), spoken.std(1, keepdims=True)
