"""Log-magnitude spectrogram on the linear frequency axis, the same in training and at run time.

Mel bands blur the fine structure above 3 kHz where neural vocoders leave their traces, so the axis
stays linear (our trials; cf. Frank & Schönherr, WaveFake, 2021). The mean of every bin is removed:
microphone, room colour and mixing would otherwise tell corpora apart instead of voices.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["BINS", "HOP", "N_FFT", "SAMPLE_RATE", "VIEWS", "frames_in", "spectrogram", "wideband"]

Float32 = npt.NDArray[np.float32]

SAMPLE_RATE = 16_000
N_FFT = 512  # 32 ms
HOP = 160  # 10 ms
BINS = 256  # bins 1..256; DC carries only offsets of sound cards
FLOOR_DB = 80.0  # below the loudest bin of the excerpt nothing is looked at
SCALE = 2.5  # standard deviation of the log-magnitudes of speech, in nepers, roughly

_WINDOW = np.hanning(N_FFT + 1)[:-1].astype(np.float32)
_WIDE = np.hanning(N_FFT // 2 + 1)[:-1].astype(np.float32)


def frames_in(samples: int) -> int:
    """Number of spectrogram frames of ``samples`` samples (no padding at the edges)."""
    return max(0, 1 + (samples - N_FFT) // HOP)


def spectrogram(samples: Float32, speech: npt.NDArray[np.bool_] | None = None) -> Float32:
    """Natural-log magnitudes, shape (BINS, frames), mean 0 in every bin, scaled to about unit variance.

    samples: (n,) at 16 kHz, n >= N_FFT. Values more than FLOOR_DB under the maximum are clamped, so
    that digital silence and dither look alike.
    speech: (frames,) True where somebody speaks; the mean is then taken from those frames alone, as in
    training, where excerpts are trimmed to speech. None, or no True in it: all frames count.
    """
    return _logs(samples, speech, _WINDOW, HOP)


def wideband(samples: Float32, speech: npt.NDArray[np.bool_] | None = None) -> Float32:
    """The same with 16-ms frames every 5 ms, shape (BINS / 2, 2 * frames): single pitch pulses show.

    speech: as in ``spectrogram``, (frames,) of its frames.
    """
    twice = 2 * frames_in(len(samples))
    heard = None if speech is None else np.repeat(speech, 2)
    # Two short frames lie centred under each long one.
    inside = samples[(N_FFT - len(_WIDE) - HOP // 2) // 2 :]
    return _logs(inside, heard, _WIDE, HOP // 2, twice)


def _logs(
    samples: Float32,
    speech: npt.NDArray[np.bool_] | None,
    window: Float32,
    hop: int,
    count: int | None = None,
) -> Float32:
    frames = np.lib.stride_tricks.sliding_window_view(samples, len(window))[::hop][:count]
    spectrum = np.fft.rfft(frames * window, axis=1)[:, 1 : len(window) // 2 + 1]
    power = spectrum.real**2 + spectrum.imag**2
    heard = power if speech is None or not speech.any() else power[speech]
    floor = np.float32(max(float(heard.max()), 1e-12) * 10 ** (-FLOOR_DB / 10))
    logs = np.log(np.maximum(power, floor))
    level = logs if heard is power else logs[speech]
    logs -= level.mean(axis=0, dtype=np.float64).astype(np.float32)
    return np.ascontiguousarray(logs.T * np.float32(0.5 / SCALE), dtype=np.float32)


VIEWS = {"features": spectrogram, "wideband": wideband}
"""Views by the name of the network input that takes them."""
