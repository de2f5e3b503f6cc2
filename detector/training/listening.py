"""Development recordings through named channels, heard by a detector as at run time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from earwitness.contracts import ChannelScores, Float32, Window
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.stream import SpectrogramStream
from earwitness.detector.training.channels import add_noise, coloured_noise, roundtrip
from earwitness.quality import TELEPHONE_BAND_HZ, QualityMeter
from earwitness.vad import FRAME, RATE, VoiceActivity

__all__ = ["CONDITIONS", "condition", "is_narrow", "listen", "raw_scores"]

CONDITIONS: dict[str, tuple[str, int | None]] = {
    "clean": ("", None),
    "mp3_32k": ("mp3", 32_000),
    "opus_16k": ("opus", 16_000),
    "g711": ("pcm_mulaw", None),
    "gsm": ("gsm", None),
    "noise_20db": ("noise", None),
}


def condition(x: Float32, name: str, seed: int) -> Float32:
    """The clip x, (n,) at 16 kHz, after the channel ``name`` of CONDITIONS; same length."""
    rng = np.random.default_rng(seed)
    codec, rate = CONDITIONS[name]
    if not codec:
        return x
    if codec == "noise":
        return add_noise(x, coloured_noise(len(x), 1.0, rng), 20.0)
    return roundtrip(x, codec, rate, rng)


def listen(detector: SpectrogramDetector, x: Float32) -> ChannelScores:
    """What the detector says about one clip (n,) at 16 kHz."""
    stream, windows = _through(detector, x)
    return ChannelScores(None, tuple(windows), stream.total_llr(), stream.traces(), stream.steps())


def raw_scores(
    detector: SpectrogramDetector, x: Float32
) -> tuple[float | None, list[float], npt.NDArray[np.float64]]:
    """Mean raw score, raw scores of the windows and mean statistics of a clip; the card must be ``open``."""
    stream, windows = _through(detector, x)
    return stream.total_llr(), [window.llr for window in windows], stream.statistics()


def _through(detector: SpectrogramDetector, x: Float32) -> tuple[SpectrogramStream, list[Window]]:
    stream = SpectrogramStream(detector)
    frames = VoiceActivity().push(x)
    speech = np.repeat(frames, 512)[: len(x)]
    windows = stream.push(x, np.pad(speech, (0, len(x) - len(speech)), "edge")) + stream.finish()
    return stream, windows


def is_narrow(x: Float32) -> bool:
    """The same question that ``earwitness.quality`` asks at run time."""
    meter = QualityMeter(RATE)
    meter.push(x, x[: len(x) // FRAME * FRAME])
    bandwidth = meter.result(None).bandwidth_hz
    return bandwidth is not None and bandwidth <= TELEPHONE_BAND_HZ
