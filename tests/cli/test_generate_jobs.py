"""cli/generate_jobs.py: from options to orders, each with the same name whenever it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.cli.generate_jobs import Wish, jobs
from earwitness.errors import SourceUnreadableError, TextError
from earwitness.generation import Ability


def test_a_text_has_the_default_generator_and_a_name_of_its_own() -> None:
    [job] = jobs(Wish(text="Hello.", seed=3, ending="mp3"))
    assert (job.order.ability, job.order.generator, job.order.seed) == (Ability.SYNTHESIZE, "transformer", 3)
    [again] = jobs(Wish(text="Hello.", seed=3, ending="mp3"))
    [other] = jobs(Wish(text="Hello!", seed=3, ending="mp3"))
    assert job.name == again.name != other.name
    assert job.name.endswith(".mp3")


def test_defaults_of_the_other_abilities(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    source = str(tmp_path / "a.wav")
    for wish, ability, generator in (
        (Wish(source=source), Ability.RESYNTHESIZE, "gan"),
        (Wish(source=source, to_voice="Ada"), Ability.CONVERT, "vae"),
        (Wish(sample=3.0), Ability.SAMPLE, "transformer"),
        (Wish(sample=3.0, generator="mine"), Ability.SAMPLE, "mine"),
    ):
        [job] = jobs(wish)
        assert (job.order.ability, job.order.generator) == (ability, generator)


def test_lines_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("\nOne.\n \nTwo.\r\n" + "x\n" * 9_998)
    found = jobs(Wish(file=str(path), lines=True))
    assert [(job.name, job.shown, job.order.text) for job in found[:2]] == [
        ("00002.wav", "line 2", "One."), ("00004.wav", "line 4", "Two."),
    ]  # fmt: skip


def test_attack_material_keeps_generators_and_voices_apart() -> None:
    [job] = jobs(Wish(text="Hello.", generator="gen", vocoder="gan", voice="Zoë/../x", attack=True))
    assert job.name.startswith("gen+gan-Zoë_.._x/")


def test_what_goes_into_a_folder(tmp_path: Path) -> None:
    assert Wish(source=str(tmp_path)).many
    assert Wish(text="x", attack=True).many
    assert not Wish(text="x").many


def test_texts_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    for content, said in ((b"\xff\xfe", "UTF-8"), (b"too long " * 9_000, "too long")):
        path.write_bytes(content)
        with pytest.raises(TextError, match=said):
            jobs(Wish(file=str(path)))
    path.write_bytes(b"a" + "ä".encode() * 60_000)  # the limit falls into the middle of a letter
    with pytest.raises(TextError, match="too long"):
        jobs(Wish(file=str(path)))
    path.write_text("\n\n")
    with pytest.raises(TextError, match="nothing in it to make"):
        jobs(Wish(file=str(path), lines=True))
    with pytest.raises(SourceUnreadableError):
        jobs(Wish(file=str(tmp_path)))
