"""One recording, start to end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from earwitness.errors import EmptyAudioError, ModelError
from earwitness.generators.attacks.engines import Menu
from earwitness.generators.attacks.job import Task, make_attacks, ready
from earwitness.generators.attacks.manifest import FIELDS
from earwitness.generators.attacks.plan import Settings
from earwitness.generators.attacks.sources import Real
from earwitness.reference import file_sha256

pytestmark = pytest.mark.usefixtures("fake_generators")
Float32 = npt.NDArray[np.float32]


def task(real: Real, tmp_path: Path, menu: Menu, **settings: object) -> Task:
    return Task(real, str(tmp_path / "out"), menu, replace(Settings(codecs=("mulaw", "gsm")), **settings))


def test_a_pair_is_written_and_told(reals: list[Real], tmp_path: Path, menu: Menu) -> None:
    assert ready()
    made = make_attacks(task(reals[0], tmp_path, menu))
    assert [set(entry) for entry in made.entries] == [set(FIELDS)] * 2
    human, attack = made.entries
    assert (human["label"], human["family"], human["spans"], human["generator"]) == (
        "human",
        "human",
        [],
        None,
    )
    assert attack["label"] in ("synthetic", "partial")
    assert attack["pair_id"] == human["pair_id"]
    assert attack["channel"] == human["channel"]
    assert (attack["source"], attack["source_licence"]) == ("0.wav", "CC0")
    for entry in made.entries:
        path = tmp_path / "out" / entry["file"]
        x, rate = soundfile.read(path, dtype="float32")
        assert (rate, file_sha256(path)) == (16_000, entry["sha256"])
        assert x.size / rate == pytest.approx(entry["seconds"], abs=1e-4)
    assert made.seconds == attack["seconds"]
    assert "nmarked synthetic speech" in str(soundfile.SoundFile(path).comment)


def test_twice_the_same(reals: list[Real], tmp_path: Path, menu: Menu) -> None:
    once = make_attacks(task(reals[1], tmp_path, menu, ending="wav"))
    again = make_attacks(task(reals[1], tmp_path / "again", menu, ending="wav"))
    assert once.entries == again.entries


def test_a_long_recording_becomes_several(
    tmp_path: Path, menu: Menu, speech_like: Callable[..., Float32]
) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, speech_like(25.0), 16_000)
    made = make_attacks(task(Real(str(path), "long.wav"), tmp_path, menu, channels="none"))
    assert [entry["parts"] for entry in made.entries] == [2] * 4
    assert len({entry["pair_id"] for entry in made.entries}) == 2
    assert [entry["source_from_s"] for entry in made.entries] == [0.0, 0.0, 12.5, 12.5]


def test_what_fails_is_told(reals: list[Real], tmp_path: Path, menu: Menu) -> None:
    broken = Menu((replace(menu.engines[0], name="absent"),))
    with pytest.raises(ModelError):
        make_attacks(task(reals[0], tmp_path, broken))
    quiet = tmp_path / "quiet.wav"
    soundfile.write(quiet, np.full(32_000, 1e-5, np.float32), 16_000, subtype="FLOAT")
    with pytest.raises(EmptyAudioError):
        make_attacks(task(Real(str(quiet), "quiet.wav"), tmp_path, menu))
