"""What marks that are not there look like: correlations of keys with sound that none of them marked.

    python -m earwitness.eval.watermark_null --out watermark/null.json speech_folder noise_folder

Every recording (its first eight seconds), clean and under some conditions of ``earwitness.eval.attacks``,
is laid under many keys at once. How often the best of all places exceeds a correlation T, divided by the
tail of the normal distribution at T, says as how many independent tries those places count. The largest
such ratio over the thresholds that enough trials exceed is what readers use. Chords made from formulas
stand for music unless a folder of music is given too.
"""

from __future__ import annotations

import argparse
import json
import math
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.audio import load_audio
from earwitness.errors import EarWitnessError, UsageError
from earwitness.eval import attacks
from earwitness.marks import MarkKey
from earwitness.watermark.evidence import Evidence, Levels, Warp
from earwitness.watermark.features import spectrum
from earwitness.watermark.layout import COLUMNS, HOP, PAIRS, RATE, SCHEME, layout_of
from earwitness.watermark.significance import PLACES

__all__ = ["best_correlations", "chords", "main", "tries_from"]

Float32 = npt.NDArray[np.float32]
Patterns = npt.NDArray[np.complex64]
SCHEMA = "earwitness.eval.watermark_null/1"
CONDITIONS = ("clean", "opus_16k", "mp3_32k", "g711_mulaw", "gsm", "white_10db", "small_room")
SECONDS = 8.0
SUFFIXES = {".flac", ".wav", ".ogg", ".mp3", ".opus", ".m4a"}
_ENOUGH = 100
_THRESHOLDS = np.round(np.arange(3.0, 6.6, 0.1), 1)


def best_correlations(samples: Float32, patterns: Patterns, power: Patterns) -> Float32:
    """The best correlation over all places of a recording for each key, shape (keys,).

    samples: (n,) at 16 kHz. patterns: ``_patterns`` of the keys; power: the same of their absolute values.
    """
    padded = np.pad(samples, (HOP, 2 * HOP - len(samples) % HOP))
    frames = spectrum(padded.astype(np.float32))
    levels = Levels.of(np.square(np.abs(frames)).astype(np.float32))
    folded = Evidence.of(levels, Warp()).chips.sum(2)
    said = _circular(folded, patterns)
    spread = _circular(folded * folded, power)
    floor = 1e-6 * float(spread.max()) + 1e-12
    z = said / np.sqrt(np.maximum(spread, floor))
    return np.asarray(z.reshape(-1, z.shape[-1]).max(0), np.float32)


def _circular(folded: Float32, patterns: Patterns) -> Float32:
    """Circular correlation of (3, 4, 36, 30) evidence with (19, 30, keys) patterns: (12, 36, keys)."""
    values = np.fft.rfft(folded.reshape(-1, COLUMNS, PAIRS), axis=1).transpose(1, 0, 2)
    products = np.matmul(values.astype(np.complex64), patterns)
    return np.asarray(np.fft.irfft(products.transpose(1, 0, 2), COLUMNS, axis=1), np.float32)


def _patterns(keys: Sequence[MarkKey], *, absolute: bool) -> Patterns:
    planes = np.zeros((len(keys), COLUMNS * PAIRS), np.float32)
    for plane, key in zip(planes, keys, strict=True):
        layout = layout_of(key)
        plane[layout.sync] = 1 if absolute else layout.signs[layout.sync]
    spectra = np.conj(np.fft.rfft(planes.reshape(-1, COLUMNS, PAIRS), axis=1))
    return np.ascontiguousarray(spectra.transpose(1, 2, 0), np.complex64)


def tries_from(best: Float32) -> tuple[float, dict[str, int]]:
    """Independent tries that the places amount to, and how many trials exceeded each threshold."""
    counts = {f"{t:.1f}": int((best > t).sum()) for t in _THRESHOLDS}
    ratios = [
        1 / (0.5 * math.erfc(float(t) / math.sqrt(2))) * count / len(best)
        for t, count in zip(_THRESHOLDS, counts.values(), strict=True)
        if count >= _ENOUGH
    ]
    return max(ratios, default=float(PLACES)), counts


def chords(count: int, random: np.random.Generator) -> Iterator[Float32]:
    """Music made from formulas: arpeggios of decaying harmonics over beats of noise, (n,) at 16 kHz."""
    t = np.arange(int(SECONDS * RATE)) / RATE
    for _ in range(count):
        sound = np.zeros_like(t)
        beat = float(random.uniform(0.18, 0.5))
        for start in np.arange(0, SECONDS, beat):
            since = np.clip(t - start, 0, None)
            base = 110 * 2 ** (random.integers(0, 30) / 12)
            partials = [np.sin(2 * np.pi * base * k * since) / k for k in range(1, 12) if base * k < 7_500]
            sound += np.sum(partials, axis=0) * np.exp(-3 * since) * (t >= start)
            hit = 0.3 * np.exp(-40 * since) * (t >= start)
            sound += hit * random.standard_normal(len(t))
        yield (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the null; the exit code."""
    parser = argparse.ArgumentParser(prog="earwitness.eval.watermark_null", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="unmarked recordings")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--keys", type=int, default=400)
    parser.add_argument("--recordings", type=int, default=60, help="from each folder, at most")
    parser.add_argument("--music", type=int, default=30, help="made pieces")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    try:
        result = _measure(given)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    words = list(arguments) if arguments is not None else sys.argv[1:]
    result["command"] = shlex.join(["python", "-m", "earwitness.eval.watermark_null", *_without_paths(words)])
    given.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


def _without_paths(words: Sequence[str]) -> list[str]:
    return [Path(word).name if "/" in word else word for word in words]


def _measure(given: argparse.Namespace) -> dict[str, object]:
    random = np.random.default_rng(given.seed)
    keys = [MarkKey("null", f"{k:08x}", random.bytes(32)) for k in range(given.keys)]
    patterns = _patterns(keys, absolute=False)
    absolute = _patterns(keys, absolute=True)
    known = attacks.conditions()
    unknown = [name for name in CONDITIONS if name != attacks.CLEAN and name not in known]
    if unknown:
        raise UsageError(f"conditions {', '.join(unknown)} are not known.")
    best: dict[str, list[Float32]] = {name: [] for name in CONDITIONS}
    sources = 0
    for samples in _recordings(given, random):
        sources += 1
        for name in CONDITIONS:
            heard = samples if name == attacks.CLEAN else known[name](samples, random)
            best[name].append(best_correlations(heard, patterns, absolute))
    if not sources:
        raise UsageError("no recordings were found.", hint=f"Folders hold {', '.join(sorted(SUFFIXES))}.")
    everything = np.concatenate([part for parts in best.values() for part in parts])
    tries, counts = tries_from(everything)
    return {
        "schema": SCHEMA,
        "scheme": SCHEME,
        "tries_a_window": round(tries, 1),
        "places_a_window": PLACES,
        "trials": len(everything),
        "recordings": sources,
        "keys": given.keys,
        "seed": given.seed,
        "largest": round(float(everything.max()), 3),
        "largest_by_condition": {n: round(float(np.concatenate(p).max()), 3) for n, p in best.items()},
        "exceeded": counts,
    }


def _recordings(given: argparse.Namespace, random: np.random.Generator) -> Iterator[Float32]:
    for folder in given.folders:
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        chosen = random.permutation(len(files))[: given.recordings]
        for index in chosen:
            samples = load_audio(files[int(index)], rate=RATE, mono=True).mono()[: int(SECONDS * RATE)]
            if len(samples) >= 2 * RATE:
                yield samples
    yield from chords(given.music, random)


if __name__ == "__main__":
    sys.exit(main())
