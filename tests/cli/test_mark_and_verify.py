"""From the shell, with the real scheme: mark, re-encode as anybody would, verify, check."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.audio import load_audio
from earwitness.provenance.keys import KeyRing

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def spoken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speech_like: Callable[..., np.ndarray],
    noise: Callable[..., np.ndarray], write_wav: Callable[..., Path],
) -> Path:  # fmt: skip
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    KeyRing().create("studio")
    return write_wav(speech_like(10.0, level=0.4) + noise(10.0, level=0.003), name="spoken.wav")


@pytest.mark.parametrize(
    ("container", "codec", "bit_rate"), [("mp3", "libmp3lame", 64_000), ("ogg", "libopus", 32_000)]
)
def test_a_mark_lives_through_re_encoding(
    earwitness: Call, spoken: Path, tmp_path: Path, encode: Callable[..., bytes], container: str, codec: str,
    bit_rate: int,
) -> None:  # fmt: skip
    marked = tmp_path / "marked.wav"
    assert earwitness("mark", spoken, marked, "--key", "studio", "--id", 4_000_000_001)[0] == 0
    audio = load_audio(marked, rate=48000)
    copy = tmp_path / f"copy.{container}"
    copy.write_bytes(encode(audio.samples, 48000, container, codec, bit_rate))
    code, out, _ = earwitness("verify", copy, "--json")
    found = json.loads(out)
    assert code == 1
    assert (found["proof"], found["key"], found["payload"]) == (True, "studio", 4_000_000_001)
    assert found["p_value"] < 1e-6
    assert earwitness("verify", spoken)[0] == 0


def test_a_check_names_the_key(earwitness: Call, spoken: Path, tmp_path: Path) -> None:
    assert earwitness("mark", spoken, tmp_path / "marked.flac", "--key", "studio", "-q")[0] == 0
    code, out, _ = earwitness("check", "--json", tmp_path / "marked.flac")
    report = json.loads(out)
    assert (code, report["verdict"]) == (1, "synthetic")
    assert '"studio"' in report["reason"]
    assert [e["outcome"] for e in report["evidence"] if e["kind"] == "watermark"] == ["proof"]


def test_silence_and_noise_carry_no_mark(
    earwitness: Call, spoken: Path, noise: Callable[..., np.ndarray], write_wav: Callable[..., Path]
) -> None:
    assert spoken.exists()
    for samples in (noise(5.0), np.zeros(80000, dtype=np.float32)):
        assert earwitness("verify", write_wav(samples, name="other.wav"), "-q")[0] == 0
