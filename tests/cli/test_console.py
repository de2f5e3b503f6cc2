"""A reader that leaves early changes nothing: neither the exit code nor what is said on stderr."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SAY_LINES = "from earwitness.cli.console import write_line\nfor _ in range(3): write_line('x')\n"
SAY_RICH = (
    "from earwitness.cli.console import PatientConsole\nconsole = PatientConsole()\n"
    "for _ in range(3): console.print('x' * 70_000)\n"
)


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize("say", [SAY_LINES, SAY_RICH], ids=["lines", "rich"])
def test_without_a_reader_the_work_goes_on(say: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", say + "import sys\nsys.exit(3)"],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert done.returncode == 3
    assert done.stderr == ""


def test_lines_come_out_whole() -> None:
    say = "from earwitness.cli.console import write_line\nwrite_line('[bold]' + 'x' * 500)"
    done = subprocess.run([sys.executable, "-c", say], capture_output=True, text=True, check=True)
    assert done.stdout == "[bold]" + "x" * 500 + "\n"
