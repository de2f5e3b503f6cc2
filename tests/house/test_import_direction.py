"""Imports run one way: core <- families <- eval <- api <- cli, and a family knows no other family."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RANK = {
    "core": 0,
    "generators": 1,
    "watermark": 1,
    "provenance": 1,
    "detector": 1,
    "eval": 2,
    "api": 3,
    "cli": 4,  # above api because `earwitness serve` starts it
}
# What only training and evaluation may use: a base install does not have it.
HEAVY = {"librosa", "matplotlib", "pandas", "scipy", "sklearn", "torch", "torchaudio"}
DYNAMIC = re.compile(r"^earwitness\.(generators|watermark|provenance|detector|eval|api|cli)\.\w+")

SOURCES = sorted(
    path for folder in RANK for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts
)


def imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names of everything a module imports, wherever in it; relative imports start with a dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield base
            if base == "earwitness":
                yield from (f"earwitness.{alias.name}" for alias in node.names)


def violations(folder: str, source: str) -> list[str]:
    """What a module of the top-level ``folder`` imports and must not."""
    tree = ast.parse(source)
    bad = []
    for name in imported(tree):
        head, _, rest = name.partition(".")
        target = rest.partition(".")[0]
        if name.startswith(".") or head in RANK:
            bad.append(f"{name}: import earwitness.<folder> instead")
        elif head == "earwitness" and target in RANK and target != folder and RANK[target] >= RANK[folder]:
            bad.append(f"{name}: {folder} must not know {target}")
    if folder == "core":
        bad += [
            f"{node.value!r}: core reaches families through earwitness.plugins only"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and DYNAMIC.match(node.value)
        ]
    return bad


def heavy(place: tuple[str, ...], source: str) -> set[str]:
    """Packages of the train extra that a module at ``place`` (its path in the repository) may not import.

    Training and evaluation may have them all; the detector inside functions that only training calls, the
    watermark inside functions of the schemes of others, whose extras bring them.
    """
    if place[0] == "eval" or place[1:2] == ("training",):
        return set()
    tree = ast.parse(source)
    if place[0] in ("detector", "watermark"):
        tree.body = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {name.partition(".")[0] for name in imported(tree)} & HEAVY


def test_there_is_something_to_look_at() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in SOURCES} >= {"core", "detector", "eval", "api", "cli"}


def test_modules_import_only_downwards() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): violations(
            path.relative_to(ROOT).parts[0], path.read_text(encoding="utf-8")
        )
        for path in SOURCES
    }
    assert {name: bad for name, bad in found.items() if bad} == {}


def test_modules_of_the_base_install_import_nothing_heavy() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): heavy(
            path.relative_to(ROOT).parts, path.read_text(encoding="utf-8")
        )
        for path in SOURCES
    }
    assert {name: bad for name, bad in found.items() if bad} == {}


@pytest.mark.parametrize(
    ("place", "source", "bad"),
    [
        (("core", "audio.py"), "def f():\n    import torch", {"torch"}),
        (("detector", "model.py"), "if True:\n    from scipy.signal import lfilter", {"scipy"}),
        (("watermark", "perth.py"), "import torch", {"torch"}),
        (("watermark", "perth.py"), "def score():\n    import torch", set()),
        (("detector", "calibrate.py"), "def fit():\n    import sklearn.linear_model", set()),
        (("detector", "training", "train.py"), "import torch", set()),
        (("eval", "aasist.py"), "import torch", set()),
    ],
)
def test_the_rule_on_heavy_packages(place: tuple[str, ...], source: str, bad: set[str]) -> None:
    assert heavy(place, source) == bad


@pytest.mark.parametrize(
    ("folder", "source"),
    [
        ("core", "import earwitness.detector.model"),
        ("core", "def f():\n    from earwitness import api"),
        ("core", "import_module('earwitness.detector.model')"),
        ("detector", "from earwitness.watermark.payload import Payload"),
        ("detector", "from earwitness.eval import metrics"),
        ("eval", "from earwitness.cli.main import run"),
        ("api", "import earwitness.cli"),
        ("api", "from . import app"),
        ("cli", "from detector.model import load"),
    ],
)
def test_the_rule_catches(folder: str, source: str) -> None:
    assert violations(folder, source)


@pytest.mark.parametrize(
    ("folder", "source"),
    [
        ("core", "from earwitness.errors import UsageError\nGROUP = 'earwitness.detectors'"),
        ("detector", "from earwitness.detector.base import Window\nfrom earwitness import report"),
        ("eval", "from earwitness.detector.model import load_default"),
        ("cli", "from earwitness.api.app import create_app\nimport typer"),
    ],
)
def test_the_rule_lets_pass(folder: str, source: str) -> None:
    assert violations(folder, source) == []
