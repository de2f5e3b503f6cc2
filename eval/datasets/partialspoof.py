"""PartialSpoof (Zhang et al. 2022, arXiv 2204.05177): recordings of ASVspoof 2019 LA in which stretches were
replaced, with labels of every stretch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from earwitness.errors import UsageError
from earwitness.eval.datasets.asvspoof import BONA_FIDE
from earwitness.eval.datasets.base import Dataset, audio_folder, rows_of, the_file
from earwitness.eval.datasets.plain_pickle import load_plain
from earwitness.eval.protocols import Clip

__all__ = ["PARTIALSPOOF", "stretches"]

_PARTIAL = "CON"


def _read(folder: Path, split: str) -> Iterator[Clip]:
    protocol = the_file(folder, f"PartialSpoof.LA.cm.{split}.trl.txt")
    audio = audio_folder(folder, f"{split}/con_wav")
    for speaker, name, _, system, key, *_ in rows_of(protocol, 5):
        human = key == BONA_FIDE
        kind = "human" if human else "partial" if system == _PARTIAL else system
        yield Clip(
            audio / f"{name}.wav", not human, "partialspoof", kind, kind, f"partialspoof/{speaker}", "en"
        )


def stretches(folder: Path, split: str, step_s: float = 0.16) -> dict[str, list[tuple[float, float]]]:
    """Of each recording by name, where it is synthetic: begins and ends in seconds, in steps of ``step_s``.

    Its label files hold "1" for human and "0" for synthetic, as the speech community's. They are pickles of
    a dictionary of arrays, and are read without running what is in them: only such a dictionary is accepted.
    Raises SourceNotFoundError and UsageError.
    """
    path = the_file(folder, f"{split}_seglab_{step_s:g}.npy")
    found = {}
    for name, labels in _labels(path).items():
        synthetic = np.concatenate([[False], labels == "0", [False]])
        edges = np.flatnonzero(synthetic[1:] != synthetic[:-1]).reshape(-1, 2)
        found[name] = [(round(begin * step_s, 6), round(end * step_s, 6)) for begin, end in edges.tolist()]
    return found


def _labels(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    content = load_plain(path)
    if not isinstance(content, dict) or not content:
        raise UsageError("it holds no labels by name.", subject=str(path))
    found = {str(name): np.asarray(labels).astype(str).ravel() for name, labels in content.items()}
    if any(not np.isin(labels, ("0", "1")).all() for labels in found.values()):
        raise UsageError("it holds labels other than 0 and 1.", subject=str(path))
    return found


PARTIALSPOOF = Dataset(
    "partialspoof",
    "PartialSpoof",
    ("eval", "dev", "train"),
    "CC BY 4.0",
    "database/protocols/PartialSpoof_LA_cm_protocols/PartialSpoof.LA.cm.eval.trl.txt and "
    "database/eval/con_wav/*.wav",
    _read,
)
