"""Facts about the tree that reviews forget."""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = {
    ".cfg",
    ".css",
    ".html",
    ".js",
    ".json",
    ".md",
    ".py",
    ".sh",
    ".toml",
    ".tsv",
    ".txt",
    ".yaml",
    ".yml",
    "",
}
LONGEST_FILE = 350
# Spelled in pieces, so that this file does not find itself.
MACHINE_PATH = re.compile("|".join(["/wo" + "rk/", "/ro" + "ot/", "/ho" + r"me/\w+/"]))
MADE_BY_TOOLS = {"__pycache__", "build", "dist", "demo-report"}


@functools.cache
def tree() -> tuple[Path, ...]:
    """Files of the repository, without hidden folders (but with .ci) and what tools made."""
    found = []
    for top, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name == ".ci" or not (name.startswith(".") or made(name))]
        found += [Path(top, name) for name in files if Path(name).suffix in TEXT]
    return tuple(sorted(found))


def made(folder: str) -> bool:
    return folder in MADE_BY_TOOLS or folder.endswith(".egg-info")


def test_no_path_of_somebodys_machine() -> None:
    bad = [path for path in tree() if MACHINE_PATH.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert bad == []


def test_source_files_are_short_enough_to_read() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in tree()
        if path.suffix == ".py"
    }
    assert len(lengths) > 20
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_nothing_is_left_unfinished() -> None:
    """A marker of work to do belongs into an issue."""
    bad = [
        path
        for path in tree()
        if path.suffix == ".py" and re.search("TO" + "DO|FIX" + "ME", path.read_text(encoding="utf-8"))
    ]
    assert bad == []
