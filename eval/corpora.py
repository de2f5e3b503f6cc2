"""Recorded human speech, and some of engines: the list of sources (``corpora.toml``) and how to unpack them.

    python -m earwitness.eval.corpora OUT --sources FOLDER [--only NAME ...] [--take NAME=N/P ...] [--most N]

``--sources`` holds what a person has fetched (see ``origins``). Each chosen recording becomes
``OUT/<corpus>/<n>.flac`` at 16 kHz mono, trimmed to its active part, and a line in ``OUT/real.tsv``. Choice
and order depend on the seed and on nothing else.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Literal

import numpy as np
import soundfile

from earwitness.audio import load_audio
from earwitness.detector.training.channels import trim
from earwitness.errors import EarWitnessError, SourceNotFoundError, UsageError
from earwitness.eval.origins import open_origin, speakers
from earwitness.samples import Float32

__all__ = ["FAMILIES", "MANIFEST_FIELDS", "RATE", "Corpus", "corpora", "main", "unpack"]

RATE = 16_000
MIN_SECONDS = 1.6
MAX_SECONDS = 8.0
FAMILIES = (
    "transformer LM",
    "diffusion/flow",
    "VAE/VITS",
    "GAN vocoder",
    "non-AR (FastSpeech-like)",
    "AR",
    "parametric",
    "commercial",
    "unknown",
)
"""How an engine speaks; of a "commercial" one that is not known."""
MANIFEST_FIELDS = (
    "path",
    "label",
    "corpus",
    "family",
    "system",
    "speaker",
    "language",
    "licence",
    "role",
    "source_id",
    "sex",
)


@dataclass(frozen=True, slots=True)
class Corpus:
    """One source of recorded speech (a table of ``corpora.toml``)."""

    name: str
    origin: str
    include: str
    languages: list[str]
    licence: str
    role: Literal["train", "dev", "heldout", "noise"]
    take: int
    speaker: str | None = None
    speaker_name: str | None = None
    language: str | None = None
    per_speaker: int | None = None
    label: Literal["human", "synthetic"] = "human"
    system: str = "human"
    family: str = "commercial"
    speaker_table: str | None = None
    women: str | None = None
    men: str | None = None

    def sex_of(self, path: str) -> str:
        """ "f" or "m" where the path says so, else ""."""
        for sex, pattern in (("f", self.women), ("m", self.men)):
            if pattern and re.search(pattern, path):
                return sex
        return ""

    def speaker_of(self, path: str, named: Mapping[str, str] | None = None) -> str:
        """Speaker id for a path inside the origin; unknown speakers get the corpus name.

        named: speakers by the names of their files, which go before what the path says.
        """
        if named and (speaker := named.get(PurePosixPath(path).name)):
            return f"{self.name}/{speaker}"
        if self.speaker and (hit := re.search(self.speaker, path)):
            return f"{self.name}/{hit.group(1)}"
        return f"{self.name}/{self.speaker_name or 'unknown'}"

    def language_of(self, path: str) -> str:
        """Language code for a path inside the origin."""
        if self.language and (hit := re.search(self.language, path)):
            return hit.group(1)
        return self.languages[0]


def corpora() -> dict[str, Corpus]:
    """All sources by name, in the order of ``corpora.toml``."""
    text = resources.files("earwitness.eval").joinpath("corpora.toml").read_text(encoding="utf-8")
    return {name: Corpus(name=name, **table) for name, table in tomllib.loads(text).items()}


def _speech(data: bytes) -> Float32 | None:
    """Active part of a recording at ``RATE``; None for one that is damaged, too short or silent."""
    try:
        samples = load_audio(io.BytesIO(data), rate=RATE, mono=True).samples[0]
    except EarWitnessError:
        return None  # a damaged or pointer file of the source: take the next one
    samples = trim(samples)[: int(MAX_SECONDS * RATE)]
    if len(samples) < MIN_SECONDS * RATE or float(np.abs(samples).max()) < 1e-3:
        return None
    return samples


def unpack(corpus: Corpus, sources: Path, out: Path, seed: int) -> list[dict[str, str]]:
    """Write the chosen recordings of one corpus; returns their manifest rows.

    Raises SourceNotFoundError when the origin was not fetched.
    """
    rng = random.Random(f"{seed}/{corpus.name}")
    origin = open_origin(corpus.origin, sources)
    named = speakers(origin, corpus.speaker_table) if corpus.speaker_table else {}
    rows: list[dict[str, str]] = []
    taken: dict[str, int] = {}
    (out / corpus.name).mkdir(parents=True, exist_ok=True)
    paths = origin.paths(corpus.include)
    rng.shuffle(paths)
    for path in paths:
        speaker = corpus.speaker_of(path, named)
        if len(rows) >= corpus.take:
            break
        if corpus.per_speaker and taken.get(speaker, 0) >= corpus.per_speaker:
            continue
        samples = _speech(origin.read(path))
        if samples is None:
            continue
        target = out / corpus.name / f"{len(rows):05d}.flac"
        soundfile.write(target, samples / max(1.0, float(np.abs(samples).max())), RATE, subtype="PCM_16")
        taken[speaker] = taken.get(speaker, 0) + 1
        rows.append(_row(corpus, path, target.relative_to(out), speaker))
    return rows


def _row(corpus: Corpus, path: str, target: Path, speaker: str) -> dict[str, str]:
    label = "noise" if corpus.role == "noise" else corpus.label
    values = (
        str(target),
        label,
        corpus.name,
        corpus.family if label == "synthetic" else label,
        corpus.system if label == "synthetic" else label,
        speaker,
        corpus.language_of(path),
        corpus.licence,
        corpus.role,
        path,
        corpus.sex_of(path),
    )
    return dict(zip(MANIFEST_FIELDS, values, strict=True))


def _taking(wishes: list[str], most: int | None = None) -> dict[str, Corpus]:
    """All corpora, with other counts for those of ``wishes`` ("NAME=N" or "NAME=N/P"). most: of each."""
    every = corpora()
    if most is not None:
        every = {name: replace(corpus, take=min(corpus.take, most)) for name, corpus in every.items()}
    for wish in wishes:
        name, _, counts = wish.partition("=")
        hit = re.fullmatch(r"(\d+)(?:/(\d+))?", counts)
        if name not in every or hit is None:
            raise UsageError("NAME=N or NAME=N/P was expected; names: see corpora.toml.", subject=wish)
        per_speaker = int(hit[2]) if hit[2] else every[name].per_speaker
        every[name] = replace(every[name], take=int(hit[1]), per_speaker=per_speaker)
    return every


def main(argv: list[str] | None = None) -> int:
    """Command line: unpack all (or the named) corpora and write ``real.tsv``."""
    parser = argparse.ArgumentParser(prog="earwitness.eval.corpora", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--sources", type=Path, required=True, action="append")
    parser.add_argument("--only", nargs="*", default=None)
    parser.add_argument(
        "--take",
        nargs="*",
        default=[],
        metavar="NAME=N/P",
        help="N recordings of that corpus instead of what the list says, at most P of a speaker",
    )
    parser.add_argument("--most", type=int, default=None, metavar="N", help="at most N recordings of each")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    rows: list[dict[str, str]] = []
    for name, corpus in _taking(args.take, args.most).items():
        if args.only and name not in args.only:
            continue
        for sources in args.sources:
            try:
                found = unpack(corpus, sources, args.out, args.seed)
            except SourceNotFoundError as error:
                last: Exception = error
                continue
            rows += found
            speakers = len({row["speaker"] for row in found})
            print(f"{name}: {len(found)} recordings, {speakers} speakers", flush=True)
            break
        else:
            print(f"{name}: skipped ({last})", file=sys.stderr, flush=True)
    with (args.out / "real.tsv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, MANIFEST_FIELDS, delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
