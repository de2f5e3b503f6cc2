"""Facts about the tree that reviews forget."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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


def tree() -> list[Path]:
    """Files of the repository, without hidden folders (but with .ci) and what tools made."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
        made = any(part in MADE_BY_TOOLS or part.endswith(".egg-info") for part in parts)
        if not hidden and not made and path.is_file() and path.suffix in TEXT:
            found.append(path)
    return found


@pytest.mark.parametrize("path", tree(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_path_of_somebodys_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8", errors="replace")
    assert not MACHINE_PATH.search(text), f"{path} names a folder of one machine"


@pytest.mark.parametrize(
    "path",
    [path for path in tree() if path.suffix == ".py"],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_source_file_is_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
