"""What a mark does to the sound: PESQ-WB, ViSQOL, STOI, SNR, and the slow modulation that it leaves.

PESQ and ViSQOL hardly see slow changes of gain, which is how log-spectral schemes write. Hence the last one:
how far the modulation spectrum of a band's envelope moves between 2 and 16 Hz, where speech is modulated too.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.errors import MissingDependencyError

Float32 = npt.NDArray[np.float32]

__all__ = ["RATE", "envelopes", "measure", "modulation_db", "pesq_wb", "snr_db", "stoi"]

RATE = 16_000
_WINDOW, _HOP = 512, 160  # 10 ms steps: envelopes at 100 Hz
_BANDS = 24
_LOWEST_HZ, _HIGHEST_HZ = 2.0, 16.0


def snr_db(original: Float32, marked: Float32) -> float:
    """Energy of the original over that of the difference, in dB; 200 when they are equal."""
    noise = float(np.sum(np.square(marked - original), dtype=np.float64))
    signal = float(np.sum(np.square(original), dtype=np.float64))
    return min(200.0, 10 * np.log10(signal / noise)) if noise > 0 and signal > 0 else 200.0


def envelopes(samples: Float32) -> npt.NDArray[np.float64]:
    """Level in dB of 24 bands, equally wide in Bark (Traunmüller 1990), every 10 ms: (24, frames)."""
    padded = np.pad(samples, _WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(_WINDOW), axis=1)))
    hertz = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    bark = 26.81 * hertz / (1960 + hertz) - 0.53
    band = np.clip(((bark - bark[3]) / (bark[-1] - bark[3]) * _BANDS).astype(int), 0, _BANDS - 1)
    inside = hertz >= hertz[3]  # from 94 Hz
    energy = np.stack([power[:, inside & (band == k)].sum(1) for k in range(_BANDS)])
    return np.asarray(10 * np.log10(energy + 1e-6 * energy.max() + 1e-12))


def modulation_db(original: Float32, marked: Float32) -> float:
    """How much modulation from 2 to 16 Hz the mark adds: RMS in dB of what it does to the bands' levels.

    Levels 60 dB under the loudest count as nothing. 0 for equal sounds; ± 1 dB of tremolo at 4 Hz give 0.7.
    """
    change = envelopes(marked) - envelopes(original)
    spectrum = np.fft.rfft(change - change.mean(1, keepdims=True), axis=1)
    hertz = np.fft.rfftfreq(change.shape[1], _HOP / RATE)
    kept = (hertz >= _LOWEST_HZ) & (hertz <= _HIGHEST_HZ)
    power = 2 * np.square(np.abs(spectrum[:, kept])).sum(1) / change.shape[1] ** 2
    return float(np.sqrt(power.mean()))


def measure(original: Float32, marked: Float32) -> dict[str, float | None]:
    """All of them, for two recordings (n,) at 16 kHz; None where a metric cannot judge (too short, silent).

    Raises MissingDependencyError without the bench extra.
    """
    return {
        "pesq_wb": pesq_wb(original, marked),
        "visqol": _visqol(original, marked),
        "stoi": stoi(original, marked),
        "snr_db": snr_db(original, marked),
        "modulation_db": modulation_db(original, marked),
    }


def pesq_wb(original: Float32, marked: Float32) -> float | None:
    """Wide-band PESQ (ITU-T P.862.2), 1.04 to 4.64, of recordings (n,) at 16 kHz; None for no utterance."""
    pesq = _needed("pesq")
    try:
        return float(pesq.pesq(RATE, original, marked, "wb"))
    except pesq.PesqError:  # it finds no utterance in much of music
        return None


def stoi(original: Float32, marked: Float32) -> float | None:
    """Short-time objective intelligibility (Taal et al. 2011), 0 to 1; None where too little is loud."""
    pystoi = _needed("pystoi")
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            return float(pystoi.stoi(original, marked, RATE))
        except RuntimeWarning:  # how it says that too little of it is loud
            return None


def _visqol(original: Float32, marked: Float32) -> float | None:
    found = _visqol_api().measure_from_arrays(original.astype(np.float64), marked.astype(np.float64), RATE)
    return float(found.moslqo)


@lru_cache(maxsize=1)
def _visqol_api() -> Any:
    """Speech mode with the polynomial from similarity to opinion, whose best is 5.0."""
    api = _needed("visqol").VisqolApi()
    api.create(mode="speech", use_lattice_model=False)
    return api


def _needed(module: str) -> Any:
    try:
        return __import__(module)
    except ImportError as error:
        raise MissingDependencyError(
            "this package of the quality metrics is missing.",
            subject=module,
            hint='Install them: pip install "earwitness[bench]".',
        ) from error
