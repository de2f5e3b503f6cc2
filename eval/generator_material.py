"""What the bench of generators works on: recordings of speakers that no family learnt from, and sentences.

Recordings come from a manifest as ``earwitness.eval.corpora`` writes it (roles dev and heldout) and from the
held-out speakers of a folder that ``generators.training.speech`` packed. Corpora take turns, and speakers
within them, so that every first part of the list is as mixed as the whole.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from earwitness.audio import load_audio
from earwitness.errors import SourceNotFoundError, UsageError
from earwitness.generation import Speech

Float32 = npt.NDArray[np.float32]

__all__ = ["LONGEST_S", "RATE", "SHORTEST_S", "Clip", "recordings", "sentences"]

RATE = 16_000
SHORTEST_S, LONGEST_S = 2.0, 6.0
_ROLES = {"dev", "heldout"}


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording. samples: (n,) at 16 kHz. sha256: of the samples. speaker: with the corpus before it."""

    name: str
    corpus: str
    speaker: str
    language: str
    samples: Float32
    sha256: str

    @property
    def speech(self) -> Speech:
        """As generators take it."""
        return Speech(self.samples, RATE)

    def described(self) -> dict[str, Any]:
        """What a result says of it."""
        return {
            "name": self.name,
            "speaker": self.speaker,
            "language": self.language,
            "seconds": self.samples.size / RATE,
            "sha256": self.sha256,
        }


@dataclass(frozen=True, slots=True)
class _Place:
    """A recording that is not read yet. index: in the packed speech, -1 for a file of the manifest."""

    name: str
    corpus: str
    speaker: str
    language: str
    index: int = -1


def recordings(manifest: Path | None, packed: Path | None, count: int, seed: int) -> list[Clip]:
    """``count`` recordings of 2 s and more, cut to 6 s, or as many as there are.

    Raises SourceNotFoundError without any, UsageError for a manifest without its columns.
    """
    places = _of_manifest(manifest) + _of_packed(packed)
    random.Random(seed).shuffle(places)
    speech = None
    if packed is not None:
        from earwitness.generators.training.speech import Speech as Packed

        speech = Packed(packed, held_out=True)
    clips = []
    for place in _in_turn(places)[:count]:
        if place.index >= 0:
            assert speech is not None
            samples = speech.whole(place.index, round(LONGEST_S * RATE))
        else:
            assert manifest is not None
            whole = load_audio(manifest.parent / place.name, rate=RATE, mono=True).mono()
            samples = np.asarray(whole[: round(LONGEST_S * RATE)], np.float32)
        digest = hashlib.sha256(samples.astype("<f4").tobytes()).hexdigest()
        clips.append(Clip(place.name, place.corpus, place.speaker, place.language, samples, digest))
    if not clips:
        raise SourceNotFoundError("there is no recording of 2 s or more.", subject=str(manifest or packed))
    return clips


def _of_manifest(manifest: Path | None) -> list[_Place]:
    if manifest is None:
        return []
    if not manifest.is_file():
        raise SourceNotFoundError("there is no such manifest.", subject=str(manifest))
    with manifest.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    wanted = {"path", "corpus", "speaker", "language", "role"}
    if rows and not wanted <= set(rows[0]):
        raise UsageError(
            f"columns are missing: {', '.join(sorted(wanted - set(rows[0])))}.", subject=str(manifest)
        )
    return [
        _Place(row["path"], row["corpus"], row["speaker"], row["language"])
        for row in rows
        if row["role"] in _ROLES
        and row.get("label", "human") == "human"
        and soundfile.info(manifest.parent / row["path"]).duration >= SHORTEST_S
    ]


def _of_packed(folder: Path | None) -> list[_Place]:
    """Speakers that were held out. Those of text-to-speech engines are left out: they are no recordings."""
    if folder is None:
        return []
    index = folder / "speech.json"
    if not index.is_file():
        raise SourceNotFoundError("this is no folder of packed speech.", subject=str(folder))
    entries = json.loads(index.read_text(encoding="utf-8"))["recordings"]
    held_out = [(count, speaker, path) for _, count, speaker, back, path in entries if back]
    return [
        _Place("/".join(Path(path).parts[-2:]), speaker.partition("/")[0], speaker, "en", number)
        for number, (count, speaker, path) in enumerate(held_out)
        if count >= SHORTEST_S * RATE and not speaker.startswith("hibari")
    ]


def _in_turn(places: Sequence[_Place]) -> list[_Place]:
    """A round takes one recording of every corpus; within a corpus, of the speaker that had the fewest."""
    nth: dict[str, int] = defaultdict(int)  # recordings of a speaker so far
    corpora: dict[str, list[tuple[int, int, _Place]]] = defaultdict(list)
    for number, place in enumerate(places):
        corpora[place.corpus].append((nth[place.speaker], number, place))
        nth[place.speaker] += 1
    ordered = [[place for *_, place in sorted(rows, key=lambda row: row[:2])] for rows in corpora.values()]
    longest = max(map(len, ordered), default=0)
    return [rows[k] for k in range(longest) for rows in ordered if k < len(rows)]


def sentences(count: int | None = None) -> list[str]:
    """The first of our hundred English sentences, of all kinds; all of them if None. None was trained on."""
    text = resources.files("earwitness.eval").joinpath("sentences_bench.txt").read_text(encoding="utf-8")
    every = [line for line in text.splitlines() if line]
    return every if count is None else every[:: max(1, len(every) // count)][:count]
