"""Engines: listed, enrolled from clips, named in reports from then on, and forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile

from earwitness import examine
from earwitness.contracts import ChannelScores
from earwitness.detector.attribution import load_space
from earwitness.detector.enrolled import Enrolment
from earwitness.samples import Float32

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EARWITNESS_ENGINES", str(tmp_path / "engines"))
    return tmp_path / "engines"


@pytest.fixture
def clips(tmp_path: Path, speech_like: Callable[..., Float32]) -> Path:
    """Five clips with speech, a silent one and a text."""
    place = tmp_path / "clips"
    (place / "deeper").mkdir(parents=True)
    for k in range(5):
        soundfile.write(place / "deeper" / f"{k}.wav", speech_like(2.5, seed=k), 16_000)
    soundfile.write(place / "silent.wav", 0 * speech_like(2.5), 16_000)
    (place / "notes.txt").write_text("no sound", encoding="utf-8")
    return place


def test_the_shipped_engines_are_listed(earwitness: Call) -> None:
    space = load_space()
    assert space is not None
    code, out, _ = earwitness("engines", "list", "--json")
    assert code == 0
    rows = json.loads(out)
    assert [row["name"] for row in rows] == [engine.name for engine in space.engines]
    assert {row["state"] for row in rows} == {"shipped"}
    code, out, _ = earwitness("engines", "list")
    assert code == 0
    assert "HiFi-GAN" in out


def test_an_engine_is_enrolled_listed_and_forgotten(earwitness: Call, clips: Path, folder: Path) -> None:
    code, out, _ = earwitness("engines", "enrol", "vendor-x", str(clips), "--family", "diffusion", "--json")
    assert code == 0
    told = json.loads(out)
    assert (told["name"], told["family"], told["clips"]) == ("vendor-x", "diffusion", 5)
    assert {Path(name).name for name in told["left_out"]} == {"silent.wav", "notes.txt"}
    assert [path.name for path in folder.iterdir()] == ["vendor-x.json"]
    rows = json.loads(earwitness("engines", "list", "--json")[1])
    assert rows[-1] == {"name": "vendor-x", "family": "diffusion", "clips": 5, "state": "enrolled"}
    code, out, _ = earwitness("engines", "forget", "vendor-x")
    assert (code, out.strip()) == (0, "Forgotten: vendor-x.")
    assert not list(folder.iterdir())


def test_left_out_files_are_named_with_their_reason(earwitness: Call, clips: Path) -> None:
    code, out, err = earwitness("engines", "enrol", "x", str(clips))
    assert code == 0
    assert "Enrolled x from 5 clips" in out
    assert "silent.wav" in err
    assert "notes.txt" in err


def test_too_few_clips(earwitness: Call, clips: Path, folder: Path) -> None:
    code, _, err = earwitness("engines", "enrol", "x", str(clips / "deeper" / "1.wav"))
    assert code == 2
    assert "too few" in err
    assert not folder.exists()


def test_copies_of_one_recording_are_one_clip(earwitness: Call, clips: Path, tmp_path: Path) -> None:
    """In another lossless container, too; six copies are no way round the minimum."""
    one, place = clips / "deeper" / "1.wav", tmp_path / "copies"
    place.mkdir()
    for k in range(5):
        (place / f"{k}.wav").write_bytes(one.read_bytes())
    samples, rate = soundfile.read(one, dtype="int16")
    soundfile.write(place / "same.flac", samples, rate)
    code, _, err = earwitness("engines", "enrol", "x", str(place))
    assert code == 2
    assert "too few clips of different sound with a score to know an engine by: 1." in err
    assert err.count("the same sound as") == 5


def test_enrolling_again_says_that_it_replaces(earwitness: Call, clips: Path) -> None:
    assert "in place of" not in earwitness("engines", "enrol", "x", str(clips))[1]
    assert "in place of the earlier engine of that name" in earwitness("engines", "enrol", "x", str(clips))[1]
    assert json.loads(earwitness("engines", "enrol", "x", str(clips), "--json")[1])["replaced"]


def test_clips_that_sound_human_are_warned_of(
    earwitness: Call, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    llrs = iter([-3.0, 2.0, -1.0, None, 4.0])
    heard = lambda file: [  # noqa: E731
        ChannelScores(None, (), next(llrs), (0.5,) * 96) for _ in range(file.suffix == ".wav")
    ]
    monkeypatch.setattr(examine, "listen", heard)
    (clips / "silent.wav").unlink()
    code, _, err = earwitness("engines", "enrol", "x", str(clips))
    assert code == 0
    assert "2 of 5 clips sound human to the detector" in err


def test_a_bad_name_is_refused_before_listening(
    earwitness: Call, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examine, "listen", None)
    assert earwitness("engines", "enrol", "../x", str(clips))[0] == 2


def test_forgetting_what_is_not_there_names_what_is(earwitness: Call, clips: Path) -> None:
    earwitness("engines", "enrol", "this-one", str(clips))
    code, _, err = earwitness("engines", "forget", "that-one")
    assert code == 2
    assert "this-one" in err


def test_one_of_another_detector_is_said_to_be_stale(earwitness: Call, folder: Path) -> None:
    from dataclasses import asdict

    folder.mkdir()
    old = {"format": "earwitness.engine/1", **asdict(Enrolment("old", "vae", 9, "0" * 64, (1.0,)))}
    (folder / "old.json").write_text(json.dumps(old), encoding="utf-8")
    rows = json.loads(earwitness("engines", "list", "--json")[1])
    assert "enrol it again" in next(row["state"] for row in rows if row["name"] == "old")
