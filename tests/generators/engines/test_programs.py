"""generators/engines/programs.py: whatever a program does wrong becomes an error that helps."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from earwitness.errors import EarWitnessError, MissingDependencyError
from earwitness.generators.engines import programs as under_test
from earwitness.generators.engines.programs import Program, find_program

GET_IT = "Debian and Ubuntu: apt install kazoo"


def kazoo(programs: Any, body: str) -> Program:
    programs.add("kazoo", body)
    return find_program("humming", "kazoo", GET_IT)


def speak(program: Program, text: str = "Hello.") -> Any:
    return program.speak(text, lambda said, made: ["-f", said, "-o", made])


def test_a_program_that_is_not_there_is_named_with_a_way_to_get_it(programs: Any) -> None:
    with pytest.raises(MissingDependencyError, match=f"humming: it needs the program kazoo.*{GET_IT}"):
        find_program("humming", "kazoo", GET_IT)
    assert kazoo(programs, "").prefix == programs.root


def test_texts_arrive_as_a_file_and_as_standard_input(programs: Any) -> None:
    copy = programs.root / "copy.txt"
    body = f"tone(after('-o'), 11025); open({str(copy)!r}, 'wb').write(open(after('-f'), 'rb').read())"
    made = speak(kazoo(programs, body), "--help na\N{LATIN SMALL LETTER I WITH DIAERESIS}ve")
    assert (made.rate, made.samples.dtype, made.samples.size) == (11_025, np.float32, 5_512)
    assert np.abs(made.samples).max() == pytest.approx(8000 / 32768)
    (call,) = programs.calls()
    assert call["given"] == "--help na\N{LATIN SMALL LETTER I WITH DIAERESIS}ve\n"
    assert copy.read_text(encoding="utf-8") == call["given"]
    assert call["locale"] == "C.UTF-8"
    assert "--help" not in call["options"]
    assert not Path(call["options"][1]).parent.exists(), "nothing is left behind"


def test_several_channels_become_one(programs: Any) -> None:
    assert speak(kazoo(programs, "tone(after('-o'), channels=2)")).samples.shape == (8_000,)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            "print('noise'); print('no such\\x1bvoice', file=sys.stderr); sys.exit(3)",
            "exit code 3: no such voice",
        ),
        ("print('only here'); sys.exit(1)", "exit code 1: only here"),
        ("sys.exit(7)", r"failed \(exit code 7\)"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "ended by SIGKILL"),
        ("", "wrote no sound"),
        ("open(after('-o'), 'w')", "wrote no sound"),
        ("open(after('-o'), 'w').write('no sound at all')", "wrote a file that is no sound"),
    ],
)
def test_failures_name_engine_program_and_way_out(body: str, told: str, programs: Any) -> None:
    with pytest.raises(EarWitnessError, match=f"^humming: the program kazoo .*{told}.*{GET_IT}$"):
        speak(kazoo(programs, body))


def test_a_program_that_cannot_be_started_is_named(programs: Any) -> None:
    program = kazoo(programs, "")
    program.path.write_text("#!/no/such/interpreter\n", encoding="utf-8")
    with pytest.raises(EarWitnessError, match="cannot be started"):
        speak(program)


def test_a_program_that_hangs_is_stopped_with_what_it_started(
    programs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "_SPEAK_S", 1.0)
    child = programs.root / "child"
    body = f"""
pid = os.fork()
if pid:
    open({str(child)!r}, "w").write(str(pid))
time.sleep(60)
"""
    began = time.monotonic()
    with pytest.raises(EarWitnessError, match="kazoo took longer than 1 seconds and was stopped"):
        speak(kazoo(programs, body))
    assert time.monotonic() - began < 20
    if child.exists():  # on a very busy machine it may have been stopped before
        assert not _runs(int(child.read_text()))


def _runs(pid: int) -> bool:
    """A process that waits to be fetched by whoever inherited it has ended, too."""
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return False
        time.sleep(0.05)
    return True


def test_questions_are_answered_on_both_channels(programs: Any) -> None:
    program = kazoo(programs, "print('one'); print('two', file=sys.stderr); sys.exit(len(options) - 1)")
    assert program.ask("--version").split() == ["one", "two"]
    with pytest.raises(EarWitnessError, match="exit code 1"):
        program.ask("--version", "x")
    assert program.ask("--version", "x", strict=False).split() == ["one", "two"]
