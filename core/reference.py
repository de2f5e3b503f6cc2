"""Recordings that a generator works on: what it remakes, and whose voice it takes, examined before use."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from earwitness.audio import load_audio
from earwitness.errors import AudioError, SourceNotFoundError, VoiceError
from earwitness.generation import Speech
from earwitness.quality import SILENCE_PEAK_DBFS, QualityMeter
from earwitness.report import ChannelQuality
from earwitness.samples import Float32, resample
from earwitness.vad import FRAME, RATE

__all__ = ["MAX_SOURCE_S", "MIN_SPEECH_S", "Recording", "file_sha256", "recording", "reference"]

MIN_SPEECH_S = 3.0
"""Seconds of speech that a voice is taken from at least."""
MIN_SPEECH_SHARE = 0.25
"""Of a clip that voice activity calls speech. Music scores a few stray frames, a person with pauses half."""
MIN_SNR_DB = 3.0  # below, what is taken over is the background
MAX_SOURCE_S = 1800.0
"""Seconds of a recording that is remade: all of it is in memory at once."""
MAX_REFERENCE_S = 600.0
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Recording:
    """name: of the file. speech: its sound, mixed to one channel, at its own rate. sha256: of the file."""

    name: str
    speech: Speech
    sha256: str


def recording(path: str | os.PathLike[str], *, max_seconds: float | None = None) -> Recording:
    """A recording that is to be remade. Raises the AudioError family; VoiceError where it is silent."""
    found = _load(Path(path), MAX_SOURCE_S if max_seconds is None else max_seconds)
    if not np.any(found.speech.samples):
        raise VoiceError("it is silent.", subject=found.name, hint="Give a recording with speech.")
    return found


def reference(path: str | os.PathLike[str]) -> Recording:
    """A recording that a voice is taken from: at least 3 s of speech that is not drowned in something else.

    Raises VoiceError, which names the file and what is wrong with it, and SourceNotFoundError.
    """
    place = Path(path)
    try:
        facts = place.stat()
    except OSError:
        raise SourceNotFoundError("no such file.", subject=str(path), hint="Check the path.") from None
    return _reference(place, facts.st_mtime_ns, facts.st_size)


def file_sha256(path: Path) -> str:
    """Hex digest of a file's bytes. Raises SourceNotFoundError."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError as error:
        raise SourceNotFoundError(
            f"cannot be read: {error.strerror}.", subject=str(path), hint="Check the path."
        ) from error
    return digest.hexdigest()


@lru_cache(maxsize=2)  # a folder of jobs takes the same voice for each
def _reference(path: Path, _changed: int, _size: int) -> Recording:
    with _as_voice_error(path):
        found = _load(path, MAX_REFERENCE_S)
    _refuse(measure(found.speech), found)
    return found


def measure(speech: Speech) -> ChannelQuality:
    """Speech, level and background of a clip."""
    meter = QualityMeter(speech.rate)
    at_16k: Float32 = resample(speech.samples, speech.rate, RATE)
    meter.push(speech.samples, np.pad(at_16k, (0, -at_16k.size % FRAME)))
    return meter.result(None).public()


def _refuse(quality: ChannelQuality, clip: Recording) -> None:
    found, hint = _trouble(quality, clip.speech.seconds)
    if found:
        raise VoiceError(f"no voice can be taken from it: {found}.", subject=clip.name, hint=hint)


def _trouble(quality: ChannelQuality, seconds: float) -> tuple[str | None, str]:
    """What is wrong with a clip, and what would help."""
    hint = f"Give at least {MIN_SPEECH_S:g} s of one person speaking, without music."
    if quality.peak_dbfs is None or quality.peak_dbfs < SILENCE_PEAK_DBFS:
        return "it is silent", hint
    if quality.speech_s < MIN_SPEECH_S:
        if seconds >= MIN_SPEECH_S and quality.speech_s < MIN_SPEECH_SHARE * seconds:
            return f"there is hardly any speech in it ({quality.speech_s:.1f} s); is it music or noise?", hint
        return f"there are only {quality.speech_s:.1f} s of speech in it", hint
    if quality.speech_s < MIN_SPEECH_SHARE * seconds:
        return f"of {seconds:.0f} s only {quality.speech_s:.0f} s are speech; the rest may be music", (
            "Cut out the stretch in which the person speaks."
        )
    if quality.snr_db is not None and quality.snr_db < MIN_SNR_DB:
        return f"music or noise is about as loud as the speech ({quality.snr_db:.0f} dB)", hint
    return None, hint


def _load(path: Path, max_seconds: float) -> Recording:
    audio = load_audio(path, mono=True, max_seconds=max_seconds)
    samples: Float32 = np.ascontiguousarray(np.clip(audio.samples[0], -1.0, 1.0), dtype=np.float32)
    return Recording(path.name, Speech(samples, audio.rate), file_sha256(path))


@contextmanager
def _as_voice_error(path: Path) -> Iterator[None]:
    """What is wrong with a file, told as what it means here: no voice can be taken from it."""
    try:
        yield
    except AudioError as error:
        raise VoiceError(
            f"no voice can be taken from it: {error.message}", subject=path.name, hint=error.hint
        ) from error
