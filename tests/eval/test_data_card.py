"""The account of training data counts what lies on the disk."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import soundfile

from earwitness.eval.corpora import MANIFEST_FIELDS
from earwitness.eval.data_card import account


def _sound(path: Path, seconds: float, channels: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros((int(16_000 * seconds), channels), dtype=np.float32), 16_000)


def test_hours_speakers_and_methods_are_counted(tmp_path: Path) -> None:
    rows: list[dict[str, str]] = []
    for k, (speaker, role) in enumerate([("a", "train"), ("a", "train"), ("b", "train"), ("c", "heldout")]):
        name = f"kerstin_de/{k}.flac"
        _sound(tmp_path / name, 36.0)
        values = (name, "human", "kerstin_de", "human", "human", speaker, "de", "CC0", role, f"{k}.wav", "")
        rows.append(dict(zip(MANIFEST_FIELDS, values, strict=True)))
    _sound(tmp_path / "polly_matthew" / "0.flac", 36.0)
    engine = ("polly_matthew/0.flac", "synthetic", "polly_matthew", "commercial", "Amazon Polly neural")
    rows.append(dict(zip(MANIFEST_FIELDS, (*engine, "Matthew", "en", "MIT", "train", "9", ""), strict=True)))
    # The second selection holds one of the recordings again, from a file of another format.
    manifests = [tmp_path / "real.tsv", tmp_path / "more.tsv"]
    for path, chosen in zip(
        manifests, (rows[:2], [rows[0] | {"source_id": "0.flac"}, *rows[2:]]), strict=True
    ):
        with path.open("w", newline="") as handle:
            writer = csv.DictWriter(handle, MANIFEST_FIELDS, delimiter="\t")
            writer.writeheader()
            writer.writerows(chosen)
    for folder in ("one", "two"):
        _sound(tmp_path / folder / "p.flac", 18.0, channels=2)
        (tmp_path / folder / "pairs-0.jsonl").write_text(
            json.dumps({"path": "p.flac", "method": "world"}) + "\n"
        )
    _sound(tmp_path / "tts" / "t.flac", 3.6)
    (tmp_path / "tts" / "speak.jsonl").write_text(json.dumps({"path": "t.flac", "engine": "flite"}) + "\n")

    folders = [tmp_path / "one", tmp_path / "two"]
    data = account(manifests, folders, tmp_path / "tts", before={"human_hours": 5})

    assert [(s["name"], s["recordings"], s["speakers"], s["licence"]) for s in data["human"]] == [
        ("kerstin_de", 3, 2, "CC0")
    ]
    assert (data["human_hours"], data["copy_hours"], data["speech_hours"]) == (0.03, 0.01, 0.001)
    assert data["speakers"] == 2
    assert data["copies"] == [{"method": "world", "pairs": 2, "source": "pyworld (MIT)"}]
    assert data["speech"][0]["clips"] == 1
    (vendor,) = data["commercial"]
    assert (vendor["engine"], vendor["recordings"], vendor["licence"]) == ("Amazon Polly neural", 1, "MIT")
    assert vendor["family"] == "commercial"
    assert data["before"] == {"human_hours": 5}
    assert "before" not in account(manifests, folders, tmp_path / "tts")
