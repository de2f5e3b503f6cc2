"""One command for the whole recipe: stages in order, done ones skipped, failures told."""

import importlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from earwitness.detector.training.recipe import main, run, stages
from earwitness.errors import UsageError

PLACES = {name: f"at-{name}" for name in ("work", "sources", "engines", "validate", "weights", "shipped")}
BOTH_WAYS = pytest.mark.parametrize("again", [False, True], ids=["anew", "again"])
TWO = {"first": ["a.module", "--x", "1"], "second": ["b.module"]}


class Runs:
    def __init__(self, fail: str = "") -> None:
        self.seen: list[str] = []
        self.fail = fail

    def __call__(self, words: Sequence[str]) -> int:
        self.seen.append(words[0])
        return 3 if words[0] == self.fail else 0


@BOTH_WAYS
def test_every_stage_of_the_recipe_is_a_command_that_is_there(again: bool) -> None:
    found = stages(PLACES, again=again)
    assert list(found)[-3:] == ["ship", "localiser", "engines"]
    for words in found.values():
        assert callable(importlib.import_module(words[0]).main)
        assert not any("{" in word for word in words)


@BOTH_WAYS
def test_every_option_of_the_recipe_is_one_of_its_command(
    again: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in stages(PLACES, again=again).values():
        with pytest.raises(SystemExit):
            importlib.import_module(words[0]).main(["--help"])
        text = capsys.readouterr().out
        assert [word for word in words if word.startswith("--") and word not in text] == []


@BOTH_WAYS
def test_what_a_stage_reads_an_earlier_one_made(again: bool) -> None:
    made: set[str] = set()
    for name, words in stages(PLACES, again=again).items():
        # The output comes first, but after the list of recordings where it is made of them, or is named.
        places = [word.split("/")[1] for word in _last_of_each_option(words) if word.startswith("at-work/")]
        after_the_list = words[0].endswith((".copysynth", ".restore"))
        own = {"data.json"} if name == "data_card" else {places[1 if after_the_list else 0]}
        own = set() if name in ("ship", "engines") else {"vectors"} if name == "localiser" else own
        assert set(places) - own <= made, (name, places)
        made |= own


def _last_of_each_option(words: Sequence[str]) -> list[str]:
    """As argparse reads it: an option that comes again replaces what it said before."""
    said: dict[str, list[str]] = {"": []}
    option = ""
    for word in words[1:]:
        if word.startswith("--"):
            option = word
            said[option] = []
        else:
            said[option].append(word)
    return [value for values in said.values() for value in values]


def test_going_on_leaves_out_what_only_a_beginning_needs() -> None:
    anew, again = stages(PLACES), stages(PLACES, again=True)
    assert set(again) - set(anew) == {"restore"}
    assert set(anew) - set(again) == {"pairs1", "pairs2", "pairs3", "pairs4", "wideband", "phases", "full"}
    assert not any("at-shipped" in word for words in anew.values() for word in words)
    for name in ("wideband_more", "full_more"):
        assert f"at-work/restored/{name.removesuffix('_more')}.pt" in _last_of_each_option(again[name])
    assert [name for name in again if name in anew] == [name for name in anew if name in again]


@BOTH_WAYS
def test_a_rehearsal_adds_what_the_recipe_says_and_nothing_unknown(
    again: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, small = stages(PLACES, again=again), stages(PLACES, again=again, rehearse=True)
    for name, words in small.items():
        assert words[: len(plain[name])] == plain[name]
        with pytest.raises(SystemExit):
            importlib.import_module(words[0]).main(["--help"])
        text = capsys.readouterr().out
        assert [word for word in words if word.startswith("--") and word not in text] == []
    cheap = {
        "noises",
        "dev",
        "dev_channel",
        "data_card",
        "ship",
    }  # as big as what the stages before them made
    assert {name for name in plain if small[name] == plain[name]} == cheap | {"restore"} & set(plain)


def test_a_place_that_is_missing_is_told() -> None:
    with pytest.raises(UsageError, match="engines"):
        stages({"work": "w"}, '[one]\nrun = "m {work} {engines}"')


def test_stages_run_once_and_again_when_their_command_changes(tmp_path: Path) -> None:
    runs = Runs()
    assert run(TWO, tmp_path, runner=runs) == 0
    assert run(TWO, tmp_path, runner=runs) == 0
    assert runs.seen == ["a.module", "b.module"]
    run({**TWO, "first": ["a.module", "--x", "2"]}, tmp_path, runner=runs)
    assert runs.seen[2:] == ["a.module"]
    run(TWO, tmp_path, ["second"], runner=runs)
    assert runs.seen[3:] == ["b.module"], "asked for by name, it runs again"


def test_the_first_failure_stops_and_is_tried_again(tmp_path: Path) -> None:
    assert run(TWO, tmp_path, runner=Runs(fail="a.module")) == 3
    again = Runs()
    assert run(TWO, tmp_path, runner=again) == 0
    assert again.seen == ["a.module", "b.module"]


def test_an_unknown_stage_is_told_before_anything_runs(tmp_path: Path) -> None:
    runs = Runs()
    with pytest.raises(UsageError, match="third"):
        run(TWO, tmp_path, ["first", "third"], runner=runs)
    assert runs.seen == []


def test_the_list_prints_and_runs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    common = ["--sources", "s", "--engines", "e", "--validate", "v", "--list"]
    assert main([str(tmp_path / "work"), *common]) == 0
    assert "ship: earwitness.detector.training.ship" in capsys.readouterr().out
    assert main([str(tmp_path / "work"), *common, "--again", "--shipped", "before"]) == 0
    assert "restore: earwitness.detector.training.restore before/spectro.onnx" in capsys.readouterr().out
    assert not (tmp_path / "work").exists()
