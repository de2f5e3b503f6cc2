"""Programs that speak: found on the PATH, run without a shell, and never trusted to do well.

A text reaches a program as a file or through its standard input, so that one that begins with "-" is spoken
and not read as an option. Exit codes, empty files and programs that hang become errors that name the engine.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile

from earwitness.errors import EarWitnessError, MissingDependencyError
from earwitness.generators.base import Speech
from earwitness.generators.engines.base import as_speech

__all__ = ["Program", "find_program"]

_QUESTION_S = 30.0
# Of speaking: the slowest engine needs 1 ms a character on an idle machine.
_SPEAK_S, _SPEAK_S_A_CHARACTER = 60.0, 0.05
_MOST_TOLD = 200  # characters of a program's complaint


@dataclass(frozen=True, slots=True)
class Program:
    """engine: our name for it. path: of the program. install: how to get it, a sentence."""

    engine: str
    path: Path
    install: str

    @property
    def prefix(self) -> Path:
        """Where it was installed: ``/usr`` for ``/usr/bin/flite``; its data lie in ``share`` there."""
        return self.path.resolve().parent.parent

    def ask(self, *options: str, strict: bool = True) -> str:
        """What it says (standard output and error) when called with these options.

        strict: an exit code other than 0 is an error (some end with 1 where nothing is wrong). Raises
        EarWitnessError where it fails or takes longer than half a minute.
        """
        said, complaint = self._run(options, None, _QUESTION_S, strict=strict)
        return (said + b"\n" + complaint).decode("utf-8", "replace")

    def speak(self, text: str, options: Callable[[str, str], list[str]], encoding: str = "utf-8") -> Speech:
        """The sound that it makes of a text.

        options: given the path of a file with the text, which is its standard input as well, and the path of
        the WAV file that it shall write. Raises EarWitnessError where it fails, hangs or writes no sound.
        """
        seconds = _SPEAK_S + _SPEAK_S_A_CHARACTER * len(text)
        with tempfile.TemporaryDirectory(prefix="earwitness-") as folder:
            said, made = Path(folder, "said.txt"), Path(folder, "made.wav")
            said.write_bytes((text + "\n").encode(encoding))
            self._run(options(str(said), str(made)), said, seconds)
            return self._sound(made)

    def _sound(self, path: Path) -> Speech:
        if not path.is_file() or not path.stat().st_size:
            raise self._wrong("wrote no sound")
        try:
            samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        except (OSError, RuntimeError, ValueError) as error:  # soundfile's own errors are RuntimeErrors
            raise self._wrong("wrote a file that is no sound") from error
        return as_speech(samples.mean(axis=1), int(rate), self.engine)

    def _run(
        self, options: Sequence[str], given: Path | None, seconds: float, *, strict: bool = True
    ) -> tuple[bytes, bytes]:
        """Standard output and error of a run that ended well (in any way, if not strict)."""
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="earwitness-"))
            source = stack.enter_context(given.open("rb")) if given else subprocess.DEVNULL
            try:
                process = subprocess.Popen(
                    [str(self.path), *options],
                    stdin=source,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    cwd=folder,
                    # Texts are UTF-8 and numbers have points, whatever the user's terminal is set to.
                    env={**os.environ, "LC_ALL": "C.UTF-8"},
                    start_new_session=True,  # some start others; all of them must end
                )
            except OSError as error:
                raise self._wrong(f"cannot be started ({error.strerror})") from error
            said, complaint = self._wait(process, seconds)
        if process.returncode and strict:
            raise self._wrong(f"failed ({_how(process.returncode)}{_told(complaint or said)})")
        return said, complaint

    def _wait(self, process: subprocess.Popen[bytes], seconds: float) -> tuple[bytes, bytes]:
        try:
            return process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise self._wrong(f"took longer than {seconds:.0f} seconds and was stopped") from error
        finally:
            if process.returncode is None:  # too slow, or somebody pressed Ctrl-C
                _stop(process)

    def _wrong(self, what: str) -> EarWitnessError:
        return EarWitnessError(
            f"the program {self.path.name} {what}.",
            subject=self.engine,
            hint=f"Try another text or voice; if it stays, install it again. {self.install}",
        )


def find_program(engine: str, program: str, install: str) -> Program:
    """The program on the PATH. install: how to get it, a sentence. Raises MissingDependencyError."""
    found = shutil.which(program)
    if found is None:
        raise MissingDependencyError(
            f"it needs the program {program}, which is not installed.", subject=engine, hint=install
        )
    return Program(engine, Path(found), install)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End it and what it started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.communicate()


def _how(code: int) -> str:
    if code > 0:
        return f"exit code {code}"
    try:
        return f"ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"


def _told(complaint: bytes) -> str:
    """The last line of what it said, where it said something."""
    lines = complaint.decode("utf-8", "replace").split("\n")
    plain = ["".join(one if one.isprintable() else " " for one in line).strip() for line in lines]
    last = next((line for line in reversed(plain) if line), "")
    return f": {last[:_MOST_TOLD]}" if last else ""
