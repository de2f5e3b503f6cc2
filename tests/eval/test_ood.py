"""Sounds are asked about as they should be, and what is said is counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
import soundfile

import earwitness
from earwitness.errors import SourceNotFoundError
from earwitness.eval import ood
from earwitness.eval.ood_material import Float32
from earwitness.eval.protocols import read_manifest
from earwitness.report import FileFacts, Quality, Report, Verdict

HUMAN, NONE, FAKE = Verdict.LIKELY_HUMAN, Verdict.INCONCLUSIVE, Verdict.PARTLY_SYNTHETIC


def test_numbers_by_hand() -> None:
    told = [
        ood.Told("rain", NONE, "There is no speech", 0.0, usable=False),
        ood.Told("rain", NONE, "Too weak", 2.0, usable=True),
        ood.Told("rain", NONE, "Too weak", 2.0, usable=True),
        ood.Told("rain", FAKE, "Traces", 4.0, usable=True),
        ood.Told("dog", HUMAN, "No traces", 3.0, usable=True),
    ]
    found = ood.numbers(told)
    rain = found["rain"]
    assert [rain[k]["rate"] for k in ("inconclusive", "called_synthetic", "likely_human", "unfit")] == [
        0.75, 0.25, 0.0, 0.25
    ]  # fmt: skip
    assert rain["reasons"] == {"Too weak": 2, "There is no speech": 1}
    assert rain["speech_s"] == 2.0
    assert found["dog"]["likely_human"]["hits"] == 1


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The recording is silent.", "The recording is silent"),
        (
            "There are only 0.7 s of speech; at least 1.0 s are needed. It is far too quiet (-70 dBFS).",
            "There are only # s of speech",
        ),
        (
            "The traces are too weak to call it either way (probability of synthetic speech 43 %).",
            "The traces are too weak to call it either way",
        ),
    ],
)
def test_a_reason_is_the_same_whatever_its_numbers(text: str, plain: str) -> None:
    assert ood.reason(text) == plain


def test_items_of_folders_are_spread_and_named(tmp_path: Path) -> None:
    for name in (
        "rain/0.ogg",
        "rain/1.ogg",
        "rain/2.ogg",
        "rain/3.ogg",
        "rain/x.txt",
        "dog/a.WAV",
        "top.wav",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = ood.of_folders(tmp_path, 2)
    assert [(i.kind, i.path.name) for i in found] == [("dog", "a.WAV"), ("rain", "0.ogg"), ("rain", "2.ogg")]
    with pytest.raises(SourceNotFoundError):
        ood.of_folders(tmp_path / "none", 2)


def test_made_sounds_and_people_only(manifest: Path) -> None:
    assert len(ood.made(3, 0)) == 3 * len(ood.ood_material.MADE)
    items = ood.of_speech(read_manifest(manifest), 2, 0)
    assert sorted({i.kind for i in items}) == sorted(ood.SPEECH)
    assert {i.path.name for i in items} == {"0.wav", "3.wav"}


def test_each_sound_is_asked_about_once(front_door: list[str], tmp_path: Path) -> None:
    t = np.arange(16_000) / 16_000
    soundfile.write(tmp_path / "high.wav", 0.5 * np.sin(2 * np.pi * 3000 * t), 16_000)
    soundfile.write(tmp_path / "low.wav", 0.5 * np.sin(2 * np.pi * 300 * t), 16_000)
    items = [
        ood.Item("dog", tmp_path / "high.wav", 0),
        ood.Item("dog", tmp_path / "low.wav", 0),
        ood.Item("whisper", tmp_path / "low.wav", 0),
        ood.Item("music", None, 0),
    ]
    told = ood.ask(items)
    assert front_door == ["high.wav", "low.wav", "sound.wav", "sound.wav"]
    assert [one.verdict for one in told[:2]] == [Verdict.SYNTHETIC, Verdict.LIKELY_HUMAN]
    assert [one.kind for one in told] == ["dog", "dog", "whisper", "music"]


def test_joined_recordings_follow_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dog").mkdir()
    for index in range(5):
        soundfile.write(tmp_path / "dog" / f"{index}.wav", np.full(100, 0.1 * (index + 1)), 16_000)
    items = ood.of_joined(tmp_path, 2)
    assert [i.kind for i in items] == ["dog, joined"] * 2
    heard: list[Float32] = []

    def check(source: BinaryIO, *, name: str) -> Report:
        heard.append(soundfile.read(source)[0])
        facts = FileFacts(
            name=name, sha256="0" * 64, size_bytes=1, duration_s=1, container="wav", codec="pcm_s16le",
            sample_rate=16_000, channels=1,
        )  # fmt: skip
        return Report(file=facts, verdict=NONE, reason="Silent.", quality=Quality(speech_s=0.0, usable=False))

    monkeypatch.setitem(vars(earwitness), "check", check)
    ood.ask(items)
    assert heard[1].shape == (200,)
    assert heard[1][[0, 199]] == pytest.approx([0.3, 0.4], abs=1e-3)
