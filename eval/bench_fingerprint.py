"""How well fingerprints find copies, how often they find what is none, and how fast among a million.

    python -m earwitness.eval.bench_fingerprint --manifest clips.tsv --out eval/results/fingerprint.json

The manifest has the columns path (relative to it), corpus and speaker. Two clips of a speaker make a known
recording of about 16 s; 8 s out of its middle, attacked, are heard. Impostors are all other known
recordings. The index is filled with synthetic records whose features are distributed like those of the real
ones. Needs the train extra; Chromaprint is measured beside the default method where it is installed.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness import plugins
from earwitness.audio import load_audio
from earwitness.errors import EarWitnessError, MissingDependencyError, UsageError
from earwitness.eval import attacks, facts
from earwitness.fingerprints import Fingerprint, FingerprintMethod, load_fingerprints
from earwitness.marks import Search
from earwitness.provenance import fingerprint_index as index
from earwitness.provenance.fingerprint import METHOD, landmarks_of
from earwitness.provenance.landmark_pairs import Pairs, pairs_of

__all__ = ["attack_table", "main", "synthetic_postings"]

Float32 = npt.NDArray[np.float32]
UInt64 = npt.NDArray[np.uint64]
Attack = Callable[[Float32, np.random.Generator], Float32]

SCHEMA = "earwitness.eval.fingerprint/1"
RATE = 16_000
LEAST_CLIP_S, START_S, HEARD_S, SHORT_S = 5.5, 1.237, 8.0, 3.0
CONDITIONS = (
    "mp3_32k",
    "aac_32k",
    "opus_16k",
    "gsm",
    "g711_mulaw",
    "phone_call",
    "white_10db",
    "pink_10db",
    "small_room",
    "gain_minus_20db",
)
IMPOSTOR_CONDITIONS = ("trimmed", "gsm", "phone_call")
A_CORPUS = 11
RECORD_S = 10


def attack_table() -> dict[str, Attack]:
    """Name to attack on samples (n,) at 16 kHz; lengths may change."""
    import librosa
    import soxr

    known = attacks.conditions()
    table: dict[str, Attack] = {"trimmed": lambda x, _: x}
    table |= {name: known[name] for name in CONDITIONS}

    def played(speed: float) -> Attack:
        return lambda x, _: np.asarray(soxr.resample(x, RATE * speed, RATE), np.float32)

    def stretched(speed: float) -> Attack:
        return lambda x, _: np.asarray(librosa.effects.time_stretch(x, rate=speed), np.float32)

    def shifted(semitones: float) -> Attack:
        return lambda x, _: np.asarray(librosa.effects.pitch_shift(x, sr=RATE, n_steps=semitones), np.float32)

    table |= {f"speed_{speed}": played(speed) for speed in (0.9, 1.05)}
    table |= {f"stretch_{speed}": stretched(speed) for speed in (0.95, 1.1)}
    table |= {f"pitch_{semitones:+d}": shifted(semitones) for semitones in (-1, 1)}
    short = round(SHORT_S * RATE)
    table["3_s"] = lambda x, _: x[:short]
    table["3_s_opus_16k"] = lambda x, rng: known["opus_16k"](x[:short], rng)
    return table


def recordings(manifest: Path, count: int, seed: int) -> list[Float32]:
    """Known recordings, (n,) at 16 kHz: two clips of a speaker each, no clip twice, corpora mixed."""
    speakers: dict[tuple[str, str], list[Path]] = {}
    with manifest.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            speakers.setdefault((row["corpus"], row["speaker"]), []).append(manifest.parent / row["path"])
    random = np.random.default_rng(seed)
    order = [list(speakers)[int(at)] for at in random.permutation(len(speakers))]
    taken: dict[str, int] = {}
    found: list[Float32] = []
    for who in order * 8:
        if len(found) == count:
            break
        if taken.get(who[0], 0) < A_CORPUS and len(pair := _two(speakers[who])) == 2:
            taken[who[0]] = taken.get(who[0], 0) + 1
            found.append(np.concatenate(pair))
    if len(found) < 2:
        raise UsageError(f"too few speakers have two clips of {LEAST_CLIP_S} s.", subject=str(manifest))
    return found


def _two(paths: list[Path]) -> list[Float32]:
    """The next two clips that are long enough, taken out of the list."""
    clips: list[Float32] = []
    while paths and len(clips) < 2:
        samples = load_audio(paths.pop(), rate=RATE, mono=True).mono()
        if len(samples) >= LEAST_CLIP_S * RATE:
            clips.append(samples)
    return clips


def synthetic_postings(real: Sequence[Pairs], records: int, rng: np.random.Generator) -> UInt64:
    """The index of ``records`` records of 10 s, numbered from 1: keys like the real ones', a little moved."""
    keys = np.concatenate([pairs.key for pairs in real]).astype(np.int64)
    seconds = sum(int(pairs.frame.max()) - int(pairs.frame.min()) for pairs in real) * 0.016
    each = round(len(keys) / seconds * RECORD_S)
    total = records * each
    key = keys[rng.integers(0, len(keys), total)]
    gap = np.clip((key & 63) + rng.integers(-3, 4, total), 3, 63)
    place = np.clip((key >> 12) + rng.integers(-2, 3, total), 0, 125)
    key = (place << 12) | (key & (63 << 6)) | gap
    posting: UInt64 = key.astype(np.uint64) << np.uint64(index.ENTRY_BITS + index.FRAME_BITS)
    posting |= np.repeat(np.arange(records, dtype=np.uint64), each) << np.uint64(index.FRAME_BITS)
    posting |= rng.integers(0, round(RECORD_S / 0.016), total).astype(np.uint64)
    posting.sort()
    return posting


def _fingerprint(method: FingerprintMethod, samples: Float32) -> Fingerprint:
    maker = method.maker(RATE, 1)
    maker.push(np.clip(samples, -1, 1).astype(np.float32)[None])
    return maker.finish()


def _measure_method(
    method: FingerprintMethod, known: Sequence[Float32], heard: dict[str, list[Float32]]
) -> dict[str, Any]:
    began = time.perf_counter()
    old = [_fingerprint(method, samples) for samples in known]
    spent = time.perf_counter() - began
    new = {name: [_fingerprint(method, samples) for samples in sounds] for name, sounds in heard.items()}
    found = {
        name: float(np.mean([method.compare(a, b).same for a, b in zip(old, prints, strict=True)]))
        for name, prints in new.items()
    }
    pairs, wrong, ps = 0, 0, []
    for name in IMPOSTOR_CONDITIONS:
        # Every speed and pitch in one condition, for that is slow; the plain comparison in all.
        search = Search.FULL if name == IMPOSTOR_CONDITIONS[0] else Search.NONE
        for at, one in enumerate(new[name]):
            for other in (o for k, o in enumerate(old) if k != at):
                likeness = method.compare(other, one, search)
                pairs, wrong = pairs + 1, wrong + likeness.same
                ps.append(likeness.p_value)
    seconds = sum(len(samples) for samples in known) / RATE
    return {
        "bytes_a_second": sum(len(one.data) for one in old) / seconds,
        "seconds_a_second_of_sound": spent / seconds,
        "found": found,
        "impostor_pairs": pairs,
        "false_matches": wrong,
        "smallest_impostor_p": min(ps),
        "impostor_p_below": {str(p): float(np.mean(np.array(ps) < p)) for p in (0.1, 0.01, 0.001)},
    }


def _measure_index(
    known: Sequence[Float32], heard: dict[str, list[Float32]], records: int, seed: int
) -> dict[str, Any]:
    method = load_fingerprints()
    old = [pairs_of(landmarks_of(_fingerprint(method, samples))) for samples in known]
    kept = [index.kept(pairs) for pairs in old]
    began = time.perf_counter()
    postings = synthetic_postings(kept, records, np.random.default_rng(seed))
    built = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        million = index.save_segment(Path(folder), index.Segment(1, records, "0" * 64, postings))
        size = postings.nbytes
        del postings
        entries = [(records + 1 + at, pairs) for at, pairs in enumerate(old)]
        real = index.Segment(records + 1, records + len(old), "1" * 64, index.postings(entries, records + 1))
        results = {}
        for name, sounds in heard.items():
            first, times = [], []
            for at, samples in enumerate(sounds):
                pairs = pairs_of(landmarks_of(_fingerprint(method, samples)))
                began = time.perf_counter()
                found = index.search([million, real], pairs, 8)
                times.append(1000 * (time.perf_counter() - began))
                first.append(bool(found) and found[0].number == records + 1 + at)
            results[name] = {
                "first": float(np.mean(first)),
                "ms_median": float(np.median(times)),
                "ms_95": float(np.percentile(times, 95)),
            }
    return {"records": records, "record_s": RECORD_S, "bytes": size, "built_s": built, "queries": results}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the results; the exit code."""
    parser = argparse.ArgumentParser(prog="earwitness.eval.bench_fingerprint", description=__doc__)
    parser.add_argument("--manifest", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--clips", type=int, default=48)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--index-only", action="store_true", help="leave the comparison of methods out")
    given = parser.parse_args(arguments)
    try:
        result = _measure(given)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    words = list(arguments) if arguments is not None else sys.argv[1:]
    command = facts.command_line("earwitness.eval.bench_fingerprint", words)
    facts.write_json(given.out, {"schema": SCHEMA, "command": command, **result})
    return 0


def _measure(given: argparse.Namespace) -> dict[str, Any]:
    known = recordings(given.manifest, given.clips, given.seed)
    start, length = round(START_S * RATE), round(HEARD_S * RATE)
    heard = {
        name: [
            attack(samples[start : start + length], np.random.default_rng([given.seed, at]))
            for at, samples in enumerate(known)
        ]
        for name, attack in attack_table().items()
    }
    methods: dict[str, Any] = {}
    for name in () if given.index_only else plugins.names(plugins.FINGERPRINTS):
        try:
            method = load_fingerprints(name)
        except MissingDependencyError as error:
            methods[name] = {"left_out": str(error)}
            continue
        methods[method.name] = _measure_method(method, known, heard)
    plain = {name: heard[name] for name in ("trimmed", *CONDITIONS, "3_s", "3_s_opus_16k")}
    return {
        **facts.commit(),
        "machine": facts.machine(),
        "recordings": len(known),
        "heard_s": HEARD_S,
        "seed": given.seed,
        "default_method": METHOD,
        "methods": methods,
        "index": _measure_index(known, plain, given.records, given.seed),
    }


if __name__ == "__main__":
    sys.exit(main())
