"""Make training pairs: a recording and its copy through a vocoder or codec, same crop, same chain.

    python -m earwitness.detector.training.copysynth REAL/real.tsv OUT --engines FOLDER --role train \
        --mix hifigan_univ=.2,hifigan_lj=.15,... --per-recording 2 [--jobs 2] [--seed 0]

Each job writes one two-channel FLAC (channel 0 human, channel 1 copy, 16 kHz) and appends a line to
``OUT/pairs-<worker>.jsonl``. The human side goes through the same resampling as the copy, so that the
resampler's band edge tells the classes nothing. Finished jobs are skipped when run again.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import soundfile

from earwitness.detector.training.channels import fit_length
from earwitness.detector.training.logs import PAIRS, logged
from earwitness.detector.training.recipes import chain_rate, family
from earwitness.detector.training.vocoders import RATE, Engines, Float32, resample

__all__ = ["main", "make_pair", "plan"]

CROP_SECONDS = 3.2


def make_pair(
    x: Float32, method: str, engines: Engines, rng: np.random.Generator, shift: float = 1.0
) -> Float32:
    """Human crop and copy, shape (2, n), peak below 1, equal RMS.

    x: (n,) at 16 kHz. shift: the method hears speech whose frequencies are divided by ``shift``, and its
    answer is scaled back: its upsampling grid then lies where that of a ``shift`` times faster model would.
    """
    n = int(CROP_SECONDS * RATE)
    if len(x) > n:
        start = int(rng.integers(len(x) - n))
        x = x[start : start + n]
    x = x / (np.abs(x).max() + 1e-9) * np.float32(rng.uniform(0.5, 0.95))
    faster = round(RATE * shift)
    heard = resample(x, RATE, faster)
    copy = fit_length(resample(engines.methods()[method](heard, rng), faster, RATE), len(x))
    rate = chain_rate(method)
    twin = resample(resample(heard, RATE, rate), rate, RATE)
    human = fit_length(resample(twin, faster, RATE), len(x))
    copy = copy * (np.sqrt(np.mean(human**2)) / (np.sqrt(np.mean(copy**2)) + 1e-9))
    pair = np.stack([human, copy])
    return np.asarray(pair / max(1.0, float(np.abs(pair).max()) / 0.99), dtype=np.float32)


def plan(
    rows: list[dict[str, str]], mix: dict[str, float], per_recording: int, seed: int
) -> list[dict[str, str]]:
    """Jobs in a seeded random order: any prefix is a fair sample of corpora and methods."""
    rng = random.Random(seed)
    jobs = []
    for row in rows:
        methods = list(mix)
        for _ in range(min(per_recording, len(methods))):
            pick = rng.choices(methods, [mix[m] for m in methods])[0]
            methods.remove(pick)
            jobs.append({**row, "method": pick})
    rng.shuffle(jobs)
    for index, job in enumerate(jobs):
        job["id"] = f"{index:06d}"
    return jobs


def _work(args: argparse.Namespace, jobs: list[dict[str, str]], worker: int) -> None:
    engines = Engines(args.engines)
    log = args.out / f"pairs-{worker}.jsonl"
    # All workers' logs: an earlier run may have had another number of workers.
    done = {row["id"] for row in logged(args.out, PAIRS)}
    start = time.monotonic()
    mine = [j for j in jobs[worker :: args.jobs] if j["id"] not in done]
    with log.open("a", encoding="utf-8") as handle:
        for count, job in enumerate(mine, 1):
            x, _ = soundfile.read(args.manifest.parent / job["path"], dtype="float32")
            rng = np.random.default_rng([args.seed, int(job["id"])])
            shift = 1.0 if rng.random() >= args.shift else round(float(rng.uniform(0.87, 1.35)), 3)
            pair = make_pair(x, job["method"], engines, rng, shift)
            name = f"{job['id']}_{job['method']}.flac"
            soundfile.write(args.out / name, pair.T, RATE, subtype="PCM_16")
            keep = {k: job[k] for k in ("id", "corpus", "speaker", "language", "licence", "method")}
            handle.write(
                json.dumps({**keep, "path": name, "family": family(job["method"]), "shift": shift}) + "\n"
            )
            handle.flush()
            if count % 50 == 0:
                left = (len(mine) - count) * (time.monotonic() - start) / count
                print(f"worker {worker}: {count}/{len(mine)}, {left / 60:.0f} min left", flush=True)


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.detector.training.copysynth", description=__doc__)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--engines", type=Path, required=True)
    parser.add_argument("--role", default="train")
    parser.add_argument("--mix", required=True, help="method=weight, comma separated")
    parser.add_argument("--per-recording", type=int, default=2)
    parser.add_argument("--shift", type=float, default=0.0, help="share of pairs made at another scale")
    parser.add_argument("--limit", type=int, default=None)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--worker", type=int, default=None, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    with args.manifest.open(encoding="utf-8") as handle:
        rows = [
            row
            for row in csv.DictReader(handle, delimiter="\t")
            if row["role"] == args.role and row["label"] == "human"
        ]
    mix = {m: float(w) for m, w in (item.split("=") for item in args.mix.split(","))}
    jobs = plan(rows, mix, args.per_recording, args.seed)[: args.limit]
    if args.worker is not None or args.jobs == 1:
        _work(args, jobs, args.worker or 0)
        return 0
    command = [sys.executable, "-m", "earwitness.detector.training.copysynth", *(argv or sys.argv[1:])]
    workers = [subprocess.Popen([*command, "--worker", str(k)]) for k in range(args.jobs)]
    # A worker that was killed has a negative code, which max() would call a success.
    codes = [process.wait() for process in workers]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
