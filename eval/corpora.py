"""Recorded human speech, and some of commercial engines: the list of sources (``corpora.toml``) and how to
unpack them.

    python -m earwitness.eval.corpora OUT --sources FOLDER [--only NAME ...] [--take NAME=N/P ...] [--seed 0]

``--sources`` holds what a person has fetched: ``OWNER+NAME`` (a git clone, a bare mirror, or a mirror
below ``repo/``) for ``github:`` origins, and ``PACKAGE`` (unpacked with ``dpkg -x``) for ``deb:``
ones. Each chosen recording becomes ``OUT/<corpus>/<n>.flac`` at 16 kHz mono, trimmed to its active
part, and a line in ``OUT/real.tsv``. Choice and order depend on the seed and on nothing else.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile

from earwitness.audio import load_audio
from earwitness.detector.training.channels import trim
from earwitness.errors import EarWitnessError, SourceNotFoundError, UsageError

__all__ = ["MANIFEST_FIELDS", "RATE", "Corpus", "corpora", "iter_blobs", "main", "unpack"]

RATE = 16_000
MIN_SECONDS = 1.6
MAX_SECONDS = 8.0
FAMILY = "commercial"  # what is known of how such an engine speaks
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
    women: str | None = None
    men: str | None = None

    def sex_of(self, path: str) -> str:
        """ "f" or "m" where the path says so, else ""."""
        for sex, pattern in (("f", self.women), ("m", self.men)):
            if pattern and re.search(pattern, path):
                return sex
        return ""

    def speaker_of(self, path: str) -> str:
        """Speaker id for a path inside the origin; unknown speakers get the corpus name."""
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


def _git_dir(folder: Path) -> Path | None:
    for candidate in (folder / ".git", folder / "repo" / ".git", folder / "repo", folder):
        if (candidate / "objects").is_dir():
            return candidate
    return None


def _git_listing(git_dir: Path, revision: str) -> dict[str, str]:
    base = ["git", "--git-dir", str(git_dir)]
    # A partial mirror lists files whose blobs are absent: ask which objects are really here.
    check = subprocess.run(
        [*base, "cat-file", "--batch-all-objects", "--batch-check"],
        capture_output=True,
        text=True,
        check=True,
    )
    present = {line.split()[0] for line in check.stdout.splitlines() if " blob " in line}
    tree = subprocess.run([*base, "ls-tree", "-r", "-z", revision], capture_output=True, check=True).stdout
    found: dict[str, str] = {}
    for entry in tree.decode("utf-8", "replace").split("\0"):
        if entry:
            meta, path = entry.split("\t", 1)
            blob = meta.split()[2]
            if blob in present:
                found[path] = blob
    return found


def iter_blobs(corpus: Corpus, sources: Path, rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Paths and bytes of the corpus's recordings in a seeded random order, without repeats.

    Raises SourceNotFoundError when the origin was not fetched.
    """
    kind, _, name = corpus.origin.partition(":")
    pattern = re.compile(corpus.include)
    if kind == "github":
        name, _, revision = name.partition("@")
        folder = sources / name.replace("/", "+")
        git_dir = _git_dir(folder)
        if git_dir is None:
            raise SourceNotFoundError(
                "no git directory here.", subject=str(folder), hint=f"Clone {name} there."
            )
        listing = _git_listing(git_dir, revision or "HEAD")
        paths = sorted(
            {blob: path for path, blob in sorted(listing.items()) if pattern.search(path)}.values()
        )
        rng.shuffle(paths)
        for path in paths:
            blob = ["git", "--git-dir", str(git_dir), "cat-file", "blob", listing[path]]
            yield path, subprocess.run(blob, capture_output=True, check=True).stdout
    else:
        folder = sources / name
        if not folder.is_dir():
            raise SourceNotFoundError("not there.", subject=str(folder), hint=f"Unpack {name} with dpkg -x.")
        names = sorted(
            (p.relative_to(folder) for p in folder.rglob("*") if p.is_file()), key=lambda p: p.parts
        )
        inside = [p.as_posix() for p in names if pattern.search(p.as_posix())]
        rng.shuffle(inside)
        for path in inside:
            yield path, (folder / path).read_bytes()


def unpack(corpus: Corpus, sources: Path, out: Path, seed: int) -> list[dict[str, str]]:
    """Write the chosen recordings of one corpus; returns their manifest rows."""
    rng = random.Random(f"{seed}/{corpus.name}")
    rows: list[dict[str, str]] = []
    taken: dict[str, int] = {}
    label = "noise" if corpus.role == "noise" else corpus.label
    (out / corpus.name).mkdir(parents=True, exist_ok=True)
    for path, data in iter_blobs(corpus, sources, rng):
        speaker = corpus.speaker_of(path)
        if len(rows) >= corpus.take:
            break
        if corpus.per_speaker and taken.get(speaker, 0) >= corpus.per_speaker:
            continue
        try:
            samples = load_audio(io.BytesIO(data), rate=RATE, mono=True).samples[0]
        except EarWitnessError:
            continue  # a damaged or pointer file of the source: take the next one
        samples = trim(samples)[: int(MAX_SECONDS * RATE)]
        if len(samples) < MIN_SECONDS * RATE or float(np.abs(samples).max()) < 1e-3:
            continue
        target = out / corpus.name / f"{len(rows):05d}.flac"
        soundfile.write(target, samples / max(1.0, float(np.abs(samples).max())), RATE, subtype="PCM_16")
        taken[speaker] = taken.get(speaker, 0) + 1
        values = (
            str(target.relative_to(out)),
            label,
            corpus.name,
            FAMILY if label == "synthetic" else label,
            corpus.system if label == "synthetic" else label,
            speaker,
            corpus.language_of(path),
            corpus.licence,
            corpus.role,
            path,
            corpus.sex_of(path),
        )
        rows.append(dict(zip(MANIFEST_FIELDS, values, strict=True)))
    return rows


def _taking(wishes: list[str]) -> dict[str, Corpus]:
    """All corpora, with other counts for those of ``wishes`` ("NAME=N" or "NAME=N/P")."""
    every = corpora()
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
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    rows: list[dict[str, str]] = []
    for name, corpus in _taking(args.take).items():
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
