"""How often EarWitness errs on a list of clips, beside AASIST on the same clips.

    python -m earwitness.eval.bench_accuracy --manifest clips.tsv --out eval/results/clips.json \\
        --conditions clean,channels --compare aasist=FOLDER_OF_THE_CHECKOUT --jobs 2

Interrupted, it goes on where it stopped. The result file carries the command, the commit, the
seed and the machine; ``python -m earwitness.eval.report`` makes tables of it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from earwitness.detector.base import Detector
from earwitness.errors import EarWitnessError, SourceNotFoundError, UsageError
from earwitness.eval import attacks, facts, scoring
from earwitness.eval.protocols import Clip, Outcome, evaluate, read_manifest
from earwitness.eval.score_cache import default_cache_dir, file_sha256
from earwitness.plugins import load

__all__ = ["SCHEMA", "main", "measure"]

SCHEMA = "earwitness.eval.accuracy/1"
VOICES = 8


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Score everything and compute the result, without the command line and commit."""
    clips = read_manifest(arguments.manifest)
    if arguments.limit:
        clips = clips[:: max(1, len(clips) // arguments.limit)]
    names = attacks.parse(arguments.conditions)
    plan = scoring.Plan(seed=arguments.seed, voices=_voices(clips), aasist=_compared(arguments.compare))
    if len(plan.voices) <= 3:
        names = [name for name in names if not name.startswith("babble")]
    systems = [scoring.EARWITNESS] + ([scoring.AASIST] if plan.aasist else [])
    hashes = [file_sha256(clip.path) for clip in clips]
    jobs = [
        scoring.Job(system, clip.path, sha256, name)
        for name in names
        for clip, sha256 in zip(clips, hashes, strict=True)
        for system in systems
    ]
    found = scoring.score_all(
        jobs, plan, cache_dir=arguments.cache, workers=arguments.jobs, progress=_progress
    )
    fixed = _fixed_thresholds(arguments.threshold_from)
    outcomes = {
        (system, name): [found[system, sha256, name] for sha256 in hashes]
        for system in systems
        for name in names
    }
    return {
        "schema": SCHEMA,
        "seed": arguments.seed,
        "manifest": _describe(clips, arguments.manifest),
        "models": {scoring.EARWITNESS: load_detector().info.model_dump(mode="json")}
        | ({scoring.AASIST: {"identity": scoring.identity(scoring.AASIST, plan)}} if plan.aasist else {}),
        "thresholds_from": arguments.threshold_from.name if arguments.threshold_from else None,
        "systems": {
            system: {
                "conditions": {
                    name: _evaluated(clips, outcomes, system, name, fixed.get(system), arguments)
                    for name in names
                }
            }
            for system in systems
        },
    }


def load_detector() -> Detector:
    """The shipped detector, as the front door finds it."""
    factory = load("earwitness.detectors")
    assert callable(factory)
    detector: Detector = factory()
    return detector


def _evaluated(
    clips: list[Clip],
    outcomes: dict[tuple[str, str], list[Outcome]],
    system: str,
    name: str,
    threshold: float | None,
    arguments: argparse.Namespace,
) -> dict[str, Any]:
    """The numbers of one system; scores count where *every* compared system has one."""
    columns = [column for (_, condition), column in outcomes.items() if condition == name]
    everywhere = np.array([all(o.score is not None for o in row) for row in zip(*columns, strict=True)])
    return evaluate(
        clips,
        outcomes[system, name],
        threshold=threshold,
        calibrated=system == scoring.EARWITNESS,
        include=everywhere,
        rounds=arguments.rounds if name == attacks.CLEAN else min(arguments.rounds, 200),
        seed=arguments.seed,
    )


def _voices(clips: Sequence[Clip]) -> tuple[Path, ...]:
    """Human clips for babble, spread over the manifest."""
    human = [clip.path for clip in clips if not clip.synthetic]
    return tuple(human[:: max(1, len(human) // VOICES)][:VOICES])


def _describe(clips: Sequence[Clip], path: Path) -> dict[str, Any]:
    return {
        "name": f"{path.parent.name}/{path.name}",
        "sha256": file_sha256(path),
        "clips": len(clips),
        "human": sum(not clip.synthetic for clip in clips),
        "synthetic": sum(clip.synthetic for clip in clips),
        "corpora": len({clip.corpus for clip in clips}),
        "systems": len({clip.system for clip in clips if clip.synthetic}),
        "languages": len({clip.language for clip in clips if clip.language}),
    }


def _compared(text: str | None) -> Path | None:
    if text is None:
        return None
    system, _, folder = text.partition("=")
    if system != scoring.AASIST or not folder:
        raise UsageError(f"cannot compare with {text!r}.", hint="Give --compare aasist=FOLDER.")
    return Path(folder)


def _fixed_thresholds(path: Path | None) -> dict[str, float]:
    """The equal-error thresholds of another result file, by system."""
    if path is None:
        return {}
    if not path.is_file():
        raise SourceNotFoundError("there is no such result file.", subject=str(path))
    systems = json.loads(path.read_text(encoding="utf-8"))["systems"]
    return {name: entry["conditions"][attacks.CLEAN]["eer"]["threshold"] for name, entry in systems.items()}


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() or done == total or done % 200 == 0:
        print(f"\r{done}/{total} scores", end="\n" if done == total else "", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="earwitness.eval.bench_accuracy", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--manifest", type=Path, required=True, help="tab-separated list of clips")
    parser.add_argument("--out", type=Path, required=True, help="result file (JSON)")
    parser.add_argument("--conditions", default=attacks.CLEAN, help="comma-separated conditions or groups")
    parser.add_argument("--compare", help="aasist=FOLDER: score a checkout of clovaai/aasist beside ours")
    parser.add_argument(
        "--threshold-from", type=Path, help="result whose EER thresholds are held against this list"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument(
        "--cache", type=Path, default=default_cache_dir(), help="folder of scores already computed"
    )
    parser.add_argument("--rounds", type=int, default=1000, help="bootstrap rounds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--limit", type=int, default=0, help="use about so many clips, evenly spread (a quick look)"
    )
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    given = sys.argv[1:] if words is None else list(words)
    arguments = _parser().parse_args(given)
    try:
        result = measure(arguments)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    command = facts.command_line("earwitness.eval.bench_accuracy", given)
    facts.write_json(
        arguments.out, {"command": command, **facts.commit(), "machine": facts.machine(), **result}
    )
    for system, entry in result["systems"].items():
        for name, numbers in entry["conditions"].items():
            if "eer" in numbers:
                print(f"{system:12} {name:18} EER {100 * numbers['eer']['rate']:.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
