"""How good the speech of our generators is, and how fast they make it, beside generators of others.

    python -m earwitness.eval.bench_generators --manifest real/real.tsv \\
        --hifigan ENGINES/hifigan_universal.onnx --mbmelgan ENGINES --out eval/results/generators.json

Interrupted, it goes on where it stopped; ``--only copy,speed`` runs parts of it. Recordings of corpora never
trained on: ``python -m earwitness.eval.corpora real --sources FOLDER --only nemo_pl emodb alphanumeric
aishell_sample ravdess deeply_ko_read``. ``--speech PACKED`` adds the held-out speakers of a folder
that ``generators.training.speech`` packed: only for generators trained on that very folder (what ships was
trained on several, which held back others).
HiFi-GAN and MB-MelGAN: see ``generator_peers``. Needs the extras train, bench and generate, and beside them
``pip install --no-deps resemblyzer webrtcvad-wheels``; what lacks a package is left out, and said so.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from earwitness.errors import EarWitnessError, MissingDependencyError, UsageError
from earwitness.eval import facts, generator_marks, generator_parts, processes
from earwitness.eval.generator_bench import Bench, Rows
from earwitness.eval.generator_material import recordings, sentences
from earwitness.eval.generator_pictures import write_pictures
from earwitness.eval.generator_speed import speed
from earwitness.eval.generator_systems import OURS, PEERS, open_systems, reason
from earwitness.eval.generator_targets import SCHEMA, TEACHER, summaries, targets
from earwitness.eval.kept import Kept
from earwitness.eval.score_cache import default_cache_dir
from earwitness.generation import Ability
from earwitness.generators.shipped import weights_folder

__all__ = ["PARTS", "SCHEMA", "main", "measure"]

PARTS = ("speed", "copy", "convert", "text", "marks")
_RUN: dict[str, Callable[[Bench], dict[str, Rows]]] = {
    "copy": generator_parts.copy,
    "convert": generator_parts.convert,
    "text": generator_parts.text,
    "marks": generator_marks.marks,
}
_DETAILS = ("copy", "convert", "text", "marks")  # whose rows, sound by sound, are in the result
PICTURES = 3


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Run the parts and compute the result, without the command line and commit."""
    wanted = _parts(arguments.only)
    bench = _bench(arguments)
    left_out = dict(bench.systems.left_out)
    speeds: dict[str, Any] | None = None
    rows: dict[str, dict[str, Rows]] = {}
    for part in PARTS:
        if part not in wanted:
            left_out[f"part {part}"] = "it was not asked for (--only)"
        elif part == "speed":  # first, while the machine is as quiet as whoever starts this made it
            speeds = speed(bench, arguments.repeats)
        else:
            try:
                rows[part] = _RUN[part](bench)
            except MissingDependencyError as error:
                left_out[f"part {part}"] = reason(error)
                bench.tell(f"left out: part {part}: {reason(error)}")
    return {
        "schema": SCHEMA,
        "seed": arguments.seed,
        "targets": targets(rows, speeds, bits_per_second(), arguments.teacher),
        "left_out": left_out,
        "systems": {name: _described(bench, name) for name in bench.systems.found},
        "weights": _weights(),
        "speakers": len({clip.speaker for clip in bench.clips}),
        "sentences": len(bench.sentences),
        **summaries(rows),
        "speed": speeds,
        "pictures": _pictures(bench, arguments) if "copy" in rows else [],
        "clips": [clip.described() for clip in bench.clips],
        "details": {part: rows[part] for part in _DETAILS if part in rows},
    }


def bits_per_second() -> float | None:
    """Of the shipped VAE's codes, without the voice, which is sent once; None where it is not there."""
    from earwitness.generators.vae import SpeechVae

    try:
        return SpeechVae(weights_folder()).bits_per_second
    except EarWitnessError:
        return None


def _weights() -> dict[str, str]:
    """Name of each shipped model to the hash that its card states."""
    cards = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(weights_folder().glob("*.json"))]
    return {card["name"]: card["sha256"] for card in cards}


def _parts(text: str) -> list[str]:
    wanted = [word.strip() for word in text.split(",") if word.strip()]
    for word in wanted:
        if word not in PARTS:
            raise UsageError("there is no such part.", subject=word, hint=f"Parts are: {', '.join(PARTS)}.")
    return wanted


def _bench(arguments: argparse.Namespace) -> Bench:
    if arguments.manifest is None and arguments.speech is None:
        raise UsageError("recordings are needed.", hint="Give --manifest, --speech, or both.")
    others = [name.strip() for name in arguments.engines.split(",") if name.strip()]
    systems = open_systems(
        dict.fromkeys([*arguments.families.split(","), arguments.teacher, *others]),
        hifigan=arguments.hifigan,
        mbmelgan=arguments.mbmelgan,
        seed=arguments.seed,
    )
    for name, why in systems.left_out.items():
        print(f"left out: {name}: {why}", file=sys.stderr)
    return Bench(
        clips=recordings(arguments.manifest, arguments.speech, arguments.clips, arguments.seed),
        sentences=sentences(arguments.sentences),
        systems=systems,
        kept=Kept(arguments.cache),
        seed=arguments.seed,
        tell=lambda line: print(line, file=sys.stderr, flush=True),
    )


def _described(bench: Bench, name: str) -> dict[str, Any]:
    info = bench.systems.found[name].info
    return {
        "family": str(info.family),
        "version": info.version,
        "licence": info.licence,
        "rate_hz": info.rate,
    }


def _pictures(bench: Bench, arguments: argparse.Namespace) -> list[dict[str, object]]:
    """Of the first recordings, which are of as many corpora."""
    order = [name for name in (*OURS, *PEERS) if name in bench.systems.found]
    makers = [bench.systems.found[name] for name in order]
    makers = [system for system in makers if system.can(Ability.RESYNTHESIZE)]
    sounds: dict[str, list[Any]] = {
        clip.name: [("recording", clip.samples)] for clip in bench.clips[:PICTURES]
    }
    for system in makers:
        for made in bench.made("copy", system):
            if made.of in sounds:
                sounds[made.of].append((system.name, made.samples))
    return write_pictures(arguments.pictures or arguments.out.parent / "pictures", list(sounds.items()))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="earwitness.eval.bench_generators",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--manifest", type=Path, help="recorded speech (real.tsv of corpora)")
    parser.add_argument("--speech", type=Path, help="packed speech, whose held-out speakers are taken")
    parser.add_argument("--out", type=Path, required=True, help="result file (JSON)")
    parser.add_argument("--pictures", type=Path, help="folder of spectrograms (pictures/ beside the result)")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, comma-separated (%(default)s)")
    parser.add_argument("--clips", type=int, default=40, help="recordings (%(default)s)")
    parser.add_argument("--sentences", type=int, help="sentences (100)")
    parser.add_argument("--families", default=",".join(OURS), help="our generators (%(default)s)")
    parser.add_argument(
        "--teacher", default=TEACHER, help="generator that taught the text model (%(default)s)"
    )
    parser.add_argument("--engines", default="espeak-ng", help="generators of others (%(default)s)")
    parser.add_argument("--hifigan", type=Path, help="HiFi-GAN V1 as ONNX (see generator_peers)")
    parser.add_argument(
        "--mbmelgan", type=Path, help="folder of engines with MB-MelGAN (see generator_peers)"
    )
    parser.add_argument(
        "--cache", type=Path, default=default_cache_dir() / "generators", help="folder of what is kept"
    )
    parser.add_argument("--repeats", type=int, default=3, help="of the timing (%(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    given = sys.argv[1:] if words is None else list(words)
    arguments = _parser().parse_args(given)
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        with processes.on_cores(1):  # before any model is loaded: threads inherit the core
            result = measure(arguments)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    command = facts.command_line("earwitness.eval.bench_generators", given)
    facts.write_json(
        arguments.out, {"command": command, **facts.commit(), "machine": facts.machine(), **result}
    )
    for row in result["targets"]:
        measured = "not measured" if row["measured"] is None else f"{row['measured']:.3f}"
        print(f"{row['what']:52} {measured:>12} ({row['asked']} {row['target']:g})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
