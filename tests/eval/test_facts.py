"""Results carry what is needed to repeat them and nothing of this machine's folders."""

import json
from pathlib import Path

from earwitness.eval import facts


def test_command_line_cuts_folders_to_two_names() -> None:
    words = ["--manifest", "/a/b/clips/m.tsv", "--compare=aasist=/x/y/z", "--out", "r.json", "aasist=/x/y"]
    line = facts.command_line("bench", words)
    assert line == "python -m bench --manifest clips/m.tsv --compare=aasist=y/z --out r.json aasist=x/y"


def test_machine_names_cores_and_versions() -> None:
    machine = facts.machine()
    assert machine["cores"] >= 1
    assert machine["cpu"]
    assert machine["packages"]["numpy"].count(".") >= 1
    assert "/" not in json.dumps(machine).replace("w/", "")


def test_commit_is_that_of_the_repository_or_none() -> None:
    found = facts.commit()
    assert found["commit"] is None or len(found["commit"]) == 40


def test_json_is_rounded_and_written_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "r.json"
    facts.write_json(path, {"a": 1 / 3, "b": [1e-9 / 3], "c": {"d": 7}, "e": None})
    assert json.loads(path.read_text()) == {"a": 0.333333, "b": [3.33333e-10], "c": {"d": 7}, "e": None}
    assert [p.name for p in path.parent.iterdir()] == ["r.json"]
