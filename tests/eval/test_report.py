"""Tables come from result files, digit by digit; the README holds exactly what they give."""

import json
from pathlib import Path
from typing import Any

import pytest

from earwitness.errors import UsageError
from earwitness.eval import markdown, report

DASH = markdown.DASH
REPOSITORY = Path(__file__).resolve().parents[2]

VERDICTS = {"fpr": 0.04, "fnr": 0.2, "abstained_human": 0.1, "abstained_synthetic": None}
CLEAN: dict[str, Any] = {
    "eer": {"rate": 0.1234, "interval": {"low": 0.1, "high": 0.15}},
    "macro_eer": {"rate": 0.11},
    "auc": 0.95,
    "min_dcf": 0.5,
    "cllr": 0.4,
    "min_cllr": 0.35,
    "verdicts": {"all": VERDICTS, "families": {"gan": {"fnr": 0.3, "abstained_synthetic": 0.05}}},
    "families": {
        "gan": {"n": 5, "eer": 0.2, "interval": None, "missed_at_fixed_threshold": 0.6},
        "flow": {"n": 7, "eer": 0.1, "interval": None, "missed_at_fixed_threshold": 0.0},
    },
}
RESULT: dict[str, Any] = {
    "schema": report.ACCURACY,
    "manifest": {"human": 10, "synthetic": 12, "systems": 3},
    "thresholds_from": "heldout.json",
    "systems": {
        "earwitness": {"conditions": {"clean": CLEAN, "gsm": {"verdicts": {"all": VERDICTS}}}},
        "aasist": {"conditions": {"clean": CLEAN | {"eer": {"rate": 0.46, "interval": None}, "cllr": None}}},
    },
}
SPEED: dict[str, Any] = {
    "schema": report.SPEED,
    "machine": {"cpu": "Some CPU", "cores": 2},
    "check": {
        "60s": {
            "earwitness": {"x_real_time": 80.4},
            "aasist": {"x_real_time": 3.02},
            "times_faster_than_aasist": 26.6,
        }
    },
    "memory": {"audio_s": 3600.0, "peak_mb": 321.4},
}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "wild.json").write_text(json.dumps(RESULT))
    (folder / "speed.json").write_text(json.dumps(SPEED))
    (folder / "other.json").write_text("{}")
    return folder


def test_every_number_of_the_files_is_in_its_row(results: Path) -> None:
    lines = report.tables(results).splitlines()
    assert (
        f"| wild | 10 + 12, 3 systems | EarWitness | 12.3 % (10.0{DASH}15.0) | 11.0 % |"
        " 0.950 | 0.50 | 0.40 | 0.35 |" in lines
    )
    assert any(
        "AASIST (official weights) | 46.0 % |" in line and f"| {DASH} | 0.35 |" in line for line in lines
    )
    assert f"| clean | 12.3 % | 46.0 % | 4.0 % | 20.0 % | 10.0 % | {DASH} |" in lines
    assert f"| gsm | {DASH} | {DASH} | 4.0 % | 20.0 % | 10.0 % | {DASH} |" in lines
    assert "| gan | 5 | 20.0 % | 20.0 % | 30.0 % | 5.0 % | 60.0 % |" in lines
    assert f"| ratio, 60s | 26.6 {markdown.TIMES} |" in lines
    assert "| peak memory, check of a 60-minute file | 321 MB |" in lines


def test_families_are_listed_best_first(results: Path) -> None:
    text = report.tables(results)
    assert text.index("| flow | 7 |") < text.index("| gan | 5 |")
    assert "missed at the EER threshold of heldout" in text


def test_update_writes_between_the_markers_and_nowhere_else(results: Path, tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(f"before\n{report.START}\nold\n{report.END}\nafter\n", encoding="utf-8")
    assert report.main(["--results", str(results), "--update", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text == f"before\n{report.block(results)}\nafter\n"
    assert report.main(["--results", str(results), "--update", str(page)]) == 0
    assert page.read_text(encoding="utf-8") == text


def test_missing_markers_and_files_are_said(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "README.md"
    page.write_text("no markers", encoding="utf-8")
    assert report.main(["--results", str(results), "--update", str(page)]) == 2
    assert "markers" in capsys.readouterr().err
    assert report.main(["--update", str(tmp_path / "none.md")]) == 2
    (results / "bad.json").write_text("{")
    with pytest.raises(UsageError, match=r"bad\.json"):
        report.tables(results)


def test_print(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report.main(["--results", str(results)]) == 0
    assert capsys.readouterr().out == report.tables(results) + "\n"


def test_readme_holds_the_tables_of_the_committed_results() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    if report.START in text:
        assert report.replace_block(text, report.block(report.RESULTS)) == text, (
            "run: python -m earwitness.eval.report --update README.md"
        )


def test_committed_results_name_no_folder_of_a_machine() -> None:
    for path in report.RESULTS.glob("*.json"):
        content = path.read_text(encoding="utf-8")
        for word in ('"/', " /", "=/"):
            assert word not in content, path.name
        assert json.loads(content)["command"].startswith("python -m earwitness.eval."), path.name


def test_misses_at_2_percent_are_shown_where_they_are_known(results: Path) -> None:
    assert report.MISSED not in report.tables(results)
    families = {
        name: numbers | {"missed_at_2_percent": 0.25} for name, numbers in CLEAN["families"].items()
    } | {"diffusion/flow": CLEAN["families"]["gan"] | {"missed_at_2_percent": 0.15}}
    clean = CLEAN | {"missed_at_2_percent": 0.3, "families": families}
    newer = RESULT | {"systems": {"earwitness": {"conditions": {"clean": clean}}}}
    (results / "wild.json").write_text(json.dumps(newer))
    lines = report.tables(results).splitlines()
    assert any("| 0.35 | 30.0 % |" in line for line in lines)
    assert "| gan | 5 | 20.0 % | \N{EN DASH} | 30.0 % | 5.0 % | 25.0 % | 60.0 % |" in lines
    assert any(line.startswith("| diffusion/flow |") and "15.0 % (target 20 %)" in line for line in lines)


def test_the_sweep_is_among_the_tables(results: Path) -> None:
    point = {"eer": None, "value": None}
    sweep = {
        "schema": "earwitness.eval.robustness/1",
        "subset": {"human": 1, "synthetic": 1, "target_human": 1},
        "clean": point,
        "axes": {},
        "target": {"limits": {"false_alarms": 0.02, "undecided": 0.15}, "points": {}},
    }
    (results / "robustness.json").write_text(json.dumps(sweep))
    assert "Robustness target" in report.tables(results)
