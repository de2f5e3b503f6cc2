"""Lay links .types/earwitness/… that look like the installed package, for mypy.

setuptools maps ``core`` to ``earwitness``, ``detector`` to ``earwitness.detector`` and so on; mypy
does not read that map, so it gets a folder of links that needs no map. Safe to run again.

    python scripts/link_types.py && mypy -p earwitness
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / ".types" / "earwitness"


def top_level_folders() -> dict[str, str]:
    """Import name below ``earwitness`` ("" for the package itself) -> folder in the repository."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    mapping: dict[str, str] = config["tool"]["setuptools"]["package-dir"]
    return {
        name.removeprefix("earwitness").removeprefix("."): folder
        for name, folder in mapping.items()
        if name.count(".") <= 1  # deeper packages lie inside the linked folders
    }


def main() -> None:
    shutil.rmtree(TARGET.parent, ignore_errors=True)
    TARGET.mkdir(parents=True)
    folders = top_level_folders()
    core = ROOT / folders.pop("")
    for entry in sorted(core.iterdir()):
        if entry.name != "__pycache__":
            (TARGET / entry.name).symlink_to(entry, target_is_directory=entry.is_dir())
    for name, folder in folders.items():
        (TARGET / name).symlink_to(ROOT / folder, target_is_directory=True)


if __name__ == "__main__":
    main()
