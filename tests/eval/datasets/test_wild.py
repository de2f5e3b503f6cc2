"""eval/datasets/wild.py: sets that are a table beside their sounds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from earwitness.errors import UsageError
from earwitness.eval.datasets.wild import DEEPFAKE_EVAL_2024, IN_THE_WILD

Sound = Callable[[Path], Path]


def test_in_the_wild(tmp_path: Path, sound: Sound) -> None:
    base = tmp_path / "release_in_the_wild"
    for number in range(3):
        sound(base / f"{number}.wav")
    (base / "meta.csv").write_text(
        "file,speaker,label\n0.wav,Alec Guinness,spoof\n1.wav,Alec Guinness,spoof\n"
        "2.wav,Barack Obama,bona-fide\n"
    )
    found = IN_THE_WILD.listing(tmp_path)
    assert [clip.synthetic for clip in found.clips] == [True, True, False]
    assert found.clips[2].speaker == "itw/Barack Obama"
    (base / "meta.csv").write_text("file,speaker,label\n0.wav,A,maybe\n")
    with pytest.raises(UsageError, match="'maybe' is no label"):
        IN_THE_WILD.listing(tmp_path)
    (base / "meta.csv").write_text("name,label\n0.wav,spoof\n")
    with pytest.raises(UsageError, match="no column 'file'"):
        IN_THE_WILD.listing(tmp_path)


def test_deepfake_eval_2024(tmp_path: Path, sound: Sound) -> None:
    for name in ("a.wav", "b.wav", "c.wav", "d.wav"):
        sound(tmp_path / "audio-data" / name)
    (tmp_path / "audio-metadata-publish.csv").write_text(
        "\ufeffFilename,Ground Truth,Language,Finetuning Set\n"
        "a.wav,Fake,English,Test\nb.wav,Real,Spanish,Test\nc.wav,Unknown,English,Test\nd.wav,Real,English,Train\n",
        encoding="utf-8",
    )
    found = DEEPFAKE_EVAL_2024.listing(tmp_path)
    assert [(clip.path.name, clip.synthetic, clip.language) for clip in found.clips] == [
        ("a.wav", True, "English"), ("b.wav", False, "Spanish"),
    ]  # fmt: skip
    assert [clip.path.name for clip in DEEPFAKE_EVAL_2024.listing(tmp_path, "train").clips] == ["d.wav"]
    assert len(DEEPFAKE_EVAL_2024.listing(tmp_path, "all").clips) == 3
