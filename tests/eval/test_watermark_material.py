"""Clips of the bench: long enough, mixed from the start, none of those that the scheme was tuned on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from earwitness.errors import SourceNotFoundError, UsageError
from earwitness.eval import watermark_material
from earwitness.eval.watermark_material import music, samples_of, speech, tuned_on

Float32 = npt.NDArray[np.float32]
COLUMNS = "path\tcorpus\tspeaker\tlanguage\tsource_id"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Three languages; of the first eight speakers' clips, of the last one that is too short."""
    lines = [COLUMNS]
    for index in range(24):
        language = ("en", "de", "fr")[index % 3]
        speaker = "talker" if language == "de" else f"s{index}"
        seconds = 2.0 if index == 23 else 6.5
        path = tmp_path / f"{index}.flac"
        soundfile.write(path, np.full(round(seconds * 16_000), 0.01 * (index + 1), np.float32), 16_000)
        lines.append(f"{path.name}\tc\t{speaker}\t{language}\tid{index}")
    file = tmp_path / "real.tsv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_languages_take_turns_and_speakers_have_their_share(manifest: Path) -> None:
    clips = speech(manifest, 100, seed=1)
    assert len(clips) == 8 + 6 + 7  # six of the one German speaker; one French clip is short
    assert {clip.language for clip in clips[:3]} == {"en", "de", "fr"}
    assert speech(manifest, 5, seed=1) == clips[:5]
    assert speech(manifest, 5, seed=2) != clips[:5]


def test_recordings_of_the_tuning_are_left_out(manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watermark_material, "tuned_on", lambda: {("c", "id0"), ("c", "id3"), ("d", "id6")})
    paths = {clip.path.name for clip in speech(manifest, 100, seed=1)}
    assert "0.flac" not in paths
    assert "3.flac" not in paths
    assert "6.flac" in paths


def test_the_list_of_the_tuning_is_whole() -> None:
    assert len(tuned_on()) >= 70
    assert all(corpus and source for corpus, source in tuned_on())


def test_music_gives_one_excerpt_a_piece(tmp_path: Path, noise: Callable[..., Float32]) -> None:
    folder = tmp_path / "music"
    folder.mkdir()
    soundfile.write(folder / "long.wav", noise(20.0, rate=22_050), 22_050)
    soundfile.write(folder / "click.wav", noise(0.5), 16_000)
    (folder / "broken.ogg").write_bytes(b"OggS" + b"\0" * 600_000)
    (piece,) = music(folder, 1, tmp_path / "cache")
    assert (piece.kind, piece.corpus) == ("music", "long")
    assert samples_of(piece.path).shape == (8 * 16_000,)
    assert music(folder, 1, tmp_path / "cache") == [piece]
    assert music(None, 1, tmp_path) == []


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="manifest"):
        speech(tmp_path / "none.tsv", 1, 0)
    bad = tmp_path / "bad.tsv"
    bad.write_text("path\tspeaker\nx\ty\n", encoding="utf-8")
    with pytest.raises(UsageError, match="corpus, language, source_id"):
        speech(bad, 1, 0)
    with pytest.raises(SourceNotFoundError, match="no music"):
        music(tmp_path, 0, tmp_path / "cache")
