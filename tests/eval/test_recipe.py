"""One command that measures everything again."""

import importlib
from pathlib import Path

import pytest

from earwitness.detector.training import recipe
from earwitness.eval.recipe import commands, main

PLACES = {name: f"at-{name}" for name in ("work", "sources", "engines", "wild", "aasist", "results")}
NEEDS_TORCH = ("copysynth", "speak")
GIVEN = ["--sources", "s", "--engines", "e", "--wild", "w", "--aasist", "a"]
RESULTS = {
    "wild_dev", "heldout_basic", "heldout_matched", "heldout", "segments", "attribution", "ood",
    "robustness", "speed",
}  # fmt: skip


def test_every_stage_is_a_command_that_takes_these_options(capsys: pytest.CaptureFixture[str]) -> None:
    for words in commands(PLACES).values():
        if words[0].endswith(NEEDS_TORCH):
            continue
        with pytest.raises(SystemExit):
            importlib.import_module(words[0]).main(["--help"])
        text = capsys.readouterr().out
        assert [word for word in words if word.startswith("--") and word not in text] == []


def test_every_result_of_the_detector_is_measured_once() -> None:
    written = [w for words in commands(PLACES).values() for w in words if w.startswith("at-results/")]
    assert sorted(written) == sorted(f"at-results/{name}.json" for name in RESULTS)


def test_what_a_stage_reads_an_earlier_one_made() -> None:
    made: set[str] = set()
    for name, words in commands(PLACES).items():
        places = [word.split("/")[1] for word in words[1:] if word.startswith("at-work/")]
        if name.startswith("measure"):
            assert set(places) <= made, name
            continue
        own = places[1 if "copysynth" in words[0] else 0]
        assert set(places) - {own} <= made, name
        made.add(own)


def test_only_held_out_people_are_measured_on() -> None:
    for name, words in commands(PLACES).items():
        if "--role" in words:
            assert words[words.index("--role") + 1] == "heldout", name


def test_names_with_blanks_stay_whole() -> None:
    assert "Gemini speech" in commands(PLACES)["measure_attribution"]


def test_it_lists_and_runs_what_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [str(tmp_path), *GIVEN]
    assert main([*given, "--list"]) == 0
    listed = capsys.readouterr().out
    assert f"measure_ood: earwitness.eval.bench_ood --sounds {tmp_path}/sounds" in listed
    assert "'Gemini speech'" in listed
    assert not (tmp_path / "results").exists()
    ran: list[list[str]] = []

    def noted(found: dict[str, list[str]], done: Path, only: list[str]) -> int:
        ran.append(found[only[0]])
        assert done == tmp_path / "done"
        return 5

    monkeypatch.setattr(recipe, "run", noted)
    assert main([*given, "--only", "measure_wild"]) == 5
    assert f"{tmp_path}/results/wild_dev.json" in ran[0]
    assert (tmp_path / "results").is_dir()


def test_a_stage_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [str(tmp_path), *GIVEN, "--only", "nothing"]
    assert main(given) == 2
    assert "nothing" in capsys.readouterr().err
