"""Python packages that speak: imported when they are asked for, their networks loaded when they are used."""

from __future__ import annotations

import importlib
import os
from importlib import metadata
from pathlib import Path
from typing import Any

from earwitness.errors import MissingDependencyError, ModelError

__all__ = ["load_network", "named_path", "package", "version_of"]


def package(module: str, engine: str, install: str) -> Any:
    """The module. install: how to get its package, a sentence. Raises MissingDependencyError."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingDependencyError(
            f"its package cannot be imported ({error}).", subject=engine, hint=install
        ) from error


def version_of(distribution: str) -> str:
    """Of an installed package; "" where that is not told."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return ""


def named_path(variable: str, engine: str) -> Path | None:
    """The path that an environment variable names; None where it is unset or empty.

    Raises ModelError where there is nothing at that path.
    """
    named = os.environ.get(variable)
    if not named:
        return None
    path = Path(named).expanduser()
    if not path.exists():
        raise ModelError(
            f"{variable} names a path at which there is nothing: {path}", subject=engine, hint="Correct it."
        )
    return path


def load_network(path: Path, threads: int, engine: str) -> Any:
    """An ONNX Runtime session on the CPU. Raises ModelError for a file that is missing or no network."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3  # its warnings are for those who made the network
    try:
        return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
    except Exception as error:  # the runtime has a class of its own for each thing that may be wrong
        raise ModelError(
            f"{path.name} cannot be loaded as a network ({type(error).__name__}).",
            subject=engine,
            hint="Get the file again.",
        ) from error
