"""How well synthetic stretches are found and bounded in recordings that are synthetic in part.

Polarity: a positive is synthetic. Three views: is the file found at all (its verdict is a finding); how much
of the time that is called synthetic is so, and how much of the synthetic time is called (precision, recall
and F1 at the shipped threshold, as arXiv 2507.03468 advises); and the equal error rate of frames of 20 ms,
whatever the threshold (PartialSpoof, arXiv 2204.05177: a frame with any synthetic sound in it counts as
synthetic). Time and frames are those of human and partly synthetic recordings: fully synthetic ones are
counted as files only, since they would make every rate look better than what it stands for.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.detector.training.partial_set import BUCKETS, HUMAN, PARTIAL, SYNTHETIC, Span
from earwitness.eval import metrics
from earwitness.eval.bootstrap import Indices, bootstrap
from earwitness.eval.intervals import share
from earwitness.report import Report

__all__ = ["FRAME_S", "Heard", "bucket_of", "called", "hear", "summary"]

Float64 = npt.NDArray[np.float64]

FRAME_S = 0.02
LOCATED = 0.5  # share of a stretch that must be called for its borders to be compared
EER_ROUNDS = 200


def called(report: Report, threshold: float | None = None) -> list[Span]:
    """When the report calls the speech synthetic: begins and ends in seconds, in order, apart.

    threshold: LLR of a step of the time line from which it counts; None: the stretches that the verdict
    names, and all that was judged where it is synthetic throughout.
    """
    if threshold is None and report.stretches:
        return _merged([(stretch.start_s, stretch.end_s) for stretch in report.stretches])
    if threshold is None:
        threshold = -math.inf if report.verdict.is_finding else math.inf
    steps = [s for s in report.segments if s.llr_synthetic is not None and s.llr_synthetic >= threshold]
    return _merged([(step.start_s, step.end_s) for step in steps])


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said of a recording whose truth is known.

    kind: human, partial or synthetic. cluster: what it is not independent of, its speaker. truth, called:
    synthetic stretches, true and said, in order, apart. found: the verdict is a finding. frames: LLR of each
    frame of 20 ms, shape (n,), NaN where there is none.
    """

    kind: str
    engine: str
    cluster: str
    truth: tuple[Span, ...]
    called: tuple[Span, ...]
    found: bool
    frames: Float64

    @property
    def flags(self) -> npt.NDArray[np.bool_]:
        """Which frames hold synthetic sound, shape (n,)."""
        begins = np.arange(len(self.frames)) * FRAME_S
        found = np.zeros(len(begins), np.bool_)
        for begin, end in self.truth:
            found |= (begins < end - 1e-6) & (begins + FRAME_S > begin + 1e-6)
        return found

    @property
    def times(self) -> tuple[float, float, float]:
        """Seconds called rightly, called wrongly, and not called though synthetic."""
        right = sum(_overlap(stretch, self.called) for stretch in self.truth)
        return right, _length(self.called) - right, _length(self.truth) - right


def hear(
    report: Report,
    *,
    kind: str,
    engine: str,
    cluster: str,
    truth: Sequence[Span],
    threshold: float | None = None,
) -> Heard:
    """The report beside the truth. Where two channels were judged, each frame has the higher LLR."""
    frames = np.full(int(report.file.duration_s / FRAME_S + 1e-6), np.nan)
    middles = (np.arange(len(frames)) + 0.5) * FRAME_S
    for step in report.segments:
        if step.llr_synthetic is not None:
            inside = (middles >= step.start_s) & (middles < step.end_s)
            frames[inside] = np.fmax(frames[inside], step.llr_synthetic)
    return Heard(
        kind=kind,
        engine=engine,
        cluster=cluster,
        truth=tuple(truth),
        called=tuple(called(report, threshold)),
        found=report.verdict.is_finding,
        frames=frames,
    )


def summary(heard: Sequence[Heard], *, rounds: int = 1000, seed: int = 0) -> dict[str, Any]:
    """All numbers of recordings under one condition; intervals of 95 % over speakers, of shares exact.

    Keys: files (share found, by kind; of human ones that is the rate of false alarms), time (also without
    human recordings: time_partial), frames, stretches (all, and by length), engines.
    """
    parts = [h for h in heard if h.kind != SYNTHETIC]
    partial = [h for h in heard if h.kind == PARTIAL]
    human = [h for h in heard if h.kind == HUMAN]
    engines = sorted({h.engine for h in heard if h.kind != HUMAN})
    return {
        "files": {kind: _found([h for h in heard if h.kind == kind]) for kind in (PARTIAL, HUMAN, SYNTHETIC)},
        "time": _time(parts, rounds, seed),
        "time_partial": _time(partial, rounds, seed),
        "frames": _frames(parts, min(rounds, EER_ROUNDS), seed),
        "stretches": _by_length(partial, rounds, seed),
        "engines": {
            engine: {
                "files": _found([h for h in partial if h.engine == engine]),
                "time": _time([*human, *(h for h in partial if h.engine == engine)], rounds, seed),
                "frames": _frames([*human, *(h for h in partial if h.engine == engine)], 0, seed),
            }
            for engine in engines
        },
    }


def bucket_of(stretch: Span) -> str:
    """Name of the length's bucket, such as "0.5-1 s"; what is shorter or longer than all has a name, too."""
    length = stretch[1] - stretch[0]
    if length < BUCKETS[0][0] - 1e-6:
        return f"under {BUCKETS[0][0]:g} s"
    for low, high in BUCKETS:
        if length < high:
            return f"{low:g}-{high:g} s"
    return f"over {BUCKETS[-1][1]:g} s"


def _found(heard: Sequence[Heard]) -> dict[str, Any]:
    return share(sum(h.found for h in heard), len(heard))


_RATES: dict[str, Callable[[float, float, float], float | None]] = {
    "precision": lambda right, wrong, missed: _ratio(right, right + wrong),  # noqa: ARG005
    "recall": lambda right, wrong, missed: _ratio(right, right + missed),  # noqa: ARG005
    "f1": lambda right, wrong, missed: _ratio(2 * right, 2 * right + wrong + missed),
}


def _time(heard: Sequence[Heard], rounds: int, seed: int) -> dict[str, Any]:
    """Precision, recall and F1 of the seconds of all recordings together; rate None where nothing counts."""
    times = np.array([h.times for h in heard]).reshape(-1, 3)
    clusters = [h.cluster for h in heard]
    right, wrong, missed = times.sum(axis=0).tolist()
    found: dict[str, Any] = {"right_s": right, "wrong_s": wrong, "missed_s": missed}
    for name, rate in _RATES.items():
        found[name] = {
            "rate": rate(right, wrong, missed),
            "interval": _interval(
                lambda drawn: rate(*times[drawn].sum(axis=0)),  # noqa: B023 -- called before the next
                clusters,
                rounds,
                seed,
            ),
        }
    return found


def _frames(heard: Sequence[Heard], rounds: int, seed: int) -> dict[str, Any]:
    """Equal error rate of the frames that have a score, and how many have none."""
    sides = []
    for one in heard:
        flags, scored = one.flags, ~np.isnan(one.frames)
        sides.append((one.frames[scored & ~flags], one.frames[scored & flags]))
    flags = np.concatenate([h.flags for h in heard]) if heard else np.zeros(0, np.bool_)
    unscored = np.isnan(np.concatenate([h.frames for h in heard])) if heard else np.zeros(0, np.bool_)

    def rate(drawn: Indices) -> float | None:
        human, synthetic = (np.concatenate([sides[at][side] for at in drawn]) for side in (0, 1))
        return metrics.eer(human, synthetic).rate if len(human) and len(synthetic) else None

    return {
        "eer": {
            "rate": rate(np.arange(len(heard))) if heard else None,
            "interval": _interval(rate, [h.cluster for h in heard], rounds, seed),
        },
        "frame_s": FRAME_S,
        "frames": len(flags),
        "synthetic": int(flags.sum()),
        "unscored": int(unscored.sum()),
        "unscored_synthetic": int((unscored & flags).sum()),
    }


@dataclass(frozen=True, slots=True)
class _Stretch:
    """One true stretch: seconds of it called, and how far off the borders of what was called over it are."""

    bucket: str
    cluster: str
    length_s: float
    called_s: float
    errors_s: tuple[float, ...]


def _stretches(heard: Sequence[Heard]) -> list[_Stretch]:
    found = []
    for one in heard:
        for begin, end in one.truth:
            over = [span for span in one.called if _overlap((begin, end), [span]) > 0]
            right = _overlap((begin, end), over)
            located = right >= LOCATED * (end - begin)
            errors = (abs(over[0][0] - begin), abs(over[-1][1] - end)) if located else ()
            found.append(_Stretch(bucket_of((begin, end)), one.cluster, end - begin, right, errors))
    return found


def _by_length(heard: Sequence[Heard], rounds: int, seed: int) -> dict[str, Any]:
    """All stretches, then those of each length, shortest first; and ``files``: how many recordings were found
    among those whose longest stretch is one of these."""
    stretches = sorted(_stretches(heard), key=lambda s: s.length_s)
    names = ["all", *dict.fromkeys(s.bucket for s in stretches)]
    groups = {name: [s for s in stretches if name in ("all", s.bucket)] for name in names}
    longest = [(h, bucket_of(max(h.truth, key=lambda span: span[1] - span[0]))) for h in heard if h.truth]
    return {
        name: {"files": _found([h for h, bucket in longest if name in ("all", bucket)])}
        | _of_stretches(group, rounds, seed)
        for name, group in groups.items()
    }


def _of_stretches(group: Sequence[_Stretch], rounds: int, seed: int) -> dict[str, Any]:
    """located: at least half of the stretch is called. recall: of the stretches' seconds. border_error_s: how
    far off the ends of what was called over located ones are, both ends together."""
    times = np.array([(s.called_s, s.length_s) for s in group]).reshape(-1, 2)

    def recall(drawn: Indices) -> float | None:
        return _ratio(*times[drawn].sum(axis=0))

    errors = [error for s in group for error in s.errors_s]
    interval = _interval(recall, [s.cluster for s in group], rounds, seed)
    return {
        "n": len(group),
        "located": share(sum(bool(s.errors_s) for s in group), len(group)),
        "recall": {"rate": recall(np.arange(len(group))), "interval": interval},
        "border_error_s": {
            "median": float(np.median(errors)) if errors else None,
            "p90": float(np.quantile(errors, 0.9)) if errors else None,
        },
    }


def _interval(
    rate: Callable[[Indices], float | None], clusters: Sequence[str], rounds: int, seed: int
) -> dict[str, Any] | None:
    found = bootstrap(rate, clusters, rounds=rounds, seed=seed)
    return None if found is None else asdict(found)


def _ratio(part: float, whole: float) -> float | None:
    return float(part / whole) if whole > 0 else None


def _merged(spans: Sequence[Span]) -> list[Span]:
    """In order, what touches or overlaps as one."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1] + 1e-6:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _length(spans: Sequence[Span]) -> float:
    return sum(end - begin for begin, end in spans)


def _overlap(stretch: Span, spans: Sequence[Span]) -> float:
    return sum(max(0.0, min(stretch[1], end) - max(stretch[0], begin)) for begin, end in spans)
