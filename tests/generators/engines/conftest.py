"""Stand-ins for programs that speak: little scripts on a PATH of their own that note how they are called."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from earwitness.errors import MissingDependencyError, NotOfferedError, TextError, VoiceError
from earwitness.generators.base import Ability, Generator

# What a script may use: how it was called, and a way to write sound.
_PREAMBLE = """#!{python} -IS
import json, os, signal, struct, sys, time, wave
options = sys.argv[1:]

def after(flag):
    return options[options.index(flag) + 1]

def tone(path, rate=16000, seconds=0.5, level=8000, channels=1):
    with wave.open(path, "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        count = round(seconds * rate) * channels
        values = [level if k // channels // 40 % 2 else -level for k in range(count)]
        file.writeframes(struct.pack(f"<{{len(values)}}h", *values))

given = sys.stdin.buffer.read().decode("utf-8", "replace")
called = {{"program": os.path.basename(sys.argv[0]), "options": options, "given": given}}
called["locale"] = os.environ.get("LC_ALL")
with open({log!r}, "a", encoding="utf-8") as file:
    file.write(json.dumps(called) + "\\n")
"""


class FakePrograms:
    """A folder of scripts, which is all that the PATH has."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder, self.log = root, root / "bin", root / "calls.jsonl"
        self.folder.mkdir()

    def add(self, name: str, body: str) -> Path:
        """A program; ``body`` is Python, see _PREAMBLE for what it may use."""
        path = self.folder / name
        path.write_text(_PREAMBLE.format(python=sys.executable, log=str(self.log)) + body, encoding="utf-8")
        path.chmod(0o755)
        return path

    def calls(self) -> list[dict[str, Any]]:
        """What was called, in order: program, options, given (standard input), locale."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePrograms:
    """No program but those that the test adds."""
    fakes = FakePrograms(tmp_path)
    monkeypatch.setenv("PATH", str(fakes.folder))
    return fakes


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    """Puts a module of that name, with these attributes, in the place of whatever is installed."""

    def put(name: str, **attributes: Any) -> ModuleType:
        made = ModuleType(name)
        vars(made).update(attributes)
        monkeypatch.setitem(sys.modules, name, made)
        return made

    return put


@pytest.fixture
def no_module(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes a module impossible to import, installed or not."""
    return lambda name: monkeypatch.setitem(sys.modules, name, None)


@pytest.fixture
def real() -> Callable[[Callable[[], Generator]], Generator]:
    """The engine itself, looked at as a speaker of texts; the test is skipped where it is not installed."""

    def tried(factory: Callable[[], Generator]) -> Generator:
        try:
            engine = factory()
        except MissingDependencyError as error:
            pytest.skip(str(error))
        _keeps_its_word(engine)
        return engine

    return tried


def _keeps_its_word(engine: Generator) -> None:
    info = engine.info
    assert isinstance(engine, Generator)
    assert info.offers == {Ability.SYNTHESIZE}
    assert info.voices
    assert info.languages
    text = "-v hello, this is a test."
    made = engine.synthesize(text, seed=3)
    assert (made.rate, str(made.samples.dtype), made.samples.ndim) == (info.rate, "float32", 1)
    assert 0.05 < np.abs(made.samples).max() <= 1
    assert 1.0 < made.seconds < 6.0, "a text that begins with a dash is spoken as well"
    np.testing.assert_array_equal(made.samples, engine.synthesize(text, seed=3).samples)
    assert engine.synthesize(f"{text} And another sentence.").seconds > made.seconds
    with pytest.raises(VoiceError, match=info.voices[0].replace("+", ".")):
        engine.synthesize(text, voice="humbert")
    for nothing in ("", " \n", "?!", "\N{GRINNING FACE}", "a" * 20_001):
        with pytest.raises(TextError):
            engine.synthesize(nothing)
    with pytest.raises(NotOfferedError):
        engine.resynthesize(made)
