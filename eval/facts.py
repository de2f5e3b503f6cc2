"""What a result must carry to be repeated: the command, the commit, the machine, the versions."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import earwitness

__all__ = ["command_line", "commit", "machine", "rounded", "shortened", "write_json"]

PACKAGES = ("numpy", "onnxruntime", "av", "soundfile", "soxr", "torch")


def machine() -> dict[str, Any]:
    """Processor, cores and versions; no host or user name, no path."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": versions,
    }


def _cpu_model() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def commit() -> dict[str, Any]:
    """The git commit of the code that runs, and whether tracked files differ from it; None outside git."""
    folder = Path(str(earwitness.__file__)).parent

    def git(*words: str) -> str | None:
        try:
            done = subprocess.run(
                ["git", "-C", str(folder), *words], capture_output=True, text=True, check=True
            )
        except (OSError, subprocess.CalledProcessError):
            return None
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no")
    return {"commit": git("rev-parse", "HEAD"), "modified": None if changed is None else bool(changed)}


def command_line(module: str, arguments: Sequence[str]) -> str:
    """The command as a reader can repeat it, its arguments :func:`shortened`."""
    return " ".join(["python -m", module, *shortened(arguments)])


def shortened(arguments: Sequence[str]) -> list[str]:
    """Words of a command in which folders of this machine are cut to the last two names."""
    words = []
    for argument in arguments:
        option, equals, value = argument.rpartition("=")
        path = Path(value)
        words.append(option + equals + "/".join(path.parts[-2:]) if path.is_absolute() else argument)
    return words


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a result file: indented, stable, six significant digits, in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(path.suffix + ".part")
    text = json.dumps(rounded(content), indent=1, ensure_ascii=False)
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)


def rounded(value: Any) -> Any:
    """Plain JSON types with six significant digits."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    return value
