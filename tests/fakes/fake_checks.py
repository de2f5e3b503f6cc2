"""Checks for tests of what surrounds a check: the file's text says what happens.

Importable in spawned workers (the tests put this folder on ``sys.path``). First word of the file:
a number (the LLR), ``kill`` (the worker dies), ``error``, ``bug``, ``hang``, ``slow LLR``,
``wait FILE LLR`` (until the file exists).
"""

from __future__ import annotations

import hashlib
import math
import os
import signal
import sys
import time
from pathlib import Path

from earwitness.errors import AudioDecodeError, ModelError, SourceNotFoundError
from earwitness.examine_task import Examined, ExamineTask
from earwitness.report import FileFacts, ModelInfo, Quality, Report, Verdict

MODEL = ModelInfo(
    name="fake", version=os.environ.get("FAKE_MODEL_VERSION", "1"), kind="detector", sha256="00" * 32
)


def load_fake() -> tuple[ModelInfo, ...]:
    """Stands in for ``load_models``."""
    return (MODEL,)


def load_broken() -> tuple[ModelInfo, ...]:
    """Weights that cannot be loaded."""
    raise ModelError("the weights are damaged.", subject="fake.onnx")


def fake_check(task: ExamineTask) -> Examined:
    """Stands in for ``examine_task``; notes each call in the file that FAKE_CHECK_LOG names."""
    if log := os.environ.get("FAKE_CHECK_LOG"):
        with Path(log).open("a") as file:
            file.write(task.name + "\n")
    try:
        data = Path(task.path).read_bytes()
    except FileNotFoundError as error:
        raise SourceNotFoundError("no such file.", subject=task.name) from error
    words = data.removeprefix(b"ID3 ").decode().split()
    if words[0] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if words[0] == "error":
        raise AudioDecodeError("the content is broken.", subject=task.name, hint="Get another copy.")
    if words[0] == "bug":
        raise ZeroDivisionError("a bug")
    if words[0] == "hang":
        time.sleep(600)
    if words[0] == "wait":
        while not Path(words[1]).exists():
            time.sleep(0.01)
    if words[0] == "slow":
        time.sleep(0.15)
    return _examined(task, data, float(words[-1]))


def _examined(task: ExamineTask, data: bytes, llr: float) -> Examined:
    p = 1 / (1 + math.exp(-llr))
    verdict = Verdict.SYNTHETIC if llr > 2 else Verdict.LIKELY_HUMAN if llr < -2 else Verdict.INCONCLUSIVE
    report = Report(
        file=FileFacts(
            name=task.name,
            sha256=hashlib.sha256(data).hexdigest(),
            size_bytes=len(data),
            duration_s=10.0,
            container="fake",
            codec="fake",
            sample_rate=16000,
            channels=1,
        ),
        verdict=verdict,
        p_synthetic=p,
        llr_synthetic=llr,
        reason=f"The file says {llr}." + (" It was to be explained." if task.explain else ""),
        quality=Quality(speech_s=8.0, usable=True),
        warnings=("A <b>warning</b>.",) if llr > 5 else (),
        models=(MODEL,),
    )
    return Examined(report.to_json(), verdict, p, llr, 10.0)


def scan_main() -> None:
    """``earwitness`` with the fake check: for tests that need the whole process."""
    from earwitness.cli import scan_command
    from earwitness.cli.main import run

    scan_command.examine_task = fake_check  # type: ignore[assignment]
    scan_command.load_models = load_fake  # type: ignore[assignment]
    run(sys.argv[1:])
