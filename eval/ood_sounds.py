"""Recordings of sounds that are no speech, one folder a kind, for ``bench_ood``: ESC-10 less what was heard.

    python -m earwitness.eval.ood_sounds OUT --sources SOURCES --heard NOISE/real.tsv

Sounds that training laid under speech (the list that ``eval.corpora --only esc10`` wrote) stay out, and so do
other takes of their recordings: a file is called fold-recording-take. Kinds that training leaves out because
they are voices (crying, sneezing) are in.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path, PurePosixPath

import soundfile

from earwitness.audio import load_audio
from earwitness.errors import EarWitnessError
from earwitness.eval.corpora import RATE, corpora
from earwitness.eval.origins import open_origin

__all__ = ["main", "unheard"]

CORPUS = "esc10"


def unheard(sources: Path, heard: Path, out: Path) -> int:
    """Write ``out/<kind>/<name>.flac`` (16 kHz mono) of recordings that ``heard`` does not list; how many.

    Raises SourceNotFoundError when the sounds were not fetched.
    """
    corpus = corpora()[CORPUS]
    with heard.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    known = {_recording(row["source_id"]) for row in rows if row["corpus"] == CORPUS}
    origin = open_origin(corpus.origin, sources)
    paths = [path for path in origin.paths(r"\.ogg$") if _recording(path) not in known]
    for path in paths:
        place = PurePosixPath(path)
        sound = load_audio(io.BytesIO(origin.read(path)), rate=RATE, mono=True).samples[0]
        target = out / place.parent.name / f"{place.stem}.flac"
        target.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(target, sound, RATE)
    return len(paths)


def _recording(path: str) -> str:
    """Fold and recording that a sound was cut from: "1-30226" of "001 - Dog bark/1-30226-B.ogg"."""
    return PurePosixPath(path).stem.rpartition("-")[0]


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        prog="earwitness.eval.ood_sounds", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--heard", type=Path, required=True, help="list of the sounds that training used")
    args = parser.parse_args(argv)
    try:
        print(f"{unheard(args.sources, args.heard, args.out)} sounds")
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
