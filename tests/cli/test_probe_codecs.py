"""The codec probe finds a working decoder working, and a broken one broken."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import soundfile

from earwitness.cli.probe_codecs import PROBES, Probe, judge_clip, probe_codec

# With PyAV's wheels every one of these has an encoder; elsewhere they may be "not tested".
CORE = {
    "WAV 16 bit",
    "WAV GSM 6.10",
    "FLAC",
    "MP3",
    "AAC (M4A, MP4)",
    "Ogg Opus",
    "Ogg Vorbis",
    "AMR-NB",
    "WMA",
}


def wav(samples: np.ndarray, rate: int = 16_000) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format="WAV")
    return out.getvalue()


def tone(hz: float, seconds: float) -> np.ndarray:
    return 0.4 * np.sin(2 * np.pi * hz * np.arange(int(seconds * 16_000)) / 16_000)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.label)
def test_every_format_decodes_here(probe: Probe) -> None:
    result = probe_codec(probe)
    assert result.outcome != "fails", result.detail
    if probe.label in CORE:
        assert result.outcome == "decodes", result.detail


def test_what_is_wrong_is_said() -> None:
    assert judge_clip("x", wav(tone(440, 0.6))).outcome == "decodes"
    assert "660 Hz" in judge_clip("x", wav(tone(660, 0.6))).detail
    assert "2.00 s" in judge_clip("x", wav(tone(440, 2.0))).detail
    failed = judge_clip("x", b"RIFF" + struct.pack("<I", 20) + b"no sound")
    assert failed.outcome == "fails"
    assert failed.detail


def test_a_missing_encoder_is_not_a_failure() -> None:
    result = probe_codec(Probe("x", "wav", "no_such_codec"))
    assert result.outcome == "not tested"
