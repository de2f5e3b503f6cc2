"""Sounds that are no speech, less those that training heard."""

import csv
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earwitness.eval import ood_sounds
from earwitness.eval.corpora import RATE, Corpus
from earwitness.eval.ood_sounds import main

KINDS = {"001 - Dog bark": ("1-1-A", "1-2-A", "1-2-B", "2-3-A"), "004 - Baby cry": ("2-4-A",)}


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of five sounds, and the list of ours pointing there."""
    folder = tmp_path / "sources" / "somebody+sounds"
    for number, (kind, names) in enumerate(KINDS.items()):
        (folder / kind).mkdir(parents=True)
        for name in names:
            tone = np.sin(np.arange(44_100) * (0.02 + 0.01 * number) + ord(name[0])).astype(np.float32)
            soundfile.write(folder / kind / f"{name}.ogg", 0.3 * tone, 44_100)
    (folder / "readme.txt").write_text("sounds")
    who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "sounds"]):
        subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)
    listed = Corpus(
        "esc10", "github:somebody/sounds", r"^(?!.*Baby).*\.ogg$", ["none"], "CC BY 3.0", "noise", 9
    )
    monkeypatch.setattr(ood_sounds, "corpora", lambda: {"esc10": listed})
    return tmp_path / "sources"


def heard(path: Path, *rows: tuple[str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, delimiter="\t")
        writer.writerows([("corpus", "source_id"), *rows])
    return path


def test_what_training_heard_stays_out_and_voices_are_in(sources: Path, tmp_path: Path) -> None:
    known = heard(
        tmp_path / "real.tsv", ("esc10", "001 - Dog bark/1-2-A.ogg"), ("other", "001 - Dog bark/1-1-A.ogg")
    )
    out = tmp_path / "out"
    assert main([str(out), "--sources", str(sources), "--heard", str(known)]) == 0
    found = {path.relative_to(out).as_posix() for path in out.rglob("*.*")}
    assert found == {"001 - Dog bark/1-1-A.flac", "001 - Dog bark/2-3-A.flac", "004 - Baby cry/2-4-A.flac"}, (
        "neither what was heard nor another take of it"
    )
    sound, rate = soundfile.read(out / "004 - Baby cry" / "2-4-A.flac")
    assert rate == RATE
    assert len(sound) == pytest.approx(RATE, abs=100)  # the codec pads
    assert np.std(sound) == pytest.approx(0.3 / 2**0.5, rel=0.05)


def test_a_source_that_is_not_there_is_told(
    sources: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = heard(tmp_path / "real.tsv")
    assert main([str(tmp_path / "out"), "--sources", str(tmp_path), "--heard", str(known)]) != 0
    assert str(tmp_path / "somebody+sounds") in capsys.readouterr().err
    assert sources.is_dir()
