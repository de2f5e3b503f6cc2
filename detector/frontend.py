"""Log-magnitude spectrogram on the linear frequency axis, the same in training and at run time.

Mel bands blur the fine structure above 3 kHz where neural vocoders leave their traces, so the axis
stays linear (our trials; cf. Frank & Schönherr, WaveFake, 2021). The mean of every bin is removed:
microphone, room colour and mixing would otherwise tell corpora apart instead of voices.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from earwitness.fourier import spectra

__all__ = [
    "BINS",
    "HOP",
    "N_FFT",
    "SAMPLE_RATE",
    "VIEWS",
    "frames_in",
    "full",
    "phases",
    "spectrogram",
    "views_of",
    "wideband",
]

Float32 = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000
N_FFT = 512  # 32 ms
HOP = 160  # 10 ms
BINS = 256  # bins 1..256; DC carries only offsets of sound cards
FLOOR_DB = 80.0  # below the loudest bin of the excerpt nothing is looked at
SCALE = 2.5  # standard deviation of the log-magnitudes of speech, in nepers, roughly

_WINDOW = np.hanning(N_FFT + 1)[:-1].astype(np.float32)
_WIDE = np.hanning(N_FFT // 2 + 1)[:-1].astype(np.float32)
_LONG = np.hanning(2 * N_FFT + 1)[:-1].astype(np.float32)


def frames_in(samples: int) -> int:
    """Number of spectrogram frames of ``samples`` samples (no padding at the edges)."""
    return max(0, 1 + (samples - N_FFT) // HOP)


def spectrogram(samples: Float32, speech: npt.NDArray[np.bool_] | None = None) -> Float32:
    """Natural-log magnitudes, shape (BINS, frames), mean 0 in every bin, scaled to about unit variance.

    samples: (n,) at 16 kHz, n >= N_FFT. Values more than FLOOR_DB under the maximum are clamped, so
    that digital silence and dither look alike.
    speech: (frames,) True at and around speech; the mean is then taken from those frames alone, as in
    training, where excerpts are trimmed to speech. None, or no True in it: all frames count.
    """
    return _logs(_power(_spectrum(samples, _WINDOW, HOP)), speech)


def wideband(samples: Float32, speech: npt.NDArray[np.bool_] | None = None) -> Float32:
    """The same with 16-ms frames every 5 ms, shape (BINS / 2, 2 * frames): single pitch pulses show.

    speech: as in ``spectrogram``, (frames,) of its frames.
    """
    frames, heard = _short_frames(samples, speech)
    return _logs(_power(frames), heard)


def phases(samples: Float32, speech: npt.NDArray[np.bool_] | None = None) -> Float32:
    """The spectrogram and how phase moves in it: shape (5, BINS, frames).

    A vocoder hears magnitudes and must make up the phase, so what it makes up is looked at too. Beside the
    log magnitudes: cosine and sine of the phase's step from bin to bin, as seen from the middle of the frame
    (group delay: where in the frame the energy lies), and of its step from frame to frame beyond what the
    bin's frequency explains (instantaneous frequency). Zero where nothing is heard, and before the first
    frame. samples, speech: as in ``spectrogram``.
    """
    return _with_turns(_spectrum(samples, _WINDOW, HOP), HOP, speech)


def full(
    samples: Float32, speech: npt.NDArray[np.bool_] | None = None, short: Float32 | None = None
) -> Float32:
    """Everything that the other views show and longer frames, for one network: shape (9, BINS, frames).

    Channels 0-4 as ``phases``; 5 and 6 the two 16-ms frames under each long one (each of their bins twice, so
    that rows stay frequencies); 7 and 8 64-ms frames, which part the harmonics of low voices: their odd and
    their even bins. samples, speech: as in ``spectrogram``. short: the sound's ``wideband``, if it is there.
    """
    short = np.repeat(wideband(samples, speech) if short is None else short, 2, axis=0)
    # Both ends mirrored, so that the longer frames have the middles of the plain ones.
    around = np.pad(samples, N_FFT // 2, mode="reflect")
    long = _logs(_power(_spectrum(around, _LONG, HOP)), speech)
    parts = [short[None, :, 0::2], short[None, :, 1::2], long[None, 0::2], long[None, 1::2]]
    return np.concatenate([phases(samples, speech), *parts])


def _short_frames(
    samples: Float32, speech: npt.NDArray[np.bool_] | None
) -> tuple[npt.NDArray[np.complex64], npt.NDArray[np.bool_] | None]:
    """Spectra of 16-ms frames, two centred under each long one, and which of them are speech."""
    inside = samples[(N_FFT - len(_WIDE) - HOP // 2) // 2 :]
    frames = _spectrum(inside, _WIDE, HOP // 2)[: 2 * frames_in(len(samples))]
    return frames, None if speech is None else np.repeat(speech, 2)


def _with_turns(
    spectrum: npt.NDArray[np.complex64], hop: int, speech: npt.NDArray[np.bool_] | None
) -> Float32:
    """Log magnitudes and the steps of phase of spectra (frames, bins + 1), a frame every ``hop`` samples."""
    power = _power(spectrum)
    quiet = power <= _floor(_heard(power, speech))
    # From bin k - 1 to k, with time counted from the window's middle; the bin below bin 1 is DC.
    across = -spectrum[:, 1:] * spectrum[:, :-1].conj()
    along = np.zeros_like(across)
    bins = across.shape[1]
    # How a tone in the middle of a bin turns from frame to frame, turned back.
    back = np.exp(-1j * np.pi * hop / bins * np.arange(1, bins + 1)).astype(np.complex64)
    along[1:] = spectrum[1:, 1:] * spectrum[:-1, 1:].conj() * back
    parts = [_logs(power, speech)]
    for step in (across, along):
        step /= np.maximum(np.abs(step), np.float32(1e-20))
        step[quiet] = 0
        parts += [np.asarray(part.T, np.float32) for part in (step.real, step.imag)]
    return np.stack(parts)


def _spectrum(samples: Float32, window: Float32, hop: int) -> npt.NDArray[np.complex64]:
    return spectra(np.lib.stride_tricks.sliding_window_view(samples, len(window))[::hop], window)


def _power(spectrum: npt.NDArray[np.complex64]) -> Float32:
    """Of every bin but DC, (frames, bins)."""
    heard = spectrum[:, 1:]
    return heard.real**2 + heard.imag**2


def _heard(power: Float32, speech: npt.NDArray[np.bool_] | None) -> Float32:
    return power if speech is None or not speech.any() else power[speech]


def _floor(power: Float32) -> np.float32:
    return np.float32(max(float(power.max()), 1e-12) * 10 ** (-FLOOR_DB / 10))


def _logs(power: Float32, speech: npt.NDArray[np.bool_] | None) -> Float32:
    logs = np.log(np.maximum(power, _floor(_heard(power, speech))))
    logs -= _heard(logs, speech).mean(axis=0, dtype=np.float64).astype(np.float32)
    return np.ascontiguousarray(logs.T * np.float32(0.5 / SCALE), dtype=np.float32)


VIEWS = {
    "features": spectrogram,
    "wideband": wideband,
    "phases": phases,
    "full": full,
}
"""Views by the name of the network input that takes them."""


def views_of(
    names: Collection[str], samples: Float32, speech: npt.NDArray[np.bool_] | None = None
) -> dict[str, Float32]:
    """Several views of one sound by their names; what two of them share is computed once."""
    found = {name: VIEWS[name](samples, speech) for name in names if name != "full"}
    if "full" in names:
        found["full"] = full(samples, speech, found.get("wideband"))
    return found
