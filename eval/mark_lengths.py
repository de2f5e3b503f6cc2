"""How long a marked recording must be for its mark to come through the hardest attacks.

    python -m earwitness.eval.mark_lengths --manifest real.tsv --out eval/results/watermark_lengths.json

Calls last minutes, while the clips of ``bench_watermark`` last 6 to 8 s. Recordings of one speaker are
joined to 40 s, marked as a whole, attacked as a whole, and then read from the first seconds only.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.audio import load_audio
from earwitness.errors import EarWitnessError, SourceNotFoundError
from earwitness.eval import facts
from earwitness.eval.attack_types import Material
from earwitness.eval.intervals import share
from earwitness.eval.mark_schemes import RATE, Ours
from earwitness.eval.score_cache import file_sha256
from earwitness.eval.watermark_attacks import attacks, generator
from earwitness.eval.watermark_material import tuned_on
from earwitness.eval.watermark_tables import LENGTHS
from earwitness.marks import Strength

Float32 = npt.NDArray[np.float32]

__all__ = ["ATTACKS", "SECONDS", "main", "measure"]

SECONDS = (6, 10, 15, 20, 30, 40)
ATTACKS = ("gsm", "white_10db")


def measure(
    manifest: Path, count: int, seed: int, strengths: Sequence[Strength] = (Strength.DEFAULT,)
) -> dict[str, Any]:
    """Marks read and payloads exact, by strength, attack and seconds heard, over ``count`` speakers.

    Raises SourceNotFoundError when no speaker of the manifest has enough recordings.
    """
    speakers = _speakers(manifest, count, seed)
    table = attacks()
    silence = np.zeros(RATE, np.float32)
    hits: dict[tuple[str, str, int], list[tuple[bool, bool]]] = defaultdict(list)
    for number, (name, samples) in enumerate(speakers.items(), 1):
        for strength in strengths:
            scheme = Ours(strength)
            identity = f"{seed}/{name}"
            marked = scheme.embed(samples, identity)
            for attack in ATTACKS:
                material = Material(silence, silence, silence, None, None)
                chance = generator(seed, attack, hashlib.sha256(name.encode()).hexdigest())
                heard = table[attack].run(marked, material, chance)
                for seconds in SECONDS:
                    answer = scheme.read(heard[: seconds * RATE], identity)
                    hits[strength, attack, seconds].append((answer.detected, bool(answer.exact)))
        print(f"{number}/{len(speakers)} speakers", file=sys.stderr, flush=True)
    return {
        "schema": LENGTHS,
        "seed": seed,
        "manifest": {"name": f"{manifest.parent.name}/{manifest.name}", "sha256": file_sha256(manifest)},
        "speakers": len(speakers),
        "strengths": {
            str(strength): {
                attack: {str(s): _rates(hits[strength, attack, s]) for s in SECONDS} for attack in ATTACKS
            }
            for strength in strengths
        },
    }


def _rates(answers: Sequence[tuple[bool, bool]]) -> dict[str, Any]:
    n = len(answers)
    return {
        "n": n,
        "detected": share(sum(detected for detected, _ in answers), n),
        "exact": share(sum(exact for _, exact in answers), n),
    }


def _speakers(manifest: Path, count: int, seed: int) -> dict[str, Float32]:
    """Samples at 16 kHz of up to ``count`` speakers who have enough of them, drawn by the seed."""
    if not manifest.is_file():
        raise SourceNotFoundError("there is no such manifest.", subject=str(manifest))
    with manifest.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    forbidden = tuned_on()
    random.Random(seed).shuffle(rows)
    by_speaker: dict[str, list[Path]] = defaultdict(list)
    for row in rows:
        if (row["corpus"], row["source_id"]) not in forbidden:
            by_speaker[row["speaker"]].append(manifest.parent / row["path"])
    found: dict[str, Float32] = {}
    for speaker, paths in by_speaker.items():
        if len(found) == count:
            break
        joined = _joined(paths)
        if joined is not None:
            found[speaker] = joined
    if not found:
        raise SourceNotFoundError(f"no speaker with {max(SECONDS)} s of recordings.", subject=str(manifest))
    return found


def _joined(paths: Sequence[Path]) -> Float32 | None:
    """The first 40 s of a speaker's recordings, one after the other; None when there are not so many."""
    wanted = max(SECONDS) * RATE
    parts: list[Float32] = []
    for path in paths:
        parts.append(load_audio(path, rate=RATE, mono=True).mono())
        if sum(part.size for part in parts) >= wanted:
            return np.concatenate(parts)[:wanted]
    return None


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.eval.mark_lengths",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--manifest", type=Path, required=True, help="recorded speech (real.tsv of corpora)")
    parser.add_argument("--out", type=Path, required=True, help="result file (JSON)")
    parser.add_argument("--speakers", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    given = sys.argv[1:] if words is None else list(words)
    arguments = parser.parse_args(given)
    strengths = (Strength.DEFAULT, Strength.STRONG)
    try:
        result = measure(arguments.manifest, arguments.speakers, arguments.seed, strengths)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    command = facts.command_line("earwitness.eval.mark_lengths", given)
    facts.write_json(
        arguments.out, {"command": command, **facts.commit(), "machine": facts.machine(), **result}
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
