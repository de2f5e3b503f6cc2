"""Treatments of time and pitch: speed, stretch, shift, wobble, cuts and joins.

float32 (n,) at 16 kHz in and out; the length changes where the treatment says so. Librosa (extra "bench")
is imported only by what needs it.
"""

from __future__ import annotations

from fractions import Fraction

import av
import av.filter
import numpy as np
import numpy.typing as npt
import soxr

from earwitness.detector.training.channels import SAMPLE_RATE

Float32 = npt.NDArray[np.float32]

__all__ = ["crop", "drop_samples", "jitter", "pitch", "speed", "splice", "stretch", "tempo", "trim", "wow"]


def speed(x: Float32, factor: float) -> Float32:
    """Played ``factor`` times as fast: shorter and higher, as a tape."""
    ratio = Fraction(factor).limit_denominator(1000)
    return np.asarray(soxr.resample(x, ratio.numerator, ratio.denominator), np.float32)


def stretch(x: Float32, factor: float) -> Float32:
    """``factor`` times as fast at the same pitch, by a phase vocoder (librosa)."""
    import librosa

    return np.asarray(librosa.effects.time_stretch(x, rate=factor), np.float32)


def tempo(x: Float32, factor: float) -> Float32:
    """``factor`` times as fast at the same pitch, by overlap-add (FFmpeg's atempo, 0.5 .. 2)."""
    graph = av.filter.Graph()
    source = graph.add(
        "abuffer", f"sample_rate={SAMPLE_RATE}:sample_fmt=flt:channel_layout=mono:time_base=1/{SAMPLE_RATE}"
    )
    changed = graph.add("atempo", str(factor))
    sink = graph.add("abuffersink")
    source.link_to(changed)
    changed.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(x[None], "flt", "mono")
    frame.sample_rate = SAMPLE_RATE
    frame.pts = 0
    source.push(frame)
    source.push(None)
    parts: list[Float32] = []
    while True:
        try:
            piece = sink.pull()
            assert isinstance(piece, av.AudioFrame)
            parts.append(np.asarray(piece.to_ndarray()[0], np.float32))
        except (av.error.EOFError, av.error.BlockingIOError):
            break
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def pitch(x: Float32, semitones: float) -> Float32:
    """Shifted by ``semitones`` at the same speed, by a phase vocoder (librosa)."""
    import librosa

    return np.asarray(librosa.effects.pitch_shift(x, sr=SAMPLE_RATE, n_steps=semitones), np.float32)


def wow(x: Float32, depth: float, hertz: float) -> Float32:
    """Speed that swings by ± ``depth`` ``hertz`` times a second, as a worn tape does."""
    t = np.arange(x.size) / SAMPLE_RATE
    moved = t + depth / (2 * np.pi * hertz) * (1 - np.cos(2 * np.pi * hertz * t))
    return np.interp(moved * SAMPLE_RATE, np.arange(x.size), x).astype(np.float32)


def jitter(x: Float32, rng: np.random.Generator, share: float) -> Float32:
    """A ``share`` of the samples read at a wrong moment, up to one sample early or late."""
    late = rng.uniform(-1, 1, x.size) * (rng.random(x.size) < share)
    return np.interp(np.arange(x.size) + late, np.arange(x.size), x).astype(np.float32)


def drop_samples(x: Float32, rng: np.random.Generator, share: float) -> Float32:
    """A ``share`` of the samples left out, singly; all that follow move up."""
    return np.asarray(x[rng.random(x.size) >= share], np.float32)


def crop(x: Float32, rng: np.random.Generator, seconds: float) -> Float32:
    """A stretch of ``seconds`` from anywhere, but not a pause.

    A quarter of a second or more of it is within 20 dB of the loudest 50 ms, as any cut that somebody
    listens to would be.
    """
    n = round(seconds * SAMPLE_RATE)
    if x.size <= n:
        return x.copy()
    frame = SAMPLE_RATE // 20
    power = np.square(x[: x.size // frame * frame].reshape(-1, frame)).mean(1)
    sounding = power > power.max() * 10 ** (-20 / 10)
    for _ in range(20):
        start = int(rng.integers(0, x.size - n + 1))
        if sounding[start // frame : (start + n) // frame].sum() >= 5:
            break
    return x[start : start + n].copy()


def trim(x: Float32, seconds: float) -> Float32:
    """Without its first ``seconds``."""
    return x[round(seconds * SAMPLE_RATE) :].copy()


def splice(x: Float32, other: Float32, share: float) -> Float32:
    """The middle ``share`` of ``x`` between two pieces of ``other``; the length stays."""
    keep = round(x.size * share)
    start = (x.size - keep) // 2
    around = np.resize(other, x.size) if other.size else np.zeros(x.size, np.float32)
    out = around.astype(np.float32)
    out[start : start + keep] = x[start : start + keep]
    return out
