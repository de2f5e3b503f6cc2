"""What starting and checking may load: measured in fresh interpreters, not in this one."""

from __future__ import annotations

import json
import subprocess
import sys
import time
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
# The target is 0.5 s on a quiet machine; a shared CI machine gets room.
VERSION_SECONDS = 2.0
FIRST_CHECK_SECONDS = 8.0

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


def best_seconds(command: list[str], runs: int, codes: tuple[int, ...]) -> float:
    best = float("inf")
    for _ in range(runs):
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        best = min(best, time.perf_counter() - began)
        assert done.returncode in codes, done.stderr
    return best


def test_version_answers_at_once() -> None:
    assert best_seconds([program(), "--version"], 3, (0,)) < VERSION_SECONDS


def test_first_check_of_ten_seconds_is_quick(speech_like: Sound, write_wav: Callable[..., Path]) -> None:
    path = write_wav(speech_like(10.0))
    assert best_seconds([program(), "check", str(path)], 2, (0, 1, 3)) < FIRST_CHECK_SECONDS
