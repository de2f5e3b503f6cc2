"""The whole bench with fakes: its result, what it remembers, what it leaves out and says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from fake_judges import replace_judges

from earwitness.errors import MissingDependencyError
from earwitness.eval import bench_generators, generator_marks, report, speech_scores

Float32 = npt.NDArray[np.float32]


@pytest.fixture
def words(
    tmp_path: Path,
    speech_like: Callable[..., Float32],
    monkeypatch: pytest.MonkeyPatch,
    fake_generators: list[tuple[str, str]],
) -> list[str]:
    assert fake_generators == []
    lines = ["path\tcorpus\tspeaker\tlanguage\trole"]
    for number in range(2):
        soundfile.write(tmp_path / f"{number}.flac", speech_like(2.5, seed=number), 16_000)
        lines.append(f"{number}.flac\tc\ts{number}\ten\tdev")
    (tmp_path / "real.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    replace_judges(monkeypatch)
    monkeypatch.setattr(generator_marks, "OURS", ("fake",))
    monkeypatch.setenv("EARWITNESS_GENERATORS", str(tmp_path / "weights"))
    given = {
        "--manifest": tmp_path / "real.tsv",
        "--out": tmp_path / "results" / "generators.json",
        "--cache": tmp_path / "cache",
        "--families": "fake,absent",
        "--teacher": "vocoder",
        "--engines": "",
        "--sentences": "2",
        "--repeats": "2",
    }
    return [str(word) for pair in given.items() for word in pair]


def result_of(words: list[str]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(words[3]).read_text(encoding="utf-8"))
    return content


def test_result_tables_and_memory(
    words: list[str], tmp_path: Path, fake_generators: list[tuple[str, str]]
) -> None:
    assert bench_generators.main(words) == 0
    result = result_of(words)
    assert result["schema"] == bench_generators.SCHEMA
    assert str(tmp_path) not in json.dumps(result)
    assert result["copy"]["fake"]["pesq"]["mean"] == 3.2
    assert result["text"]["fake"]["wer"]["n"] == 2
    assert result["marks"]["fake"]["n"] == 6  # two copies, two conversions, two sentences
    assert [row["file"] for row in result["pictures"]] == ["copies_1.png", "copies_2.png"]
    assert (tmp_path / "results" / "pictures" / "copies_2.png").exists()
    assert {"absent", "hifigan", "mbmelgan"} == set(result["left_out"])
    assert len(result["clips"]) == 2
    assert {"command", "commit", "machine", "seed", "targets"} <= set(result)
    assert "Copies of those recordings" in report.tables(tmp_path / "results")

    fake_generators.clear()
    assert bench_generators.main([*words, "--only", "copy,convert,text,marks"]) == 0
    assert fake_generators == []  # nothing is left to make
    again = result_of(words)
    assert again["copy"] == result["copy"]
    assert again["left_out"]["part speed"] == "it was not asked for (--only)"


def test_a_missing_package_leaves_its_part_out(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: object) -> str:
        raise MissingDependencyError("it needs a recogniser.", hint="pip install it.")

    monkeypatch.setattr(speech_scores, "hear", missing)
    assert bench_generators.main([*words, "--only", "text"]) == 0
    result = result_of(words)
    assert "text" not in result
    assert result["left_out"]["part text"] == "it needs a recogniser. pip install it."


def test_errors_are_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert bench_generators.main([*words, "--only", "sing"]) == 2
    assert "sing" in capsys.readouterr().err
    assert bench_generators.main(["--out", words[3]]) == 2
    assert "--manifest" in capsys.readouterr().err
