"""Which generators are used, and whose voices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from earwitness.consent import Purpose
from earwitness.consent_making import create_consent
from earwitness.errors import ConsentError, PluginError, UsageError
from earwitness.generators.attacks.engines import PersonVoice, consented_voices, find_engines

Float32 = npt.NDArray[np.float32]
pytestmark = pytest.mark.usefixtures("fake_generators")
SOMEBODY = PersonVoice("x.wav", "0" * 64, "Ada", "x.json")


def test_all_that_can_be_loaded() -> None:
    menu = find_engines()
    assert {one.name for one in menu.engines} >= {"fake", "vocoder"}
    assert [name for name, _ in menu.absent] == ["absent"]
    fake = next(one for one in menu.engines if one.name == "fake")
    assert fake.abilities == ("resynthesize", "convert", "synthesize")
    assert (fake.family, fake.voices[0], fake.licence) == ("transformer", "Ada", "a test's")


@pytest.mark.parametrize("family", ["formant", "FORMANT"])
def test_by_family(family: str) -> None:
    assert [one.name for one in find_engines([family]).engines] == ["vocoder"]


def test_by_name() -> None:
    assert [one.name for one in find_engines((), ["vocoder", "vocoder"]).engines] == ["vocoder"]


def test_what_cannot_be_is_told() -> None:
    with pytest.raises(PluginError):
        find_engines((), ["nothing"])
    with pytest.raises(UsageError, match="no family"):
        find_engines(["opera"])
    with pytest.raises(UsageError, match="weights are missing"):
        find_engines((), ["absent"])


def test_a_menu_has_an_identity_without_paths() -> None:
    menu = find_engines((), ["fake"], [SOMEBODY])
    assert "x.wav" not in str(menu.identity())
    assert SOMEBODY.sha256 in str(menu.identity())


def test_no_voice_without_consent(tmp_path: Path) -> None:
    (tmp_path / "voice.wav").write_bytes(b"x")
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConsentError, match=r"no consent beside it"):
        consented_voices(tmp_path)


def test_voices_with_consent(tmp_path: Path, speech_like: Callable[..., Float32]) -> None:
    clip, other = tmp_path / "ada.wav", tmp_path / "bert.wav"
    for number, path in enumerate((clip, other)):
        soundfile.write(path, speech_like(6.0, seed=number), 16_000)
    uses = {"ada.json": [Purpose.ATTACK_TRAINING], "bert.json": [Purpose.MARKED_SPEECH]}
    for (name, purposes), path in zip(uses.items(), (clip, other), strict=True):
        key = tmp_path / f".{name}.pem"
        create_consent([path], tmp_path / name, speaker=name[:-5], purposes=purposes, key_file=key)
    voices, troubles = consented_voices(tmp_path)
    assert [(one.speaker, Path(one.path).name) for one in voices] == [("ada", "ada.wav")]
    assert len(troubles) == 1
    assert "attack_training" in troubles[0]
