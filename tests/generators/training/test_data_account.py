"""generators/training/data_account.py: what was learnt from is counted, what was held out is not."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from earwitness.generators.training import data_account


def test_sources_licences_speakers_and_hours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        ("a.flac", "one", "CC0"),
        ("b.flac", "one", "CC0"),
        ("c.flac", "one", "CC0"),
        ("d.flac", "hibari", "X"),
    ]
    with (tmp_path / "real.tsv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, delimiter="\t")
        writer.writerow(("path", "corpus", "licence"))
        writer.writerows(rows)
    hour = 16_000 * 3600
    recordings = [
        [0, hour, "s1", False, "a.flac"],
        [hour, hour // 2, "s1", False, "b.flac"],
        [2 * hour, hour, "s2", True, "c.flac"],
        [3 * hour, hour // 4, "t", False, "d.flac"],
    ]
    (tmp_path / "speech.json").write_text(json.dumps({"recordings": recordings}), encoding="utf-8")
    said = [{"number": n, "voice": "ab"[n % 2], "count": 20 * 360} for n in range(51)]
    (tmp_path / "aligned.json").write_text(json.dumps({"sentences": said}), encoding="utf-8")
    words = ["--aligned", str(tmp_path), "--sentences", "prompts", "CC0"]
    assert data_account.main([str(tmp_path / "real.tsv"), str(tmp_path), *words]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["gan", "vae", "conversion", "autoregressive", "transformer"]
    teacher, one = found["vae"]
    assert (one["name"], one["licence"], one["recordings"], one["speakers"], one["hours"]) == (
        "one",
        "CC0",
        2,
        1,
        1.5,
    )
    assert (teacher["name"], teacher["hours"]) == ("hibari", 0.25)
    assert "hibari-tts" in teacher["what"]
    spoken, sentences = found["transformer"]
    assert (spoken["recordings"], spoken["speakers"], spoken["hours"]) == (49, 2, 4.9)
    assert sentences == {"name": "sentences", "what": "the text that was read: prompts", "licence": "CC0"}
