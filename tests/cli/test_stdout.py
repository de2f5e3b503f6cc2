"""cli/stdout.py: a full device is an error and no verdict; a reader that left early is neither."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

FULL = Path("/dev/full")
PROGRAM = [str(Path(sys.executable).with_name("earwitness"))]
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="/dev/full of Linux")


@pytest.fixture
def sound(speech_like: Callable[..., np.ndarray], write_wav: Callable[..., Path]) -> Path:
    return write_wav(speech_like(3.0))


def on_full(arguments: list[object], *, buffered: bool = True, say: str = "") -> tuple[int, str]:
    """Exit code and standard error of the program, or of the Python code ``say``, that cannot print."""
    command = [sys.executable, "-c", say] if say else PROGRAM
    environment = os.environ | {"NO_COLOR": "1", "PYTHONUNBUFFERED": "" if buffered else "1"}
    with FULL.open("wb") as full:
        done = subprocess.run(
            [*command, *map(str, arguments)],
            stdout=full, stderr=subprocess.PIPE, text=True, env=environment, check=False,
        )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize(
    "options", [["check"], ["check", "--json", "--fail-on", "never"], ["scan", "-j", "1"]]
)
def test_an_answer_that_is_lost_is_an_error(sound: Path, options: list[str], *, buffered: bool) -> None:
    code, err = on_full([*options, sound], buffered=buffered)
    assert code == 2
    assert err.splitlines()[-1] == (
        "earwitness: standard output: cannot be written: No space left on device. "
        "The answer is lost: make room, or send it elsewhere."
    )
    assert err.count("standard output") == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(("option", "value"), [("-o", "-"), ("--csv", "-")])
def test_results_that_are_lost_end_a_scan(sound: Path, option: str, value: str) -> None:
    code, err = on_full(["scan", sound, option, value, "--quiet", "-j", "1"])
    assert (code, len(err.splitlines())) == (2, 1)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["models"], ["models", "--json"]])
@pytest.mark.parametrize("buffered", [True, False])
def test_what_others_print_is_told_too(arguments: list[object], *, buffered: bool) -> None:
    code, err = on_full(arguments, buffered=buffered)
    assert code == 2
    assert err.startswith("earwitness: standard output: cannot be written")
    assert "Traceback" not in err


def test_where_nothing_is_said_nothing_is_lost(sound: Path) -> None:
    assert on_full(["check", "--quiet", "--fail-on", "never", sound]) == (0, "")


def test_a_bug_is_no_full_device() -> None:
    say = (
        "from earwitness.cli.stdout import whole_output\nwith whole_output():\n    open('/nowhere/at/all')\n"
    )
    code, err = on_full([], say=say)
    assert "FileNotFoundError" in err
    assert code == 1


@pytest.mark.parametrize("arguments", [["--help"], ["scan", "-j", "1", "--quiet", "-o", "-"]])
def test_a_reader_that_left_is_no_finding(sound: Path, arguments: list[str]) -> None:
    """What ends because of it ends with 2, without a word."""
    reader, writer = os.pipe()
    os.close(reader)
    more = [str(sound)] if len(arguments) > 1 else []
    done = subprocess.run(
        [*PROGRAM, *arguments, *more], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (2, "")
