"""How fast EarWitness is, on one core, beside AASIST on the same recordings.

    python -m earwitness.eval.bench_speed --manifest clips.tsv --out eval/results/speed.json \\
        --compare aasist=FOLDER_OF_THE_CHECKOUT

Repeats of compared things alternate, so that a busy moment hits both; medians are reported with
all repeats. ``--only check,start`` runs parts of it.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import earwitness
from earwitness.audio import load_audio
from earwitness.errors import EarWitnessError, UsageError
from earwitness.eval import facts, processes
from earwitness.eval.aasist import SAMPLE_RATE, Aasist
from earwitness.eval.protocols import read_manifest
from earwitness.eval.speed_material import folder_of_clips, join

__all__ = ["PARTS", "SCHEMA", "main"]

SCHEMA = "earwitness.eval.speed/1"
LENGTHS = {"10s": 10.0, "60s": 60.0, "10min": 600.0}
MP3 = "60s_mp3_44k"  # what most files are: lossy, at a rate that must be resampled
COMPARED = ("10s", "60s")  # AASIST takes minutes for the long one
VERDICT_CODES = (0, 1, 3)
SCAN_FILE_S = 10.0


@dataclass(frozen=True, slots=True)
class Setting:
    """What the parts share."""

    clips: list[Path]
    folder: Path
    repeats: int
    aasist: Path | None
    cli: list[str]
    scan_minutes: float
    memory_minutes: float


def timed(action: Callable[[], object]) -> float:
    """Wall-clock seconds that ``action`` takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def interleaved(actions: dict[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each action, A B A B ..., so that drift of the machine falls on all alike."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(repeats):
        for name, action in actions.items():
            taken[name].append(action())
    return taken


def summary(taken: Sequence[float]) -> dict[str, Any]:
    """Median and all repeats."""
    return {"median_s": statistics.median(taken), "repeats_s": list(taken)}


def bench_check(setting: Setting) -> dict[str, Any]:
    """A whole check (decode to report) in this process on one core, and AASIST beside it."""
    files = {
        name: join(setting.clips, seconds, setting.folder / f"{name}.wav")
        for name, seconds in LENGTHS.items()
    }
    files[MP3] = join(setting.clips, LENGTHS["60s"], setting.folder / "60s.mp3")
    result: dict[str, Any] = {}
    with processes.on_cores(1):  # before any model is loaded: threads inherit the core
        model = Aasist(setting.aasist, threads=1) if setting.aasist else None
        earwitness.check(files["10s"])  # loads our models: that time is measured as the first check
        for name, path in files.items():
            actions: dict[str, Callable[[], float]] = {
                "earwitness": partial(timed, partial(earwitness.check, path))
            }
            if model is not None and name in COMPARED:
                actions["aasist"] = partial(timed, partial(_aasist_whole, model, path))
            taken = interleaved(actions, setting.repeats)
            result[name] = _compared(taken, LENGTHS["60s" if name == MP3 else name])
    return result


def _aasist_whole(model: Aasist, path: Path) -> float:
    return model.score(load_audio(path, rate=SAMPLE_RATE, mono=True).samples[0], "mean")


def _compared(taken: dict[str, list[float]], seconds: float) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for system, times in taken.items():
        entry[system] = {"x_real_time": seconds / statistics.median(times), **summary(times)}
    if "aasist" in entry:
        entry["times_faster_than_aasist"] = entry["aasist"]["median_s"] / entry["earwitness"]["median_s"]
    return entry


def bench_scan(setting: Setting) -> dict[str, Any]:
    """``earwitness scan`` of a folder with one job on one core and with two on two."""
    files = max(2, round(setting.scan_minutes * 60 / SCAN_FILE_S))
    folder = folder_of_clips(setting.clips, files, SCAN_FILE_S, setting.folder / "scan")

    def scan(jobs: int) -> float:
        target = Path(tempfile.mkdtemp(dir=setting.folder))
        words = ["scan", str(folder), "--jobs", str(jobs), "--output", str(target / "results.jsonl")]
        with processes.on_cores(jobs):
            done = processes.run([*setting.cli, *words], allowed=VERDICT_CODES)
        lines = (target / "results.jsonl").read_text(encoding="utf-8").count("\n")
        shutil.rmtree(target)
        if lines < files:
            raise UsageError(f"the scan left only {lines} results of {files} files.")
        return done.wall_s

    taken = interleaved({"1": lambda: scan(1), "2": lambda: scan(2)}, min(setting.repeats, 3))
    one, two = (statistics.median(taken[jobs]) for jobs in ("1", "2"))
    return {
        "files": files,
        "audio_s": files * SCAN_FILE_S,
        "jobs_1": summary(taken["1"]) | {"x_real_time": files * SCAN_FILE_S / one},
        "jobs_2": summary(taken["2"]) | {"x_real_time": files * SCAN_FILE_S / two},
        "two_jobs_times_faster": one / two,
    }


def bench_start(setting: Setting) -> dict[str, Any]:
    """``earwitness --version`` in fresh processes."""
    return _fresh(setting, ["--version"], repeats=2 * setting.repeats, allowed=(0,))


def bench_first(setting: Setting) -> dict[str, Any]:
    """The first check of a 10-s file in fresh processes, models loaded and all."""
    path = join(setting.clips, 10.0, setting.folder / "first.wav")
    return _fresh(setting, ["check", str(path), "--json"], repeats=setting.repeats, allowed=VERDICT_CODES)


def _fresh(setting: Setting, words: list[str], *, repeats: int, allowed: Sequence[int]) -> dict[str, Any]:
    with processes.on_cores(1):
        done = [processes.run([*setting.cli, *words], allowed=allowed) for _ in range(repeats)]
    return summary([one.wall_s for one in done]) | {"peak_mb": max(one.peak_mb for one in done)}


def bench_memory(setting: Setting) -> dict[str, Any]:
    """Peak memory of a check of a long file (an hour, unless told otherwise) in a fresh process."""
    seconds = 60 * setting.memory_minutes
    path = join(setting.clips, seconds, setting.folder / "long.wav")
    with processes.on_cores(1):
        done = processes.run([*setting.cli, "check", str(path), "--json"], allowed=VERDICT_CODES)
    path.unlink()
    return {
        "audio_s": seconds,
        "peak_mb": done.peak_mb,
        "wall_s": done.wall_s,
        "x_real_time": seconds / done.wall_s,
    }


PARTS: dict[str, Callable[[Setting], dict[str, Any]]] = {
    "check": bench_check,
    "scan": bench_scan,
    "start": bench_start,
    "first_check": bench_first,
    "memory": bench_memory,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="earwitness.eval.bench_speed", description=__doc__.partition("\n")[0]
    )
    parser.add_argument(
        "--manifest", type=Path, required=True, help="list of clips that recordings are joined from"
    )
    parser.add_argument("--out", type=Path, required=True, help="result file (JSON)")
    parser.add_argument("--compare", help="aasist=FOLDER: time a checkout of clovaai/aasist beside ours")
    parser.add_argument(
        "--only", default=",".join(PARTS), help=f"comma-separated parts of: {', '.join(PARTS)}"
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument(
        "--scan-minutes", type=float, default=20.0, help="minutes of audio in the scanned folder"
    )
    parser.add_argument("--memory-minutes", type=float, default=60.0, help="length of the long file")
    parser.add_argument("--cli", help="how to start earwitness; default: the installed command")
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    given = sys.argv[1:] if words is None else list(words)
    arguments = _parser().parse_args(given)
    os.environ["OMP_NUM_THREADS"] = "1"
    result: dict[str, Any] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="earwitness-speed-") as folder:
            setting = _setting(arguments, Path(folder))
            for name in _parts(arguments.only):
                result[name] = PARTS[name](setting)
                print(f"{name}: done", file=sys.stderr)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    command = facts.command_line("earwitness.eval.bench_speed", given)
    head = {"schema": SCHEMA, "command": command, **facts.commit(), "machine": facts.machine()}
    facts.write_json(arguments.out, head | {"load_average": list(os.getloadavg()), **result})
    return 0


def _parts(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in PARTS:
            raise UsageError(f"there is no part {name!r}.", hint=f"Known are: {', '.join(PARTS)}.")
    return names


def _setting(arguments: argparse.Namespace, folder: Path) -> Setting:
    system, _, checkout = (arguments.compare or "").partition("=")
    if arguments.compare and (system != "aasist" or not checkout):
        raise UsageError(f"cannot compare with {arguments.compare!r}.", hint="Give --compare aasist=FOLDER.")
    return Setting(
        clips=[clip.path for clip in read_manifest(arguments.manifest)],
        folder=folder,
        repeats=arguments.repeats,
        aasist=Path(checkout) if checkout else None,
        cli=shlex.split(arguments.cli) if arguments.cli else processes.cli_command(),
        scan_minutes=arguments.scan_minutes,
        memory_minutes=arguments.memory_minutes,
    )


if __name__ == "__main__":
    sys.exit(main())
