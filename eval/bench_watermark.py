"""What marks survive, what they cost and how often they are seen where none is; ours beside others.

    python -m earwitness.eval.bench_watermark --manifest real.tsv --music FOLDER --noise FOLDER \\
        --engines FOLDER --schemes earwitness,earwitness-soft,earwitness-strong,prototype,perth,aware \\
        --prototype FILE --cache FOLDER --jobs 2 --out eval/results/watermark.json

Interrupted, it goes on where it stopped. Clips of 6 to 8 s at 16 kHz. Our default strength gets all of them;
rivals, our other strengths and slow attacks a first part of the list, which is as mixed as the whole.

Music (evaluation only): apt-get download hyperrogue-music asc-music, then dpkg -x each into the folder:
17 pieces by S. Parrotte, L. Domina and W. Savino (CC BY-SA 3.0) and M. Kievernagel (GPL-2+).
Noise: the corpus esc10 of ``earwitness.eval.corpora``. Engines: see ``detector/training/recipes.py``.
Rivals, beside the extras bench and train: pip install --no-deps resemble-perth aware webrtcvad-wheels pyyaml.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from earwitness.errors import EarWitnessError, SourceNotFoundError
from earwitness.eval import facts
from earwitness.eval.attack_list import OVERWRITE
from earwitness.eval.attack_types import Attack
from earwitness.eval.mark_schemes import NAMES, load_scheme
from earwitness.eval.mark_speed import speeds
from earwitness.eval.mark_summary import calibration, group_table, quality_table, rates, targets
from earwitness.eval.mark_trials import QUALITY, Job, Plan, Results, run_all
from earwitness.eval.score_cache import default_cache_dir, file_sha256
from earwitness.eval.watermark_attacks import GROUPS, HARD, chosen
from earwitness.eval.watermark_material import SUFFIXES, Recording, music, samples_of, speech
from earwitness.eval.watermark_tables import SCHEMA

__all__ = ["SCHEMA", "main", "measure"]

# Clips for attacks of scope all, some and few, and unmarked clips: time goes where it tells most.
COUNTS: dict[str, tuple[int, int, int, int]] = {
    "earwitness": (10_000, 40, 16, 16),
    "earwitness-soft": (16, 16, 0, 0),
    "earwitness-strong": (16, 16, 0, 0),
    "prototype": (24, 0, 0, 0),
    "perth": (24, 0, 0, 0),
    "aware": (6, 0, 0, 0),
}
SCOPES = {"all": 0, "some": 1, "few": 2}
SPEED_CLIPS = 4


def _attacks_of(scheme: str, listed: Sequence[Attack]) -> list[Attack]:
    """Other strengths are shown on the hard attacks only."""
    if scheme.startswith("earwitness-"):
        return [attack for attack in listed if attack.name in HARD]
    return list(listed)


def _jobs(
    scheme: str, clips: Sequence[Recording], listed: Sequence[Attack], counts: Sequence[int]
) -> list[Job]:
    jobs = []
    spoken = 0
    for clip in clips:
        if clip.kind == "music":
            if scheme not in ("earwitness-soft", "earwitness-strong"):
                names = tuple(a.name for a in listed if a.scope == "all")
                jobs.append(Job(scheme, "marked", clip, names))
                jobs.append(Job(scheme, QUALITY, clip, (QUALITY,)))
            continue
        names = tuple(a.name for a in _attacks_of(scheme, listed) if spoken < counts[SCOPES[a.scope]])
        if names:
            jobs.append(Job(scheme, "marked", clip, names))
            jobs.append(Job(scheme, QUALITY, clip, (QUALITY,)))
        # Slow attacks on a quarter of the unmarked clips.
        allowed = {"all": counts[3], "some": counts[3], "few": counts[3] // 4}
        names = tuple(a.name for a in listed if a.name != OVERWRITE and spoken < allowed[a.scope])
        jobs.append(Job(scheme, "unmarked", clip, names))
        spoken += 1
    return [job for job in jobs if job.attacks]


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Run what is missing and compute the result, without the command line and commit."""
    names = [name.strip() for name in arguments.schemes.split(",") if name.strip()]
    for name in names:
        load_scheme(name, arguments.prototype)
    listed = chosen(arguments.attacks)
    spoken = speech(arguments.manifest, arguments.clips, arguments.seed)
    pieces = music(arguments.music, arguments.seed, arguments.cache / "music")
    if not spoken:
        raise SourceNotFoundError("no recording of 6 s or more.", subject=str(arguments.manifest))
    plan = Plan(
        seed=arguments.seed,
        cache=arguments.cache,
        noise=_pool(arguments.noise),
        music=tuple(piece.path for piece in pieces),
        others=tuple(clip.path for clip in spoken[:20]),
        engines=arguments.engines,
        prototype=arguments.prototype,
    )
    jobs = [
        job for name in names for job in _jobs(name, [*pieces, *spoken], listed, _counts(name, arguments))
    ]
    # First, while the machine is as quiet as whoever starts this made it.
    timed = (
        speeds(names, [samples_of(c.path) for c in spoken[:SPEED_CLIPS]], arguments.prototype)
        if arguments.speed
        else {}
    )
    with _progress() as progress:
        found = run_all(jobs, plan, workers=arguments.jobs, progress=progress)
    return {
        "schema": SCHEMA,
        "seed": arguments.seed,
        "clips": _describe(spoken, pieces, arguments.manifest),
        "attacks": {a.name: {"group": a.group, "sources": list(a.sources), "scope": a.scope} for a in listed},
        "groups": GROUPS,
        "schemes": {name: _evaluated(name, jobs, found) | _timed(timed, name) for name in names},
    }


def _counts(scheme: str, arguments: argparse.Namespace) -> tuple[int, int, int, int]:
    """The numbers of ``COUNTS``, no more than what the command line allows."""
    everywhere, some, few, unmarked = COUNTS[scheme]
    if scheme != "earwitness":
        return (
            everywhere,
            min(some, arguments.some),
            min(few, arguments.few),
            min(unmarked, arguments.unmarked),
        )
    return everywhere, arguments.some, arguments.few, arguments.unmarked


def _timed(timed: dict[str, Any], name: str) -> dict[str, Any]:
    return {"times_real_time": timed[name]} if name in timed else {}


def _evaluated(name: str, jobs: Sequence[Job], found: dict[Any, Results]) -> dict[str, Any]:
    mine = [(job, found[name, job.kind, job.clip.sha256]) for job in jobs if job.scheme == name]

    def trials(kind: str) -> dict[str, list[dict[str, Any]]]:
        table: dict[str, list[dict[str, Any]]] = {}
        for job, results in mine:
            if job.kind == "marked" and job.clip.kind == kind:
                for attack in job.attacks:
                    table.setdefault(attack, []).append(results[attack])
        return table

    speech_trials, music_trials = trials("speech"), trials("music")
    result: dict[str, Any] = {
        "attacks": {attack: rates(answers) for attack, answers in speech_trials.items()},
        "groups": group_table(speech_trials),
        "targets": targets(speech_trials),
        "quality": quality_table(_of(mine, "speech")),
    }
    if music_trials:
        result["music"] = {
            "attacks": {attack: rates(answers) for attack, answers in music_trials.items()},
            "groups": group_table(music_trials),
            "quality": quality_table(_of(mine, "music")),
        }
    unmarked = [(a, results[a]) for job, results in mine if job.kind == "unmarked" for a in job.attacks]
    if unmarked:
        result["unmarked"] = calibration(unmarked)
    return result


def _of(mine: Sequence[tuple[Job, Results]], kind: str) -> list[dict[str, Any]]:
    return [results[QUALITY] for job, results in mine if job.kind == QUALITY and job.clip.kind == kind]


def _describe(spoken: Sequence[Recording], pieces: Sequence[Recording], manifest: Path) -> dict[str, Any]:
    return {
        "manifest": f"{manifest.parent.name}/{manifest.name}",
        "sha256": file_sha256(manifest),
        "speech": len(spoken),
        "speakers": len({clip.speaker for clip in spoken}),
        "languages": dict(Counter(clip.language for clip in spoken).most_common()),
        "corpora": len({clip.corpus for clip in spoken}),
        "music": [piece.corpus for piece in pieces],
        "rate_hz": 16_000,
    }


def _pool(folder: Path | None) -> tuple[Path, ...]:
    if folder is None:
        return ()
    files = tuple(sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES))
    if not files:
        raise SourceNotFoundError("no recordings here.", subject=str(folder))
    return files


@contextmanager
def _progress() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as bar:
        task = bar.add_task("trials", total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if not bar.console.is_terminal:  # there the bar shows up at the end only
                print(f"{done}/{total} trials", file=sys.stderr, flush=True)

        function: Callable[[int, int], None] = tell
        yield function


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="earwitness.eval.bench_watermark",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--manifest", type=Path, required=True, help="recorded speech (real.tsv of corpora)")
    parser.add_argument("--out", type=Path, required=True, help="result file (JSON)")
    parser.add_argument("--schemes", default="earwitness", help=f"comma-separated, of: {', '.join(NAMES)}")
    parser.add_argument("--attacks", default="all", help='"all", or names and groups, comma-separated')
    parser.add_argument("--clips", type=int, default=220, help="recordings of speech")
    _, some, few, unmarked = COUNTS["earwitness"]
    parser.add_argument("--some", type=int, default=some, help="clips for most attacks (%(default)s)")
    parser.add_argument("--few", type=int, default=few, help="clips for slow attacks (%(default)s)")
    parser.add_argument("--unmarked", type=int, default=unmarked, help="unmarked clips (%(default)s)")
    parser.add_argument("--music", type=Path, help="folder of pieces of music")
    parser.add_argument("--noise", type=Path, help="folder of recorded noise")
    parser.add_argument("--engines", type=Path, help="folder of vocoder weights")
    parser.add_argument("--prototype", type=Path, help="module of the prototype")
    parser.add_argument(
        "--cache", type=Path, default=default_cache_dir() / "watermark", help="folder of results"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-speed", dest="speed", action="store_false", help="leave the timing out")
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    given = sys.argv[1:] if words is None else list(words)
    arguments = _parser().parse_args(given)
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        result = measure(arguments)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    command = facts.command_line("earwitness.eval.bench_watermark", given)
    facts.write_json(
        arguments.out, {"command": command, **facts.commit(), "machine": facts.machine(), **result}
    )
    for name, entry in result["schemes"].items():
        for row, target in entry["targets"].items():
            print(f"{name:18} {row:24} {target['what']:9} {target['mean']:.3f} (asked: {target['target']:g})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
