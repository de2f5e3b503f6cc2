"""Judges of speech in the place of the real ones, which need models: numbers by formula."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.eval import mark_quality, speech_scores

Float32 = npt.NDArray[np.float32]


class FakePrints:
    """A voice is its loudest frequency, on a circle."""

    def of(self, samples: Float32) -> Float32:
        """(2,), of length 1."""
        angle = float(np.argmax(np.abs(np.fft.rfft(samples)))) / samples.size
        return np.array([np.cos(angle), np.sin(angle)], np.float32)


def replace_judges(monkeypatch: pytest.MonkeyPatch, heard: str = "a red car") -> None:
    """PESQ 3.2, STOI 0.9, DNSMOS 3.5, and one sentence that is always heard."""
    monkeypatch.setattr(mark_quality, "pesq_wb", lambda *_: 3.2)
    monkeypatch.setattr(mark_quality, "stoi", lambda *_: 0.9)
    monkeypatch.setattr(speech_scores, "dnsmos", lambda _: {"mos": 3.5, "overall": 3.0})
    monkeypatch.setattr(speech_scores, "hear", lambda _: heard)
    monkeypatch.setattr(speech_scores, "Voiceprints", FakePrints)
