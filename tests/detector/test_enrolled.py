"""Enrolments: kept, read back, forgotten, and never taken for those of another detector."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from earwitness.detector.attribution import EngineSpace
from earwitness.detector.enrolled import FEWEST, engines_folder, enrolments, forget, keep, load_enrolled
from earwitness.errors import ModelError, TargetError, UsageError

SPACE = EngineSpace(np.zeros(2, np.float32), np.eye(2, dtype=np.float32), [], sharpness=0.5, reach=1.0)
CLIPS = [(float(k), 1.0) for k in range(FEWEST)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EARWITNESS_ENGINES", str(tmp_path / "engines"))
    return tmp_path / "engines"


def test_nothing_is_enrolled_at_first(folder: Path) -> None:
    assert enrolments() == []
    assert not folder.exists()


def test_without_the_variable_they_lie_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EARWITNESS_ENGINES")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert engines_folder() == tmp_path / "earwitness" / "engines"


def test_what_was_enrolled_is_an_engine_at_the_mean_of_its_clips(folder: Path) -> None:
    path = keep("vendor-x", "diffusion", CLIPS, "abc")
    assert path == folder / "vendor-x.json"
    (engine,) = load_enrolled(SPACE, "abc")
    assert (engine.name, engine.family, engine.clips, engine.enrolled) == (
        "vendor-x",
        "diffusion",
        FEWEST,
        True,
    )
    assert engine.centre == pytest.approx([(FEWEST - 1) / 2, 1.0])
    assert [p.name for p in folder.iterdir()] == ["vendor-x.json"]


def test_enrolling_again_replaces() -> None:
    keep("x", "a", CLIPS, "abc")
    keep("x", "b", CLIPS * 2, "abc")
    (one,) = enrolments()
    assert (one.family, one.clips) == ("b", 2 * FEWEST)


def test_those_of_another_detector_are_left_out() -> None:
    keep("x", "a", CLIPS, "old")
    assert load_enrolled(SPACE, "new") == []
    assert [one.name for one in enrolments()] == ["x"]


def test_too_few_clips_are_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="too few"):
        keep("x", "a", CLIPS[:-1], "abc")
    assert not folder.exists()


@pytest.mark.parametrize("name", ["", "../x", "A", "a/b", "a b", ".x", "x" * 65])
def test_names_that_are_no_names(name: str) -> None:
    with pytest.raises(UsageError, match="name"):
        keep(name, "a", CLIPS, "abc")
    with pytest.raises(UsageError, match="name"):
        forget(name)


def test_forgetting() -> None:
    keep("x", "a", CLIPS, "abc")
    assert forget("x")
    assert enrolments() == []
    assert not forget("x")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "other/1"}', '{"format": "earwitness.engine/1", "traces": [1]}']
)
def test_damaged_files_are_named(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be read") as caught:
        enrolments()
    assert str(folder / "x.json") in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("EARWITNESS_ENGINES", str(tmp_path / "file" / "engines"))
    with pytest.raises(TargetError):
        keep("x", "a", CLIPS, "abc")


def test_the_file_holds_no_more_than_it_says(folder: Path) -> None:
    keep("x", "a", CLIPS, "abc")
    table = json.loads((folder / "x.json").read_text(encoding="utf-8"))
    assert set(table) == {"format", "name", "family", "clips", "detector", "traces"}
