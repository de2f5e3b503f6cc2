"""Which recordings the watermark bench marks, and what it mixes them with.

Speech comes from a manifest as ``earwitness.eval.corpora`` writes it: recordings of 6 s and more, at most six
a speaker, languages taken in turn, so that every first part of the list is as mixed as the whole. Left out
are recordings that the scheme was tuned on, or its null measured with (``watermark_tuning.tsv``).
Music comes from a folder: one excerpt of 8 s from each piece.
"""

from __future__ import annotations

import csv
import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from earwitness.audio import load_audio
from earwitness.errors import AudioError, SourceNotFoundError, UsageError
from earwitness.eval.score_cache import file_sha256

Float32 = npt.NDArray[np.float32]

__all__ = ["RATE", "Recording", "music", "samples_of", "speech", "tuned_on"]

RATE = 16_000
SHORTEST_S, LONGEST_S = 6.0, 8.0
A_SPEAKER = 6
SUFFIXES = {".flac", ".wav", ".ogg", ".mp3", ".opus", ".m4a"}


@dataclass(frozen=True, slots=True)
class Recording:
    """One clip of the bench. kind: "speech" or "music". language, speaker: "" for music."""

    path: Path
    sha256: str
    kind: str
    corpus: str
    language: str = ""
    speaker: str = ""


def tuned_on() -> set[tuple[str, str]]:
    """(corpus, source_id) of the recordings that must not be in the bench."""
    text = resources.files("earwitness.eval").joinpath("watermark_tuning.tsv").read_text(encoding="utf-8")
    return {(row["corpus"], row["source_id"]) for row in csv.DictReader(text.splitlines(), delimiter="\t")}


def speech(manifest: Path, count: int, seed: int) -> list[Recording]:
    """``count`` recordings, or as many as there are. Raises SourceNotFoundError, UsageError."""
    if not manifest.is_file():
        raise SourceNotFoundError("there is no such manifest.", subject=str(manifest))
    with manifest.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    wanted = {"path", "corpus", "speaker", "language", "source_id"}
    if rows and not wanted <= set(rows[0]):
        raise UsageError(
            f"columns are missing: {', '.join(sorted(wanted - set(rows[0])))}.", subject=str(manifest)
        )
    forbidden = tuned_on()
    random.Random(seed).shuffle(rows)
    by_language: dict[str, list[dict[str, str]]] = defaultdict(list)
    taken: dict[str, int] = defaultdict(int)
    for row in rows:
        if (row["corpus"], row["source_id"]) in forbidden or taken[row["speaker"]] >= A_SPEAKER:
            continue
        if soundfile.info(manifest.parent / row["path"]).duration >= SHORTEST_S:
            taken[row["speaker"]] += 1
            by_language[row["language"]].append(row)
    return [_speech(row, manifest.parent) for row in _in_turn(list(by_language.values()))[:count]]


def _in_turn(groups: Sequence[list[dict[str, str]]]) -> list[dict[str, str]]:
    """The first of every group, then the second of every group that has one, and so on.

    Within a group speakers take turns as well.
    """
    ordered = []
    for group in groups:
        seen: dict[str, int] = defaultdict(int)
        rank = []
        for row in group:
            rank.append(seen[row["speaker"]])
            seen[row["speaker"]] += 1
        ordered.append([row for _, row in sorted(zip(rank, group, strict=True), key=lambda pair: pair[0])])
    longest = max((len(group) for group in ordered), default=0)
    return [group[k] for k in range(longest) for group in ordered if k < len(group)]


def _speech(row: dict[str, str], folder: Path) -> Recording:
    path = folder / row["path"]
    return Recording(path, file_sha256(path), "speech", row["corpus"], row["language"], row["speaker"])


def music(folder: Path | None, seed: int, cache: Path) -> list[Recording]:
    """One excerpt of each piece in ``folder``, written to ``cache`` as 16-kHz FLAC.

    Raises SourceNotFoundError.
    """
    if folder is None:
        return []
    pieces = sorted(
        p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.stat().st_size > 500_000
    )
    if not pieces:
        raise SourceNotFoundError(
            "no music here.", subject=str(folder), hint=f"Known: {', '.join(sorted(SUFFIXES))}."
        )
    cache.mkdir(parents=True, exist_ok=True)
    found = []
    for piece in pieces:
        name = hashlib.sha256(f"{seed}/{file_sha256(piece)}".encode()).hexdigest()[:16]
        target = cache / f"{name}.flac"
        if not target.exists():
            try:
                whole = load_audio(piece, rate=RATE, mono=True).mono()
            except AudioError:
                continue  # a damaged piece of the source: the others do
            n = round(LONGEST_S * RATE)
            middle = len(whole) // 2
            soundfile.write(target, whole[middle : middle + n], RATE, subtype="PCM_16")
        found.append(Recording(target, file_sha256(target), "music", piece.stem))
    return found


@lru_cache(maxsize=64)
def samples_of(path: Path) -> Float32:
    """The first 8 s at 16 kHz, mono, shape (n,)."""
    return load_audio(path, rate=RATE, mono=True).mono()[: round(LONGEST_S * RATE)]
