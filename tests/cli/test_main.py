"""The door of the command line: fast, lazy, with one exit for everything that goes wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_terminal import interruptible

import earwitness
from earwitness.cli.main import COMMANDS

Call = Callable[..., tuple[int, str, str]]
PROGRAM = str(Path(sys.executable).with_name("earwitness"))


def test_version(earwitness: Call) -> None:
    code, out, _ = earwitness("--version")
    assert code == 0
    assert out == f"earwitness {sys.modules['earwitness'].__version__}\n"


def test_the_package_can_be_run() -> None:
    command = [sys.executable, "-m", "earwitness"]
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"earwitness {earwitness.__version__}\n"
    assert subprocess.run([*command, "chekc"], capture_output=True, check=False).returncode == 2


def test_version_loads_no_command_and_no_numbers() -> None:
    code = (
        "import sys\nfrom earwitness.cli.main import run\n"
        "try: run(['--version'])\nexcept SystemExit: pass\n"
        "print([m for m in ('numpy', 'pydantic', 'onnxruntime', 'av', 'fastapi', 'earwitness.cli.check') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"earwitness {earwitness.__version__}", "[]"]


@pytest.mark.parametrize("command", list(COMMANDS))
def test_help_of_every_command_shows_examples_and_loads_nothing_heavy(command: str) -> None:
    code = (
        f"import sys\nfrom earwitness.cli.main import run\n"
        f"try: run([{command!r}, '--help'])\nexcept SystemExit as e: assert not e.code\n"
        "print([m for m in ('numpy', 'onnxruntime', 'av', 'fastapi', 'uvicorn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"earwitness {command}" in done.stdout
    assert "Examples" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_lists_every_command(earwitness: Call) -> None:
    code, out, _ = earwitness("--help")
    assert code == 0
    for command in COMMANDS:
        assert f" {command} " in out
    assert "Exit codes" in out


@pytest.mark.parametrize("arguments", [["chekc"], ["check"], ["check", "--nonsense", "x"], ["--nonsense"]])
def test_wrong_usage_is_2(earwitness: Call, arguments: list[str]) -> None:
    code, out, err = earwitness(*arguments)
    assert code == 2
    assert err
    assert not out


def test_an_error_of_ours_is_one_line(earwitness: Call) -> None:
    code, _, err = earwitness("check", "x.wav", "--prior", "1.5")
    assert code == 2
    assert err.splitlines() == [
        "earwitness: --prior: must lie between 0 and 1, both excluded. Equal odds are 0.5."
    ]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_ends_with_130_and_no_traceback(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe.wav"
    os.mkfifo(fifo)  # nobody writes: the check waits for bytes
    process = subprocess.Popen(
        [PROGRAM, "check", str(fifo)], stderr=subprocess.PIPE, text=True, preexec_fn=interruptible
    )
    time.sleep(4)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(shell: str) -> None:
    environment = os.environ | {"_EARWITNESS_COMPLETE": f"source_{shell}"}
    done = subprocess.run([PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert "earwitness" in done.stdout


def test_completion_offers_the_commands() -> None:
    environment = os.environ | {
        "_EARWITNESS_COMPLETE": "complete_bash",
        "COMP_WORDS": "earwitness ",
        "COMP_CWORD": "1",
    }
    done = subprocess.run([PROGRAM], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == list(COMMANDS)
