"""What the bench of generators found, as means with intervals, beside what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from earwitness.eval.bootstrap import Indices, bootstrap
from earwitness.eval.intervals import share

__all__ = ["SCHEMA", "mean_of", "summaries", "targets", "word_error_rate"]

SCHEMA = "earwitness.eval.generators/1"
TEACHER = "hibari"
Rows = Sequence[Mapping[str, Any]]
_METRICS = {
    "copy": ("pesq", "stoi", "lsd", "mos", "overall"),
    "convert": ("to_target", "to_source", "mos"),
    "text": ("mos", "overall"),
}


def summaries(parts: Mapping[str, Mapping[str, Rows]]) -> dict[str, dict[str, Any]]:
    """Of each part (but speed) and system, every metric with its interval."""
    made: dict[str, dict[str, Any]] = {}
    for part, systems in parts.items():
        made[part] = {name: _summary(part, rows) for name, rows in systems.items() if rows}
    return made


def _summary(part: str, rows: Rows) -> dict[str, Any]:
    found: dict[str, Any] = {"n": len(rows)}
    for metric in _METRICS.get(part, ()):
        if any(metric in row for row in rows):
            found[metric] = mean_of(rows, metric)
    if part == "convert":
        found["nearer_to_target"] = share(sum(row["to_target"] > row["to_source"] for row in rows), len(rows))
    elif part == "text":
        found["wer"] = word_error_rate(rows)
    elif part == "marks":
        found["file"] = share(sum(bool(row["file"]) for row in rows), len(rows))
        found["mp3"] = share(sum(bool(row["mp3"]) for row in rows), len(rows))
        found["shortest_s"] = min(row["seconds"] for row in rows)
    return found


def mean_of(rows: Rows, metric: str) -> dict[str, Any]:
    """Mean and bootstrap interval over speakers (over sounds where speakers are not known); n that count."""
    counted = [row for row in rows if row.get(metric) is not None]
    values = np.array([row[metric] for row in counted], np.float64)
    return _with_interval(counted, lambda drawn: float(values[drawn].mean()))


def word_error_rate(rows: Rows) -> dict[str, Any]:
    """All errors over all words, its interval over sentences."""
    errors = np.array([row["errors"] for row in rows], np.float64)
    words = np.array([row["words"] for row in rows], np.float64)
    return _with_interval(rows, lambda drawn: float(errors[drawn].sum() / words[drawn].sum()))


def _with_interval(rows: Rows, statistic: Callable[[Indices], float]) -> dict[str, Any]:
    if not rows:
        return {"mean": None, "low": None, "high": None, "n": 0}
    clusters = [str(row.get("speaker") or number) for number, row in enumerate(rows)]
    interval = bootstrap(statistic, clusters)
    return {
        "mean": statistic(np.arange(len(rows))),
        "low": None if interval is None else interval.low,
        "high": None if interval is None else interval.high,
        "n": len(rows),
        "clusters": len(set(clusters)),
    }


def _difference(ours: Rows, theirs: Rows, metric: str) -> dict[str, Any]:
    """Mean of theirs less ours, clip by clip."""
    known = {row["clip"]: row[metric] for row in theirs}
    pairs = [
        {"speaker": row["speaker"], "by": known[row["clip"]] - row[metric]}
        for row in ours
        if row[metric] is not None and known.get(row["clip"]) is not None
    ]
    return mean_of(pairs, "by")


def _wer_difference(ours: Rows, theirs: Rows) -> dict[str, Any]:
    """Our rate less theirs, sentence by sentence drawn together."""
    other = {row["text"]: row for row in theirs}
    pairs = [(row, other[row["text"]]) for row in ours if row["text"] in other]
    table = np.array([(a["errors"], a["words"], b["errors"], b["words"]) for a, b in pairs], np.float64)

    def statistic(drawn: Indices) -> float:
        total = table[drawn].sum(0)
        return float(total[0] / total[1] - total[2] / total[3])

    return _with_interval([{} for _ in pairs], statistic)


def targets(
    parts: Mapping[str, Mapping[str, Rows]],
    speeds: Mapping[str, Any] | None,
    bits_per_second: float | None,
    teacher: str = TEACHER,
) -> list[dict[str, Any]]:
    """A row a target: what, asked ("at least" or "at most" a number), measured, low, high, met.

    met is None where it was not measured; it is the measured value's, whatever the interval.
    """
    copies, words = parts.get("copy", {}), parts.get("text", {})
    return [
        _at_least("GAN copies: PESQ", 3.0, _mean(copies, "gan", "pesq")),
        _at_most("GAN copies: PESQ behind HiFi-GAN V1", 0.3, _behind(copies, "gan", "hifigan")),
        _at_least("GAN copies: times faster than HiFi-GAN V1", 10.0, _ratio(speeds, "hifigan", "gan")),
        _at_least("autoregressive copies: PESQ", 2.5, _mean(copies, "autoregressive", "pesq")),
        _at_most("autoregressive copies: real-time factor", 1.0, _factor(speeds, "copy", "autoregressive")),
        _at_least("VAE copies: PESQ", 2.2, _mean(copies, "vae", "pesq")),
        _at_most("VAE copies: bit/s, voice apart", 2000.0, _exactly(bits_per_second)),
        _at_least("converted voices nearer to the target", 0.9, _nearer(parts.get("convert", {}))),
        _at_most("text to speech: word error rate", 0.15, _wer(words, "transformer")),
        _at_most("text to speech: word error rate above the teacher's", 0.08, _above(words, teacher)),
        _at_most("text to speech: real-time factor", 0.15, _factor(speeds, "text", "transformer")),
        *(_opinion(copies, name) for name in ("gan", "autoregressive", "vae")),
        _opinion(words, "transformer"),
        _at_least("marks read after MP3 64k", 1.0, _marks(parts.get("marks", {}))),
    ]


def _mean(systems: Mapping[str, Rows], name: str, metric: str) -> dict[str, Any] | None:
    return mean_of(systems[name], metric) if systems.get(name) else None


def _opinion(systems: Mapping[str, Rows], name: str) -> dict[str, Any]:
    return _at_least(f"{name}: DNSMOS, first edition", 3.0, _mean(systems, name, "mos"))


def _behind(systems: Mapping[str, Rows], ours: str, theirs: str) -> dict[str, Any] | None:
    both = systems.get(ours) and systems.get(theirs)
    return _difference(systems[ours], systems[theirs], "pesq") if both else None


def _wer(systems: Mapping[str, Rows], name: str) -> dict[str, Any] | None:
    return word_error_rate(systems[name]) if systems.get(name) else None


def _above(systems: Mapping[str, Rows], teacher: str) -> dict[str, Any] | None:
    both = systems.get("transformer") and systems.get(teacher)
    return _wer_difference(systems["transformer"], systems[teacher]) if both else None


def _nearer(systems: Mapping[str, Rows]) -> dict[str, Any] | None:
    rows = systems.get("vae")
    return _share([row["to_target"] > row["to_source"] for row in rows]) if rows else None


def _marks(systems: Mapping[str, Rows]) -> dict[str, Any] | None:
    rows = [row for system in systems.values() for row in system]
    return _share([bool(row["mp3"]) for row in rows]) if rows else None


def _share(answers: Sequence[bool]) -> dict[str, Any]:
    found = share(sum(answers), len(answers))
    return {"mean": found["rate"], "low": found["low"], "high": found["high"], "n": found["n"]}


def _factor(speeds: Mapping[str, Any] | None, what: str, name: str) -> dict[str, Any] | None:
    found = (speeds or {}).get(what, {}).get(name)
    return None if found is None else {"mean": found["rtf"], "low": found["lowest"], "high": found["highest"]}


def _ratio(speeds: Mapping[str, Any] | None, slow: str, fast: str) -> dict[str, Any] | None:
    found = (speeds or {}).get("copy", {})
    if slow not in found or fast not in found:
        return None
    ratios = [a / b for a, b in zip(found[slow]["repeats_s"], found[fast]["repeats_s"], strict=True)]
    return {"mean": found[slow]["rtf"] / found[fast]["rtf"], "low": min(ratios), "high": max(ratios)}


def _exactly(value: float | None) -> dict[str, Any] | None:
    return None if value is None else {"mean": value, "low": None, "high": None}


def _at_least(what: str, asked: float, found: Mapping[str, Any] | None) -> dict[str, Any]:
    return _row(what, "at least", asked, found, lambda value: value >= asked)


def _at_most(what: str, asked: float, found: Mapping[str, Any] | None) -> dict[str, Any]:
    return _row(what, "at most", asked, found, lambda value: value <= asked)


def _row(
    what: str, side: str, asked: float, found: Mapping[str, Any] | None, good: Callable[[float], bool]
) -> dict[str, Any]:
    value = None if found is None else found["mean"]
    return {
        "what": what, "asked": side, "target": asked, "measured": value,
        "low": None if found is None else found["low"], "high": None if found is None else found["high"],
        "n": None if found is None else found.get("n"), "met": None if value is None else bool(good(value)),
    }  # fmt: skip
