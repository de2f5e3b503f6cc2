"""What starting and checking may load: measured in fresh interpreters, not in this one."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

# Recorded even where the package is absent: the question is who asks for it.
FORBIDDEN = ["librosa", "matplotlib", "pandas", "scipy", "sklearn", "torch", "torchaudio"]
SPY = f"""
import json, sys
asked = set()
class Spy:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {FORBIDDEN!r}:
            asked.add(name)
        return None
sys.meta_path.insert(0, Spy())
"""
# Processor seconds. The targets (0.5 s and 2 s of wall-clock time) are for a quiet machine.
VERSION_SECONDS = 0.6
FIRST_CHECK_SECONDS = 5.0

Sound = Callable[..., npt.NDArray[np.float32]]


def python(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def program() -> str:
    return str(Path(sys.executable).with_name("earwitness"))


def test_import_loads_nothing_but_itself() -> None:
    code = """
import sys
before = set(sys.modules)
import earwitness
print(sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""
    loaded = python(code)
    for heavy in ("numpy", "onnxruntime", "av", "pydantic", "fastapi", "typer", "rich", "soundfile"):
        assert f"'{heavy}'" not in loaded


def test_every_exported_name_can_be_loaded() -> None:
    import earwitness

    for name in earwitness.__all__:
        assert getattr(earwitness, name) is not None
    assert set(earwitness.__all__) <= set(dir(earwitness))


def test_unknown_name_is_an_attribute_error() -> None:
    import earwitness

    with pytest.raises(AttributeError, match="no attribute 'detect_everything'"):
        _ = earwitness.detect_everything


def test_check_asks_for_no_training_package(speech_like: Sound, write_wav: Callable[..., Path]) -> None:
    path = write_wav(speech_like(5.0))
    code = (
        SPY
        + """
import earwitness
report = earwitness.check(sys.argv[1])
print(json.dumps([sorted(asked), report.to_dict()["verdict"], len(report.models)]))
"""
    )
    asked, verdict, models = json.loads(python(code, str(path)))
    assert asked == []
    assert verdict
    assert models > 0, "the check must really have run a model"


def test_cli_and_api_ask_for_no_training_package() -> None:
    code = (
        SPY
        + """
import earwitness.cli.main, earwitness.api.app
print(json.dumps(sorted(asked)))
"""
    )
    assert json.loads(python(code)) == []


def cpu_seconds(command: list[str], codes: tuple[int, ...]) -> float:
    """Processor time of a command, second run of two: the first may compile and fill caches.

    Not wall-clock time, which on a busy machine says more about its other work.
    """
    spent = 0.0
    for _ in range(2):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        assert done.returncode in codes, done.stderr
    return spent


def test_version_answers_at_once() -> None:
    assert cpu_seconds([program(), "--version"], (0,)) < VERSION_SECONDS


def test_first_check_of_ten_seconds_is_quick(speech_like: Sound, write_wav: Callable[..., Path]) -> None:
    path = write_wav(speech_like(10.0))
    assert cpu_seconds([program(), "check", str(path)], (0, 1, 3)) < FIRST_CHECK_SECONDS
