"""Which recordings are taken, in which order, and from where."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from earwitness.errors import SourceNotFoundError, UsageError
from earwitness.eval.generator_material import recordings, sentences

Float32 = npt.NDArray[np.float32]


@pytest.fixture
def manifest(tmp_path: Path, speech_like: Callable[..., Float32]) -> Path:
    """Corpus a: speaker 1 thrice, speaker 2 once; corpus b: one, beside one for training and one that is too
    short; corpus c: an engine."""
    rows = [("a", "1", "dev", 2.2), ("a", "1", "dev", 2.3), ("a", "1", "dev", 2.4), ("a", "2", "dev", 7.0),
            ("b", "3", "heldout", 2.5), ("b", "4", "train", 2.5), ("b", "5", "heldout", 1.0),
            ("c", "6", "heldout", 2.5)]  # fmt: skip
    lines = ["path\tlabel\tcorpus\tspeaker\tlanguage\trole"]
    for number, (corpus, speaker, role, seconds) in enumerate(rows):
        soundfile.write(tmp_path / f"{number}.wav", speech_like(seconds, seed=number), 16_000)
        label = "synthetic" if corpus == "c" else "human"
        lines.append(f"{number}.wav\t{label}\t{corpus}\t{corpus}/{speaker}\tde\t{role}")
    path = tmp_path / "real.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def pack(folder: Path) -> Path:
    """Four recordings of noise: one for training, one held out, one of an engine, one too short."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    counts = [40_000, 36_000, 36_000, 8_000]
    rng.integers(-9000, 9000, sum(counts)).astype("<i2").tofile(folder / "speech.i16")
    np.zeros(sum(c // 200 + 1 for c in counts), "<f4").tofile(folder / "pitch.f32")
    speakers = [("c/1", False), ("c/2", True), ("hibari/h", True), ("c/2", True)]
    entries, start = [], 0
    for count, (speaker, back) in zip(counts, speakers, strict=True):
        entries.append([start, count, speaker, back, f"real/{speaker}.flac"])
        start += count
    (folder / "speech.json").write_text(json.dumps({"rate": 16_000, "recordings": entries}))
    return folder


def test_corpora_and_speakers_take_turns(manifest: Path) -> None:
    clips = recordings(manifest, None, 10, seed=0)
    assert len(clips) == 5
    assert {clip.corpus for clip in clips[:2]} == {"a", "b"}
    assert {clip.speaker for clip in clips[:3]} == {"a/1", "a/2", "b/3"}
    assert max(clip.samples.size for clip in clips) == 96_000
    assert [c.sha256 for c in clips] == [c.sha256 for c in recordings(manifest, None, 10, seed=0)]
    assert len(recordings(manifest, None, 2, seed=0)) == 2
    assert clips[0].described()["seconds"] == clips[0].speech.seconds


def test_held_out_speakers_of_packed_speech(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="part of the train extra")
    pytest.importorskip("parselmouth", reason="part of the train extra")
    folder = pack(tmp_path / "packed")
    (clip,) = recordings(None, folder, 10, seed=0)
    assert (clip.name, clip.speaker, clip.samples.size) == ("c/2.flac", "c/2", 36_000)
    whole = np.fromfile(folder / "speech.i16", "<i2")
    assert np.array_equal(np.round(clip.samples * 32768).astype(int), whole[40_000:76_000])


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError):
        recordings(tmp_path / "none.tsv", None, 1, 0)
    with pytest.raises(SourceNotFoundError):
        recordings(None, tmp_path, 1, 0)
    (tmp_path / "bad.tsv").write_text("path\tcorpus\nx.wav\tc\n", encoding="utf-8")
    with pytest.raises(UsageError, match="language, role, speaker"):
        recordings(tmp_path / "bad.tsv", None, 1, 0)
    (tmp_path / "empty.tsv").write_text("", encoding="utf-8")
    with pytest.raises(SourceNotFoundError):
        recordings(tmp_path / "empty.tsv", None, 1, 0)


def test_a_part_of_the_sentences_is_of_all_kinds() -> None:
    every, few = sentences(), sentences(10)
    assert len(every) == 100
    assert few == every[::10]
