"""What is in the repository's folders is in the wheel, and nothing else is."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import earwitness

ROOT = Path(__file__).resolve().parents[2]
CONFIG: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = CONFIG["tool"]["setuptools"]
PACKAGE_DIR: dict[str, str] = SETUPTOOLS["package-dir"]
NOT_PACKAGED = {"tests", "scripts", "samples", "build", "dist", "demo-report", "docs"}


def code_folders() -> set[str]:
    """Folders of the repository that hold Python files and belong into the package."""
    found = set()
    for top in ROOT.iterdir():
        if not top.is_dir() or top.name.startswith(".") or top.name in NOT_PACKAGED:
            continue
        found |= {path.parent.relative_to(ROOT).as_posix() for path in top.rglob("*.py")}
    return found


def packaged_files() -> set[str]:
    """Every file of the packaged folders, by the name it must have in the wheel."""
    wanted = set()
    for name, folder in PACKAGE_DIR.items():
        for path in (ROOT / folder).rglob("*"):
            inner = path.relative_to(ROOT / folder)
            deeper = f"{folder}/{inner.parts[0]}" in PACKAGE_DIR.values()
            if path.is_file() and "__pycache__" not in path.parts and not deeper and not is_draft(path):
                wanted.add(f"{name.replace('.', '/')}/{inner.as_posix()}")
    return wanted


def is_draft(path: Path) -> bool:
    """Hidden files and measured results belong to the repository only."""
    return path.name.startswith(".") or "results" in path.relative_to(ROOT).parts


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built without network from a copy, so that no stale build/ leaks into it."""
    copy = tmp_path_factory.mktemp("source") / "earwitness"
    folders = {folder.split("/")[0] for folder in PACKAGE_DIR.values()}
    for folder in folders:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "results"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--no-index", "--wheel-dir", str(out), str(copy)], check=True)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_folder_with_code_is_listed() -> None:
    assert code_folders() == set(PACKAGE_DIR.values())


def test_the_two_lists_of_packages_agree_and_are_sorted() -> None:
    assert SETUPTOOLS["packages"] == list(PACKAGE_DIR) == sorted(PACKAGE_DIR)


@pytest.mark.parametrize(("name", "folder"), PACKAGE_DIR.items())
def test_listed_folder_is_a_documented_package(name: str, folder: str) -> None:
    init = ROOT / folder / "__init__.py"
    assert init.is_file(), f"{name} has no __init__.py"
    assert init.read_text(encoding="utf-8").startswith('"""')


def test_wheel_holds_every_file_of_the_packages(names: set[str]) -> None:
    assert packaged_files() - names == set()


def test_wheel_holds_what_programs_rely_on(names: set[str]) -> None:
    assert {"earwitness/py.typed", "earwitness/report.schema.json"} <= names
    assert any(name.startswith("earwitness/detector/weights/") and name.endswith(".onnx") for name in names)


def test_wheel_claims_no_name_but_its_own(names: set[str]) -> None:
    heads = {name.split("/")[0] for name in names}
    assert heads == {"earwitness", f"earwitness-{earwitness.__version__}.dist-info"}


def test_wheel_carries_the_licence(names: set[str]) -> None:
    assert f"earwitness-{earwitness.__version__}.dist-info/licenses/LICENSE" in names


def test_installed_wheel_imports_itself_and_not_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    modules = [name for name in SETUPTOOLS["packages"] if not name.endswith(".training")]
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    code += "".join(f"import {name}; print({name}.__file__)\n" for name in modules)
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    files = done.stdout.split()
    assert len(files) == len(modules)
    assert all(Path(file).is_relative_to(tmp_path) for file in files)


def test_one_version_everywhere() -> None:
    assert version("earwitness") == earwitness.__version__
    assert f"## {earwitness.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_torch_is_wanted_by_training_only() -> None:
    project = CONFIG["project"]
    base = " ".join(project["dependencies"] + project["optional-dependencies"]["dev"])
    assert "torch" not in base
    assert "torch>=2.6,<2.14" in project["optional-dependencies"]["train"]
