"""Recordings collected where they spread: In-the-Wild (Müller et al. 2022, arXiv 2203.16263) and
Deepfake-Eval-2024 (Chandra et al. 2025, arXiv 2503.02857)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from earwitness.errors import UsageError
from earwitness.eval.datasets.base import Dataset, the_file
from earwitness.eval.protocols import Clip

__all__ = ["DEEPFAKE_EVAL_2024", "IN_THE_WILD"]

_HUMAN, _SYNTHETIC = ("bona-fide", "bonafide", "real"), ("spoof", "fake")


def _table(path: Path, *columns: str) -> Iterator[dict[str, str]]:
    """Rows by lower-case column. Raises UsageError without one of ``columns``."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            named = {str(name).strip().lower(): str(value or "").strip() for name, value in row.items()}
            if missing := [column for column in columns if column not in named]:
                raise UsageError(f"it has no column {missing[0]!r}.", subject=str(path))
            yield named


def _clip(path: Path, label: str, meta: Path, corpus: str, speaker: str, language: str) -> Clip:
    """Raises UsageError for a label of ``meta`` that is not known."""
    synthetic = label.lower() in _SYNTHETIC
    if not synthetic and label.lower() not in _HUMAN:
        raise UsageError(f"{label!r} is no label that is known.", subject=str(meta))
    kind = "unknown" if synthetic else "human"
    return Clip(path, synthetic, corpus, kind, kind, speaker, language)


def _read_in_the_wild(folder: Path, split: str) -> Iterator[Clip]:  # noqa: ARG001 -- it has one
    meta = the_file(folder, "meta.csv")
    for row in _table(meta, "file", "speaker", "label"):
        path = meta.parent / row["file"]
        yield _clip(path, row["label"], meta, "in-the-wild", f"itw/{row['speaker']}", "en")


def _read_deepfake_eval(folder: Path, split: str) -> Iterator[Clip]:
    """Rows whose truth is unknown are left out, as its authors do."""
    meta = the_file(folder, "audio-metadata-publish.csv")
    for row in _table(meta, "filename", "ground truth"):
        if row["ground truth"].lower() == "unknown":
            continue
        if split != "all" and row.get("finetuning set", "").lower() != split:
            continue
        path = meta.parent / "audio-data" / row["filename"]
        yield _clip(path, row["ground truth"], meta, "deepfake-eval-2024", "", row.get("language", ""))


IN_THE_WILD = Dataset(
    "in-the-wild",
    "In-the-Wild: politicians and celebrities",
    ("all",),
    "Apache-2.0",
    "release_in_the_wild/meta.csv and *.wav beside it",
    _read_in_the_wild,
)
DEEPFAKE_EVAL_2024 = Dataset(
    "deepfake-eval-2024",
    "Deepfake-Eval-2024, audio",
    ("test", "train", "all"),
    "CC BY-SA 4.0 (on request)",
    "audio-metadata-publish.csv and audio-data/*",
    _read_deepfake_eval,
)
