"""Weights of other people's networks: pinned by SHA-256, converted once to safetensors, never unpickled.

The order: the converted file in the cache; else the official file where the user put it or its package holds
it; else a download from the hub. Whatever the way, the official file is refused unless its SHA-256 is the one
written here, and what networks are built from is the converted file.

Not read, for want of such a pin: WavMark (its weights are a pickle on the hub, and no SHA-256 of it is
published that they could be held against) and SilentCipher (likewise; and its package 1.0.5 allows no torch
newer than 2.0, which the other schemes need).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earwitness.errors import MissingDependencyError, ModelError
from earwitness.watermark.torch_archive import Tensors, read_tensors

__all__ = ["CACHE_VARIABLE", "Checkpoint", "HubFile", "cache_folder", "converted", "load_weights"]

CACHE_VARIABLE = "EARWITNESS_CACHE"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class HubFile:
    """Where the hub keeps a file.

    revision: of the repository, so that the same bytes come every time. variable: names the folder of those
    who have the file already.
    """

    repository: str
    revision: str
    variable: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One official file. name: of the file. sha256: lower-case hex. hub: None where a package ships it."""

    name: str
    sha256: str
    hub: HubFile | None = None


def cache_folder() -> Path:
    """``EARWITNESS_CACHE``, else ``earwitness`` in the folder where this system keeps caches."""
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).expanduser()
    if configured := os.environ.get("XDG_CACHE_HOME"):
        return Path(configured) / "earwitness"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "earwitness"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "earwitness"
    return Path.home() / ".cache" / "earwitness"


def converted(checkpoint: Checkpoint) -> Path:
    """Where the converted file of this checkpoint lies, once it was converted."""
    return cache_folder() / f"{Path(checkpoint.name).stem}-{checkpoint.sha256[:16]}.safetensors"


def load_weights(
    checkpoint: Checkpoint, given: Path | None, prepare: Callable[[Tensors], Tensors], extra: str
) -> dict[str, Any]:
    """The weights as torch tensors, by name.

    given: the official file, where it lies already; None asks the hub. prepare: renames and merges what is
    in the official file, once, before it is converted. extra: what a message tells people to install.
    Raises ModelError (no such file, another SHA-256, the hub out of reach) and MissingDependencyError.
    """
    try:
        from safetensors.torch import load_file
    except ImportError as error:
        raise needs(extra, error) from error
    target = converted(checkpoint)
    if not target.is_file():
        _convert(checkpoint, given if given is not None else _download(checkpoint, extra), target, prepare)
    try:
        weights: dict[str, Any] = load_file(target)
    except Exception as error:  # safetensors has errors of its own
        raise ModelError(
            f"the converted weights are damaged ({error}).", subject=str(target), hint="Delete this file."
        ) from error
    return weights


def needs(extra: str, error: ImportError) -> MissingDependencyError:
    """What to raise when a package of an extra cannot be imported."""
    missing = f" ({error.name} is missing)" if error.name else f" ({error})"
    return MissingDependencyError(
        f"the packages of this watermark scheme are not installed{missing}.",
        subject=extra,
        hint=f"pip install 'earwitness[{extra}]'",
    )


def _convert(
    checkpoint: Checkpoint, official: Path, target: Path, prepare: Callable[[Tensors], Tensors]
) -> None:
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    _check(checkpoint, official)
    weights = prepare(read_tensors(official))
    aside = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        save_file(weights, aside, metadata={"source": checkpoint.name, "source_sha256": checkpoint.sha256})
        aside.replace(target)
    except (OSError, SafetensorError) as error:  # what goes wrong while it writes comes as its own error
        raise ModelError(
            f"the converted weights cannot be written ({getattr(error, 'strerror', None) or error}).",
            subject=str(target),
            hint=f"Set {CACHE_VARIABLE} to a folder that can be written to.",
        ) from error
    finally:
        with contextlib.suppress(OSError):  # a folder that cannot be written to holds nothing to remove
            aside.unlink(missing_ok=True)


def _check(checkpoint: Checkpoint, official: Path) -> None:
    digest = hashlib.sha256()
    try:
        with official.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise ModelError(
            f"the weights cannot be read ({error.strerror}).", subject=str(official), hint="Check the path."
        ) from error
    if digest.hexdigest() != checkpoint.sha256:
        raise ModelError(
            f"this is not the official {checkpoint.name}: its SHA-256 is {digest.hexdigest()}, "
            f"not {checkpoint.sha256}.",
            subject=str(official),
            hint="Download it again from where its makers publish it.",
        )


def _download(checkpoint: Checkpoint, extra: str) -> Path:
    """The file from the hub (kept in the hub's own cache). Raises ModelError when it cannot be had."""
    if checkpoint.hub is None:
        raise ModelError("the weights are not where their package keeps them.", hint="Reinstall it.")
    try:
        from huggingface_hub import hf_hub_download
    except ImportError as error:
        raise needs(extra, error) from error
    try:
        return Path(
            hf_hub_download(checkpoint.hub.repository, checkpoint.name, revision=checkpoint.hub.revision)
        )
    except Exception as error:  # the hub's, the network's and the disk's own
        raise ModelError(
            f"the weights cannot be downloaded from the hub ({type(error).__name__}).",
            subject=f"{checkpoint.hub.repository}/{checkpoint.name}",
            hint="Try again online, or download it elsewhere, put it into a folder and name that folder in "
            f"{checkpoint.hub.variable}.",
        ) from error
