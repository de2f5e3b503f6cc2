"""The real recordings that attacks are made from, and what is known about them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from earwitness.audio import load_audio
from earwitness.errors import EmptyAudioError, SourceNotFoundError, UsageError
from earwitness.samples import Float32, resample

__all__ = ["MAX_SECONDS", "RATE", "UNKNOWN", "Real", "declared_seconds", "load_real", "read_table"]

RATE = 16_000
"""Hz of everything that the data engine writes."""
MAX_SECONDS = 1800.0
"""Of one recording: all of it is in memory at once."""
UNKNOWN = "unknown"
_SHORTEST_S = 1.0


@dataclass(frozen=True, slots=True)
class Real:
    """A recording of a person.

    path: where it is. name: its path relative to the folder or table, with forward slashes; what is drawn
    for it follows from this name. corpus, speaker, language, licence: as its owner says, else "unknown".
    """

    path: str
    name: str
    corpus: str = UNKNOWN
    speaker: str = UNKNOWN
    language: str = UNKNOWN
    licence: str = UNKNOWN


def read_table(table: Path, licence: str | None = None) -> list[Real]:
    """The rows of a table with tabs: columns path (relative to the table) and, where there are such, corpus,
    speaker, language, licence, label (rows with another one than "human" are left out).

    licence: of rows that name none. Raises SourceNotFoundError, and UsageError for a table of another form.
    """
    try:
        with table.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
    except (OSError, UnicodeDecodeError) as error:
        raise SourceNotFoundError("the table cannot be read.", subject=str(table)) from error
    if not rows or "path" not in rows[0]:
        raise UsageError(
            "the table has no rows, or no column named path.",
            subject=str(table),
            hint="The first line names the columns, with tabs between them.",
        )
    found: dict[str, Real] = {}
    for row in rows:
        if row["path"] and (row.get("label") or "human") == "human":
            found.setdefault(row["path"], _real(table.parent, row, licence or UNKNOWN))
    return list(found.values())


def _real(folder: Path, row: dict[str, str], licence: str) -> Real:
    def told(column: str, otherwise: str = UNKNOWN) -> str:
        return (row.get(column) or "").strip() or otherwise

    name = Path(row["path"]).as_posix()
    return Real(
        str(folder / row["path"]),
        name,
        told("corpus"),
        told("speaker"),
        told("language"),
        told("licence", licence),
    )


def load_real(real: Real) -> Float32:
    """Its samples (n,) at RATE, one channel, within ±1. Raises the AudioError family."""
    audio = load_audio(real.path, mono=True, max_seconds=MAX_SECONDS)
    samples = resample(np.ascontiguousarray(audio.samples[0]), audio.rate, RATE)
    if samples.size < _SHORTEST_S * RATE or not np.any(samples):
        raise EmptyAudioError(
            f"it is silent or shorter than {_SHORTEST_S:g} s.", subject=real.name, hint="It is left out."
        )
    return np.asarray(np.clip(samples, -1.0, 1.0), np.float32)


def declared_seconds(path: str) -> float:
    """Its length as the file says, without decoding it; 0 where it does not say, or is no sound."""
    import av

    try:
        with av.open(path) as container:
            return max(0.0, (container.duration or 0) / 1e6)  # FFmpeg counts microseconds
    except (OSError, ValueError):  # FFmpegError is an OSError or a ValueError
        return 0.0
