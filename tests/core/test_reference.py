"""core/reference.py: silence, music and snippets lend no voice, and the error says which file and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import InputTooLongError, NotAudioError, SourceNotFoundError, VoiceError
from earwitness.reference import file_sha256, recording, reference

Sound = Callable[..., np.ndarray]
Write = Callable[..., Path]


def music(seconds: float, rate: int = 16_000) -> np.ndarray:
    """Chords of plucked strings, four a second: nothing of it is a voice."""
    random = np.random.default_rng(1)
    n = round(seconds * rate)
    sound = np.zeros(n)
    for start in range(0, n, rate // 4):
        t = np.arange(min(rate, n - start)) / rate
        for hz in random.choice([220.0, 277.2, 329.6, 440.0, 554.4, 659.3], 3, replace=False):
            for harmonic in range(1, 6):
                sound[start : start + t.size] += (
                    np.exp(-4 * harmonic * t) * np.sin(2 * np.pi * hz * harmonic * t) / harmonic
                )
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def test_speech_lends_its_voice(speech_like: Sound, write_wav: Write) -> None:
    path = write_wav(np.stack([speech_like(6.0), speech_like(6.0)]), name="two.wav")
    found = reference(path)
    assert (found.name, found.speech.rate, found.speech.samples.ndim) == ("two.wav", 16_000, 1)
    assert found.speech.seconds == pytest.approx(6.0)
    assert found.speech.samples.dtype == np.float32
    assert found.sha256 == file_sha256(path)


def test_what_lends_no_voice(speech_like: Sound, noise: Sound, write_wav: Write, tmp_path: Path) -> None:
    text = tmp_path / "text.wav"
    text.write_text("Dear Sir")
    empty = tmp_path / "empty.wav"
    empty.write_bytes(b"")
    cases = {
        write_wav(np.zeros(80_000, np.float32), name="silent.wav"): "silent",
        write_wav(speech_like(1.5), name="short.wav"): "only [01].[0-9] s of speech",
        write_wav(music(8.0), name="music.wav"): "music or noise",
        write_wav(noise(8.0), name="noise.wav"): "music or noise",
        text: "this is",
        empty: "",
    }
    for path, said in cases.items():
        with pytest.raises(VoiceError, match=f"{path.name}: no voice can be taken from it: .*{said}"):
            reference(path)
    with pytest.raises(SourceNotFoundError):
        reference(tmp_path / "none.wav")


def test_a_clip_that_changes_is_looked_at_again(speech_like: Sound, write_wav: Write) -> None:
    path = write_wav(speech_like(6.0), name="a.wav")
    first = reference(path)
    write_wav(speech_like(7.0), name="a.wav")
    assert reference(path).sha256 != first.sha256


def test_a_recording_to_remake(speech_like: Sound, write_wav: Write, tmp_path: Path) -> None:
    assert recording(write_wav(speech_like(1.0), rate=22_050)).speech.rate == 22_050
    with pytest.raises(VoiceError, match="silent"):
        recording(write_wav(np.zeros(16_000, np.float32)))
    with pytest.raises(InputTooLongError):
        recording(write_wav(speech_like(3.0)), max_seconds=2.0)
    (tmp_path / "x.wav").write_text("text")
    with pytest.raises(NotAudioError):
        recording(tmp_path / "x.wav")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="cannot be read"):
        file_sha256(tmp_path / "none")
