"""A tiny list of clips, and a front door whose answer depends on the sound it is given."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
import soundfile

import earwitness
from earwitness.report import FileFacts, Quality, Report, Verdict

RATE = 16_000


def write_clip(path: Path, *, pitch: float, seed: int, seconds: float = 1.0) -> None:
    """A tone with a little noise: the fake detector below hears "synthetic" in high ones."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * RATE)) / RATE
    tone = 0.3 * np.sin(2 * np.pi * pitch * t) + 0.01 * rng.standard_normal(t.size)
    soundfile.write(path, tone.astype(np.float32), RATE)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Twelve clips: six human (low tones), six synthetic (high, one of them low), in two corpora."""
    lines = ["path\tlabel\tcorpus\tfamily\tsystem\tspeaker\tlanguage"]
    for index in range(12):
        synthetic = index >= 6
        pitch = 2000.0 + 40 * index if synthetic and index != 6 else 400.0 + 20 * index
        write_clip(tmp_path / f"{index}.wav", pitch=pitch, seed=index)
        family = "gan" if index % 2 else "flow"
        words = ("synthetic", "ab"[index % 2], family, f"{family}{index}") if synthetic else (
            "human", "ab"[index % 2], "human", "human"
        )  # fmt: skip
        lines.append("\t".join([f"{index}.wav", *words, f"s{index}", "en"]))
    path = tmp_path / "clips.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def listen(source: Path | BinaryIO) -> float:
    """The loudest frequency in kHz, less 1: above 0 for the synthetic tones."""
    samples, rate = soundfile.read(source, dtype="float32")
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.argmax(spectrum)) * rate / samples.size / 1000 - 1


def tell(source: Path | BinaryIO, *, name: str | None = None) -> Report:
    """A report as the front door gives it: inconclusive near the border."""
    llr = listen(source)
    verdict = Verdict.SYNTHETIC if llr > 0 else Verdict.LIKELY_HUMAN
    if abs(llr) < 0.49:
        verdict = Verdict.INCONCLUSIVE
    facts = FileFacts(
        name=name or "clip.wav", sha256="0" * 64, size_bytes=1, duration_s=1, container="wav",
        codec="pcm_s16le", sample_rate=RATE, channels=1,
    )  # fmt: skip
    quality = Quality(speech_s=1.0, usable=True)
    p = 1 / (1 + np.exp(-llr))
    return Report(
        file=facts, verdict=verdict, p_synthetic=float(p), llr_synthetic=llr, reason="tone", quality=quality
    )


@pytest.fixture
def front_door(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replaces ``earwitness.check``; the list collects the names it was asked about."""
    asked: list[str] = []

    def check(source: Path | BinaryIO, *, name: str | None = None) -> Report:
        asked.append(name or Path(str(source)).name)
        return tell(source, name=name)

    answer: Callable[..., Report] = check
    monkeypatch.setitem(vars(earwitness), "check", answer)
    return asked
