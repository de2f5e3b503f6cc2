"""Recordings of which a part is synthetic, with the place of every stretch, beside human and synthetic ones.

    python -m earwitness.detector.training.partial_set OUT --pairs FOLDER [--real real.tsv] [--seed 0]

A partly synthetic recording is 8 to 20 s of one person in which one or two stretches of 0.5 to 4 s are
replaced by the copy of the same words at the same time: as loud, faded over 5 to 30 ms, mostly speech. Human
recordings are joined in the same way, so that joints and pauses tell nothing. What is made depends on the
pairs, the counts and the seed only. Writes FLACs and ``OUT/manifest.tsv``, which ``eval.bench_accuracy``
reads, too; its column ``stretches`` holds "begin-end" in seconds, separated by blanks.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from earwitness.contracts import Float32
from earwitness.detector.training.partial_voices import Take, Tracks, Voice, join, read_voices
from earwitness.errors import EarWitnessError, UsageError
from earwitness.vad import FRAME, RATE, VoiceActivity

__all__ = [
    "BUCKETS",
    "COUNTS",
    "HUMAN",
    "PARTIAL",
    "SYNTHETIC",
    "Recording",
    "Span",
    "build",
    "main",
    "splice",
]

Span = tuple[float, float]
"""Begin and end in seconds."""
Bools = npt.NDArray[np.bool_]

PARTIAL, HUMAN, SYNTHETIC = "partial", "human", "synthetic"
COUNTS = {PARTIAL: 150, HUMAN: 150, SYNTHETIC: 50}
BUCKETS = ((0.5, 1.0), (1.0, 2.0), (2.0, 4.0))
"""Lengths of stretches in seconds: an octave each, so that equal shares of them are log-uniform."""
SECONDS = (8.0, 20.0)
COPIED_S = 10.0  # of the engine's clips at most, about: the rest is to be somebody's own voice
WHOLE_S = 3.0  # a fully synthetic recording has so much at least: few people have 8 s of copies
FADE_S = (0.005, 0.03)
SPEECH_SHARE = 0.7
SYNTHETIC_SHARE = 0.6  # of a recording at most, so that it stays a partly synthetic one
GAP_S = 0.5  # between two stretches, so that they are two
MARGIN_S = 0.1  # before the first and after the last
_STEP = RATE // 100
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Recording:
    """samples: (n,) at 16 kHz, within -1..1. truth: the synthetic stretches, in order; one over all of a
    synthetic recording. engine: what made them, "human" if nothing."""

    name: str
    kind: str
    samples: Float32
    truth: tuple[Span, ...]
    engine: str
    speaker: str
    corpus: str
    language: str


def build(
    voices: Sequence[Voice], counts: Mapping[str, int] | None = None, seed: int = 0
) -> Iterator[Recording]:
    """Recordings of each kind, as many as ``counts`` says (default: ``COUNTS``): engines and people in turn.

    The first n of a kind are the same whatever the counts. Raises UsageError when nobody has enough clips.
    """
    for kind, count in (COUNTS if counts is None else counts).items():
        turns = _turns(voices, kind, seed)
        if count and not turns:
            raise UsageError(
                f"nobody has clips enough for {kind} recordings.",
                hint=f"It takes {SECONDS[0]:g} s of one person; --real lists more clips.",
            )
        for index in range(count):
            yield _record(turns, kind, index, seed)


def _turns(voices: Sequence[Voice], kind: str, seed: int) -> list[tuple[str, list[Voice]]]:
    """Each engine with the people who have enough clips for it, shuffled."""
    rng = np.random.default_rng([seed, list(COUNTS).index(kind)])
    turns = []
    for engine in sorted({take.engine for voice in voices for take in voice.takes} - {""}):
        fit = [voice for voice in voices if _suffices(voice, engine, kind)]
        if fit:
            turns.append((engine, [fit[at] for at in rng.permutation(len(fit))]))
    return turns


def _suffices(voice: Voice, engine: str, kind: str) -> bool:
    copied = sum(take.seconds for take in voice.of(engine))
    if kind == SYNTHETIC:
        return copied >= WHOLE_S
    return copied > 0 and sum(take.seconds for take in voice.takes) >= SECONDS[0]


def _record(turns: list[tuple[str, list[Voice]]], kind: str, index: int, seed: int) -> Recording:
    """Number ``index`` of its kind; where a person's clips have no place for a stretch, the next one's."""
    rng = np.random.default_rng([seed, list(COUNTS).index(kind), index])
    engine, people = turns[index % len(turns)]
    name = f"{kind}_{index:04d}"
    for attempt in range(_TRIES + len(people)):
        voice = people[(index // len(turns) + attempt) % len(people)]
        tracks = _cut(join(_chosen(voice, engine, kind, rng), engine, rng))
        who = (voice.speaker, voice.corpus, voice.language)
        if kind == HUMAN:
            return Recording(name, kind, _within(tracks.human), (), HUMAN, *who)
        if kind == SYNTHETIC:
            whole = (0.0, len(tracks.copy) / RATE)
            return Recording(name, kind, _within(tracks.copy), (whole,), engine, *who)
        places = _places(tracks, rng)
        if places:
            samples = splice(tracks, places, rng)
            truth = tuple((begin / RATE, end / RATE) for begin, end in places)
            return Recording(name, kind, _within(samples), truth, engine, *who)
    raise UsageError(f"no speech of {engine} is long enough for a stretch.", hint="It takes 0.5 s and more.")


def _chosen(voice: Voice, engine: str, kind: str, rng: np.random.Generator) -> list[Take]:
    """Clips for 8 to 20 s: those of the engine beside each other, so that long stretches have a place."""
    wanted = float(rng.uniform(*SECONDS))
    copied = _until(voice.of(engine), wanted if kind == SYNTHETIC else min(wanted, COPIED_S), rng)
    if kind == SYNTHETIC:
        return copied
    left = wanted - sum(take.seconds for take in copied)
    rest = _until(voice.others(engine), left, rng)
    used = {take.path for take in (*copied, *rest)}
    left -= sum(take.seconds for take in rest)
    copied += _until([take for take in voice.of(engine) if take.path not in used], left, rng)
    before = int(rng.integers(len(rest) + 1))
    return [*rest[:before], *copied, *rest[before:]]


def _cut(tracks: Tracks) -> Tracks:
    """Not longer than recordings are: the last clip may be."""
    n = int(SECONDS[1] * RATE)
    return Tracks(tracks.human[:n], tracks.copy[:n], tracks.copied[:n])


def _until(takes: Sequence[Take], seconds: float, rng: np.random.Generator) -> list[Take]:
    """Takes in random order, until they last so long or there are no more."""
    found: list[Take] = []
    for at in rng.permutation(len(takes)):
        if sum(take.seconds for take in found) >= seconds:
            break
        found.append(takes[at])
    return found


def _places(tracks: Tracks, rng: np.random.Generator) -> list[tuple[int, int]]:
    """One or two stretches in samples, in order; none where the first finds no place."""
    chance = VoiceActivity().push(tracks.human)
    speech = np.repeat(chance >= 0.5, FRAME)[: len(tracks.human)]
    found: list[tuple[int, int]] = []
    for bucket in rng.integers(len(BUCKETS), size=int(rng.integers(1, 3))):
        for _ in range(_TRIES):
            low, high = np.log(BUCKETS[bucket])
            length = int(np.exp(rng.uniform(low, high)) * RATE)
            room = SYNTHETIC_SHARE * len(speech) - sum(end - begin for begin, end in found)
            begins = _begins(tracks.copied, speech, length, found)
            if length <= room and len(begins):
                begin = int(rng.choice(begins))
                found.append((begin, begin + length))
                break
        if not found:
            return []
    return sorted(found)


def _begins(
    copied: Bools, speech: Bools, length: int, taken: Sequence[tuple[int, int]]
) -> npt.NDArray[np.intp]:
    """Where a stretch of so many samples may begin: copied throughout, mostly speech, far from the others."""
    margin, gap = int(MARGIN_S * RATE), int(GAP_S * RATE)
    begins = np.arange(margin, len(copied) - length - margin, _STEP)
    there, heard = (np.concatenate([[0], np.cumsum(flags)]) for flags in (copied, speech))
    good = there[begins + length] - there[begins] == length
    good &= heard[begins + length] - heard[begins] >= SPEECH_SHARE * length
    for begin, end in taken:
        good &= (begins + length + gap <= begin) | (begins >= end + gap)
    return np.asarray(begins[good])


def splice(tracks: Tracks, places: Sequence[tuple[int, int]], rng: np.random.Generator) -> Float32:
    """The human track, (n,), with the copy in its place from sample to sample, as loud as what it replaces.

    The middle of each cross-fade is the border of the stretch.
    """
    out = tracks.human.copy()
    for begin, end in places:
        share = np.zeros(len(out), np.float32)
        share[begin:end] = 1
        for border, rises in ((begin, True), (end, False)):
            half = int(rng.uniform(*FADE_S) * RATE / 2)
            ramp = np.sin(np.linspace(0, np.pi / 2, 2 * half, dtype=np.float32)) ** 2
            share[border - half : border + half] = ramp if rises else ramp[::-1]
        levels = [float(np.sqrt(np.mean(x[begin:end] ** 2))) for x in (tracks.human, tracks.copy)]
        gain = np.float32(levels[0] / (levels[1] + 1e-9))
        out = out * (1 - share) + gain * tracks.copy * share
    return np.asarray(out, dtype=np.float32)


def _within(samples: Float32) -> Float32:
    return samples / np.float32(max(1.0, float(np.abs(samples).max()) / 0.99))


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.detector.training.partial_set", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--pairs", type=Path, required=True, help="folder that copysynth wrote")
    parser.add_argument("--real", type=Path, help="list of recordings, for more clips of the same people")
    parser.add_argument("--seed", type=int, default=0)
    for kind, count in COUNTS.items():
        parser.add_argument(f"--{kind}", type=int, default=count, help=f"recordings (default: {count})")
    given = parser.parse_args(words)
    columns = ("path", "label", "corpus", "family", "system", "speaker", "language", "stretches")
    try:
        made = build(read_voices(given.pairs, given.real), {k: vars(given)[k] for k in COUNTS}, given.seed)
        given.out.mkdir(parents=True, exist_ok=True)
        with (given.out / "manifest.tsv").open("w", encoding="utf-8", newline="") as handle:
            lines = csv.writer(handle, delimiter="\t", lineterminator="\n")
            lines.writerow(columns)
            for one in made:
                soundfile.write(given.out / f"{one.name}.flac", one.samples, RATE, subtype="PCM_16")
                label = HUMAN if one.kind == HUMAN else SYNTHETIC
                where = " ".join(f"{begin:.4f}-{end:.4f}" for begin, end in one.truth)
                who = (one.speaker, one.language, where)
                lines.writerow((f"{one.name}.flac", label, one.corpus, one.kind, one.engine, *who))
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
