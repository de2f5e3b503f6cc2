"""core/attack_material.py: unmarked speech only in a folder that says so, and every file of it is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fake_generators import Broken, FakeGenerator

import earwitness
from earwitness.attack_material import IS, MANIFEST, NOTICE, AttackFolder, is_attack_folder
from earwitness.consent import Purpose
from earwitness.consent_making import create_consent
from earwitness.errors import ConsentError, ModelError, TargetError
from earwitness.generation import Ability
from earwitness.orders import Order
from earwitness.reference import file_sha256

ORDER = Order(ability=Ability.SYNTHESIZE, generator="fake", text="Good morning to all of you in the room. 😀")


def manifest(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / MANIFEST).read_text().splitlines()]


def test_every_file_is_named_and_none_is_marked(tmp_path: Path) -> None:
    out = tmp_path / "material"
    with AttackFolder(out) as folder:
        made = folder.add("fake/0001.wav", ORDER, FakeGenerator())
        folder.add("fake/0002.flac", ORDER, FakeGenerator())
    assert is_attack_folder(out)
    assert IS in (out / NOTICE).read_text()
    first, second = manifest(out)
    assert (first["file"], first["is"], first["sha256"]) == (
        "fake/0001.wav", IS, file_sha256(out / "fake" / "0001.wav"),
    )  # fmt: skip
    assert first["making"] == made.model_dump(mode="json")
    assert "nobody can say" in str(first["notes"])
    assert second["file"] == "fake/0002.flac"
    for name in ("fake/0001.wav", "fake/0002.flac"):
        assert not earwitness.verify(out / name).marked
        assert "Unmarked synthetic speech" in soundfile.SoundFile(out / name).comment


def test_it_is_gone_on_with(tmp_path: Path) -> None:
    out = tmp_path / "material"
    with AttackFolder(out) as folder:
        assert not folder.is_done("a.wav", ORDER)
        folder.add("a.wav", ORDER, FakeGenerator())
        assert folder.is_done("a.wav", ORDER)
    with AttackFolder(out) as folder:
        assert folder.is_done("a.wav", ORDER)
        assert not folder.is_done("b.wav", ORDER)
        other = Order(ability=Ability.SYNTHESIZE, generator="fake", text="Something else is said here.")
        assert not folder.is_done("a.wav", other)
        (out / "a.wav").write_bytes(b"changed")
        assert not folder.is_done("a.wav", ORDER)


def test_a_failure_leaves_neither_file_nor_line(tmp_path: Path) -> None:
    out = tmp_path / "material"
    with AttackFolder(out) as folder, pytest.raises(ModelError):
        folder.add("a.wav", ORDER, Broken())
    assert sorted(path.name for path in out.iterdir()) == [NOTICE, MANIFEST]
    assert manifest(out) == []


def test_a_file_is_named_before_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the two, a folder has a line too many, never a file too many."""
    from earwitness import target

    def killed(*_: Path) -> None:
        raise KeyboardInterrupt

    with AttackFolder(tmp_path / "m") as folder:
        monkeypatch.setattr(target, "settle", killed)
        with pytest.raises(KeyboardInterrupt):
            folder.add("a.wav", ORDER, FakeGenerator())
    assert [entry["file"] for entry in manifest(tmp_path / "m")] == ["a.wav"]
    assert not (tmp_path / "m" / "a.wav").exists()
    monkeypatch.undo()
    with AttackFolder(tmp_path / "m") as folder:
        assert not folder.is_done("a.wav", ORDER)


def test_only_in_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "diary.txt").write_text("mine")
    (tmp_path / "file.wav").write_text("x")
    for place, said in (
        ("full", "holds other things"), ("file.wav", "never into a lone file"), ("new.wav", "name of a file"),
        ("new.FLAC", "name of a file"),
    ):  # fmt: skip
        with pytest.raises(TargetError, match=said):
            AttackFolder(tmp_path / place)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file.wav", "full"]
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / ".DS_Store").write_text("")
    with AttackFolder(tmp_path / "hidden"), AttackFolder(tmp_path / "v1.2"):
        pass


def test_names_stay_in_the_folder_and_lossless(tmp_path: Path) -> None:
    with AttackFolder(tmp_path / "m") as folder:
        for name in ("../a.wav", "/tmp/a.wav", "a.mp3", "a"):
            with pytest.raises(TargetError):
                folder.add(name, ORDER, FakeGenerator())


def test_a_person_s_voice_needs_consent_to_this_very_use(
    tmp_path: Path, speech_like: Callable[..., np.ndarray]
) -> None:
    clip = tmp_path / "ref.wav"
    soundfile.write(clip, speech_like(6.0), 16_000)

    def order(consent: str | None) -> Order:
        return Order(
            ability=Ability.CONVERT, generator="fake", source=clip, reference=clip,
            consent=None if consent is None else tmp_path / consent,
        )  # fmt: skip

    for name, purpose in (("speech.json", Purpose.MARKED_SPEECH), ("attack.json", Purpose.ATTACK_TRAINING)):
        create_consent([clip], tmp_path / name, speaker="Ada", purposes=[purpose], key_file=tmp_path / "k")
    with AttackFolder(tmp_path / "m") as folder:
        for refused in (None, "speech.json"):
            with pytest.raises(ConsentError):
                folder.add("a.wav", order(refused), FakeGenerator())
        made = folder.add("a.wav", order("attack.json"), FakeGenerator())
    assert made.consent is not None
    assert made.consent.speaker == "Ada"
