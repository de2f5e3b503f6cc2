"""Marks by length on two joined speakers: shape of the result, who is taken, errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from earwitness.eval import mark_lengths
from earwitness.eval.watermark_tables import length_table

Float32 = npt.NDArray[np.float32]


@pytest.fixture
def manifest(tmp_path: Path, speech_like: Callable[..., Float32], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(mark_lengths, "SECONDS", (3, 6))
    lines = ["path\tcorpus\tspeaker\tlanguage\tsource_id"]
    for index, (speaker, seconds) in enumerate((("long", 4.0), ("long", 4.0), ("short", 2.0))):
        soundfile.write(tmp_path / f"{index}.flac", speech_like(seconds, seed=index), 16_000)
        lines.append(f"{index}.flac\tc\t{speaker}\ten\tid{index}")
    path = tmp_path / "real.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_only_speakers_with_enough_sound_count(manifest: Path, tmp_path: Path) -> None:
    out = tmp_path / "lengths.json"
    assert mark_lengths.main(["--manifest", str(manifest), "--out", str(out)]) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert result["speakers"] == 1
    default = result["strengths"]["default"]
    assert set(default) == {"gsm", "white_10db"}
    assert [entry["n"] for entry in default["gsm"].values()] == [1, 1]
    for heard in default.values():
        assert all(entry["exact"]["hits"] <= entry["detected"]["hits"] for entry in heard.values())
    assert str(tmp_path) not in json.dumps({**result, "command": ""})
    text = length_table(result)
    assert "| 3 s |" in text
    assert "GSM, strong" in text


def test_no_speaker_with_enough_is_an_error(
    manifest: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mark_lengths, "SECONDS", (600,))
    assert mark_lengths.main(["--manifest", str(manifest), "--out", str(manifest)]) == 2
    assert "600 s" in capsys.readouterr().err
    assert mark_lengths.main(["--manifest", str(manifest) + "x", "--out", str(manifest)]) == 2
