"""provenance/extra.py: without its packages, one clear error that names the extra."""

from __future__ import annotations

import subprocess
import sys

import pytest

from earwitness.errors import MissingDependencyError
from earwitness.provenance.extra import needed

HIDE = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("c2pa", "cryptography", "mutagen"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hide())
from earwitness.cli.main import run
run(sys.argv[1:])
"""


def test_an_absent_package_of_the_extra() -> None:
    with pytest.raises(MissingDependencyError, match=r"c2pa-python.*earwitness\[provenance\]"), needed():
        raise ModuleNotFoundError("No module named 'c2pa'", name="c2pa")


def test_any_other_is_a_fault_and_shows() -> None:
    with pytest.raises(ModuleNotFoundError, match="other"), needed():
        raise ModuleNotFoundError("No module named 'other'", name="other")


@pytest.mark.parametrize(
    "words",
    [
        ["credentials", "x.wav"],
        ["comply", "x.wav", "--regime", "eu"],
        ["sign", "x.wav", "y.wav", "--source-type", "generated"],
        ["keys", "certificate", "create", "studio", "--organization", "x"],
    ],
)
def test_commands_of_a_base_install_say_so(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", HIDE, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'earwitness[provenance]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_commands_that_need_none_of_it_go_on() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HIDE, "keys", "list"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
