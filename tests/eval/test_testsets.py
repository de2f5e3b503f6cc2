"""Evaluation sets: every kind of clip with its labels, and files that lie where the manifest says."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earwitness.eval.corpora import RATE
from earwitness.eval.testsets import COLUMNS, TTS_FAMILY, main

PAIR = {"corpus": "c0", "speaker": "c0/s0", "language": "de", "method": "mbmelgan", "family": "GAN vocoder"}


def tone(hertz: float, seconds: float = 0.5) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return (0.4 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def make_pairs(folder: Path) -> Path:
    folder.mkdir(parents=True)
    soundfile.write(folder / "p.flac", np.stack([tone(300), tone(600)], axis=1), RATE)
    line = json.dumps({**PAIR, "id": "000007", "path": "p.flac"})
    (folder / "pairs-0.jsonl").write_text(line + "\n", encoding="utf-8")
    return folder


def make_speech(folder: Path) -> Path:
    folder.mkdir(parents=True)
    soundfile.write(folder / "flite_0000.flac", tone(900), RATE)
    line = json.dumps({"path": "flite_0000.flac", "engine": "flite", "voice": "slt"})
    (folder / "speak.jsonl").write_text(line + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """Three recordings, two of them held out, and a commercial engine's clip."""
    folder = tmp_path / "real"
    (folder / "c0").mkdir(parents=True)
    lines = ["path\tcorpus\tspeaker\tlanguage\trole\tlabel\tfamily\tsystem\tsex"]
    for k, role in enumerate(["heldout", "train", "heldout"]):
        soundfile.write(folder / "c0" / f"{k}.flac", tone(400 + k), RATE)
        lines.append(f"c0/{k}.flac\tc0\tc0/s{k}\tde\t{role}\thuman\thuman\thuman\t{'fm'[k % 2]}")
    soundfile.write(folder / "c0" / "v.flac", tone(500), RATE)
    lines.append("c0/v.flac\tc1\tc1/v\ten\theldout\tsynthetic\tcommercial\tVendor\t")
    (folder / "real.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "real.tsv"


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "manifest.tsv").open(encoding="utf-8") as handle:
        reader = csv.DictReader(handle, delimiter="\t")
        assert tuple(reader.fieldnames or ()) == COLUMNS
        return list(reader)


def loudest_hertz(path: Path) -> float:
    samples, rate = soundfile.read(path)
    assert rate == RATE
    assert samples.ndim == 1
    return float(np.argmax(np.abs(np.fft.rfft(samples)))) * rate / len(samples)


def test_recordings_of_the_role_alone(real: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    assert main([str(out), "--real", str(real), "--role", "heldout"]) == 0
    rows = rows_of(out)
    assert [row["speaker"] for row in rows] == ["c0/s0", "c0/s2", "c1/v"]
    kinds = [(row["label"], row["family"], row["system"]) for row in rows]
    assert kinds == [("human", "human", "human")] * 2 + [("synthetic", "commercial", "Vendor")]
    assert [loudest_hertz(out / row["path"]) for row in rows] == [400, 402, 500]
    assert [row["sex"] for row in rows] == ["f", "f", ""]


def test_a_pair_gives_a_copy_and_its_human_twin(real: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    pairs = make_pairs(tmp_path / "pairs")
    assert main([str(out), "--real", str(real), "--role", "none", "--pairs", str(pairs)]) == 0
    human, copy = rows_of(out)
    assert (human["label"], human["family"], human["system"]) == ("human", "human", "human")
    assert (copy["label"], copy["family"], copy["system"]) == ("synthetic", "GAN vocoder", "mbmelgan")
    assert {(row["site"], row["speaker"], row["language"]) for row in (human, copy)} == {
        ("c0", "c0/s0", "de")
    }
    assert loudest_hertz(out / human["path"]) == 300
    assert loudest_hertz(out / copy["path"]) == 600


def test_spoken_clips_come_with_the_family_of_their_engine(real: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    speech = make_speech(tmp_path / "tts")
    assert main([str(out), "--real", str(real), "--role", "none", "--speech", str(speech)]) == 0
    (row,) = rows_of(out)
    assert (row["label"], row["system"], row["family"]) == ("synthetic", "flite", TTS_FAMILY["flite"])
    assert row["speaker"] == "slt"
    assert loudest_hertz(out / row["path"]) == 900


def test_everything_together_lies_where_the_manifest_says(
    real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "set"
    folders = [make_pairs(tmp_path / name) for name in ("one", "two")]
    command = [str(out), "--real", str(real), "--role", "heldout", "--pairs", *map(str, folders)]
    assert main([*command, "--speech", str(make_speech(tmp_path / "tts"))]) == 0
    rows = rows_of(out)
    assert len(rows) == 2 * 2 + 3 + 1
    assert {row["path"] for row in rows} == {path.name for path in out.glob("*.flac")}
    assert "8 clips, 4 human" in capsys.readouterr().out


@pytest.mark.parametrize(("option", "make"), [("--pairs", make_pairs), ("--speech", make_speech)])
def test_inputs_that_would_overwrite_each_other_are_refused(
    real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, make: object
) -> None:
    assert callable(make)
    folders = [str(make(tmp_path / name / "same")) for name in ("a", "b")]
    with pytest.raises(SystemExit):
        main([str(tmp_path / "set"), "--real", str(real), "--role", "none", option, *folders])
    assert "same name" in capsys.readouterr().err
    assert not (tmp_path / "set" / "manifest.tsv").exists()


def other_table(folder: Path, seconds: float = 3.0) -> Path:
    """Two clips of an engine, in a folder of their own."""
    (folder / "c9").mkdir(parents=True)
    lines = ["path\tcorpus\tspeaker\tlanguage\trole\tlabel\tfamily\tsystem\tsex"]
    for k in range(2):
        soundfile.write(folder / "c9" / f"{k}.flac", tone(700 + 50 * k, seconds), RATE)
        lines.append(f"c9/{k}.flac\tc9\tc9/unknown\ten\theldout\tsynthetic\tAR\tTalker\t")
    (folder / "real.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "real.tsv"


def test_recordings_of_several_tables(real: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    other = other_table(tmp_path / "other")
    assert main([str(out), "--real", str(real), str(other), "--role", "heldout"]) == 0
    rows = rows_of(out)
    assert [row["site"] for row in rows] == ["c0", "c0", "c1", "c9", "c9"]
    assert [(row["family"], row["system"]) for row in rows[3:]] == [("AR", "Talker")] * 2
    assert [loudest_hertz(out / row["path"]) for row in rows[3:]] == [700, 750]


def test_tables_with_recordings_of_the_same_name_are_refused(real: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path / "set"), "--real", str(real), str(real), "--role", "heldout"])
    assert list((tmp_path / "set").glob("*.flac")) == []


def test_equalised_clips_are_the_same_ones_but_alike(tmp_path: Path) -> None:
    human, engine = (other_table(tmp_path / name, seconds) for name, seconds in (("h", 2.4), ("e", 5.0)))
    text = human.read_text(encoding="utf-8").replace("synthetic\tAR\tTalker", "human\thuman\thuman")
    human.write_text(text.replace("c9/", "c8/"), encoding="utf-8")
    (human.parent / "c9").rename(human.parent / "c8")
    command = ["--real", str(human), str(engine), "--role", "heldout"]
    outs = [tmp_path / name for name in ("as_it_is", "alike", "channel")]
    for out, options in zip(outs, ([], ["--equalise"], ["--channel"]), strict=True):
        assert main([str(out), *command, *options]) == 0
    manifests = [rows_of(out) for out in outs]
    assert manifests[0] == manifests[1] == manifests[2]
    lengths = [{soundfile.info(out / row["path"]).frames for row in manifests[0]} for out in outs]
    assert len(lengths[0]) == 2
    assert lengths[1:] == [{2 * RATE}] * 2
    for out in outs[1:]:
        assert [round(loudest_hertz(out / r["path"]), -1) for r in manifests[0]] == [700, 750] * 2
        peaks = [float(np.abs(soundfile.read(out / row["path"])[0]).max()) for row in manifests[0]]
        assert max(peaks) < 0.2


def test_every_engine_has_a_family() -> None:
    pytest.importorskip("librosa", reason="the engines are part of the train extra")
    from earwitness.detector.training.speak import ENGINES

    assert set(TTS_FAMILY) == set(ENGINES)
