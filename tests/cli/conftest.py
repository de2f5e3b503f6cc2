"""Reports, and a front door that answers what the file's text says, for tests of the commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from earwitness.errors import NotAudioError, SourceNotFoundError
from earwitness.report import Report


@pytest.fixture
def fake_examine(monkeypatch: pytest.MonkeyPatch, make_report: Callable[..., Report]) -> list[dict[str, Any]]:
    """Replaces ``examine``: a file holds a verdict and an LLR, or ``bad`` or ``bug``. Notes each call."""
    from earwitness import examine as module
    from earwitness.samples import Audio

    calls: list[dict[str, Any]] = []

    def examine(source: Any, *, name: str | None = None, picture: Any = None, **options: Any) -> Report:
        calls.append({"source": source, "name": name, "picture": picture, **options})
        if hasattr(source, "read"):
            text = source.read().decode()
        else:
            path = Path(source)
            if not path.exists():
                raise SourceNotFoundError("no such file.", subject=str(source), hint="Check the path.")
            text = path.read_text()
        if text.startswith("bad"):
            raise NotAudioError("this is text.", subject=str(source))
        if text.startswith("bug"):
            raise ZeroDivisionError("oops")
        verdict, llr = text.split()
        if picture is not None:
            picture.push(Audio(samples=np.zeros((1, 320_000), dtype=np.float32), rate=16_000))
        return make_report(
            verdict,
            None if llr == "none" else float(llr),
            name=name or Path(source).name,
            prior=options["prior"],
        )

    monkeypatch.setattr(module, "examine", examine)
    return calls


@pytest.fixture
def earwitness(capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., tuple[int, str, str]]:
    """``earwitness("check", path, ...)``: runs the command in this process; (exit code, stdout, stderr)."""
    from earwitness.cli.main import run

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return int(ended.value.code or 0), out.decode(), err.decode()

    return call


@pytest.fixture
def recordings(tmp_path: Path) -> dict[str, Path]:
    """One file an outcome, by name."""
    texts = {
        "human": "likely_human -4",
        "synthetic": "synthetic 6",
        "likely": "likely_synthetic 2",
        "partly": "partly_synthetic 0.5",
        "open": "inconclusive 0.1",
        "short": "inconclusive none",
        "bad": "bad",
        "bug": "bug",
    }
    paths = {name: tmp_path / f"{name}.wav" for name in texts}
    for name, text in texts.items():
        paths[name].write_text(text)
    return paths
