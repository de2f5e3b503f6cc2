"""From single trials of the watermark bench to what its result file says."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from earwitness.eval.intervals import share
from earwitness.eval.watermark_attacks import GROUPS, MILD, attacks

__all__ = ["TARGETS", "calibration", "group_table", "quality_table", "rates", "targets"]

Trials = Mapping[str, Sequence[Mapping[str, Any]]]
"""Answers by attack."""

TARGETS: dict[str, tuple[tuple[str, ...], str, float]] = {
    "mild": (MILD, "exact", 0.995),
    "gsm": (("gsm",), "exact", 0.90),
    "white_10db": (("white_10",), "exact", 0.90),
    "reverberation": (("reverb",), "exact", 0.90),
    "re-recording": (("rerecord",), "exact", 0.90),
    "speed, stretch, pitch": (("warp",), "exact", 0.99),
    "crop_3s": (("crop_3",), "exact", 0.98),
    "crop_1s": (("crop_1",), "detected", 0.95),
    "vocoders": (("vocoder",), "detected", 0.95),
}
"""Row: groups, what is counted, and what the issue asks for."""


def rates(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Detected and payload exact, with 95 % intervals, of answers that are not skipped."""
    heard = [a for a in answers if "skipped" not in a]
    if not heard:
        reasons = sorted({str(a["skipped"]) for a in answers})
        return {"n": 0, "skipped": reasons[:1]}
    entry: dict[str, Any] = {
        "n": len(heard),
        "detected": share(sum(a["detected"] for a in heard), len(heard)),
    }
    if all(a["exact"] is not None for a in heard):
        entry["exact"] = share(sum(a["exact"] for a in heard), len(heard))
    return entry


def group_table(trials: Trials) -> dict[str, Any]:
    """By group: the mean over its attacks of each attack's rate, and the interval of all its trials together.

    Attacks of a group are run on different numbers of clips; the mean gives each the same weight.
    """
    table = attacks()
    found: dict[str, Any] = {}
    for group in GROUPS:
        names = [name for name in trials if table[name].group == group]
        entry = _together([rates(trials[name]) for name in names])
        if entry:
            found[group] = entry
    return found


def _together(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    counted = [entry for entry in entries if entry["n"]]
    if not counted:
        return {}
    result: dict[str, Any] = {"attacks": len(counted), "n": sum(entry["n"] for entry in counted)}
    for what in ("detected", "exact"):
        if all(what in entry for entry in counted):
            pooled = share(sum(entry[what]["hits"] for entry in counted), result["n"])
            mean = statistics.fmean(entry[what]["rate"] for entry in counted)
            worst = min(entry[what]["rate"] for entry in counted)
            result[what] = {"mean": mean, "worst": worst, **pooled}
    return result


def targets(trials: Trials) -> dict[str, Any]:
    """The rows of the issue's table that attacks answer."""
    table = attacks()
    found: dict[str, Any] = {}
    for row, (groups, what, wanted) in TARGETS.items():
        names = [name for name in trials if table[name].group in groups]
        entry = _together([rates(trials[name]) for name in names])
        if entry and what in entry:
            met = entry[what]["mean"] >= wanted
            found[row] = {
                "what": what,
                "target": wanted,
                "met": met,
                "attacks": entry["attacks"],
                **entry[what],
            }
    return found


def calibration(answers: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """How p-values behave where nothing is marked: (attack, answer) pairs.

    Honest p-values are under p in at most a share p of the trials. Keys are the one that marks this
    clip in the other trials, and wrong ones.
    """
    heard = [(name, answer) for name, answer in answers if "skipped" not in answer]
    alarms = [name for name, answer in heard if answer["detected"]]
    values = [float(answer["p"]) for _, answer in heard if answer["p"] is not None]
    for name, answer in heard:
        for p, marked in answer["wrong"]:
            values.append(float(p))
            if marked:
                alarms.append(name)
    trials = len(heard) + sum(len(answer["wrong"]) for _, answer in heard)
    result: dict[str, Any] = {
        "false_alarms": share(len(alarms), trials),
        "attacks_with_alarms": sorted(set(alarms)),
    }
    if values:
        limits = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
        result["smallest_p"] = min(values)
        result["share_under"] = {f"{p:g}": sum(v <= p for v in values) / len(values) for p in limits}
    by_group: dict[str, list[bool]] = {}
    table = attacks()
    for name, answer in heard:
        by_group.setdefault(table[name].group, []).append(bool(answer["detected"]))
    result["by_group"] = {
        group: share(sum(by_group[group]), len(by_group[group])) for group in GROUPS if group in by_group
    }
    return result


def quality_table(measured: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Mean, median, 5th percentile from the bad side, and how many clips could be judged; by metric."""
    found: dict[str, Any] = {}
    for metric in ("pesq_wb", "visqol", "stoi", "snr_db", "modulation_db"):
        values = sorted(float(entry[metric]) for entry in measured if entry.get(metric) is not None)
        if values:
            if metric == "modulation_db":  # here more is worse
                values.reverse()
            found[metric] = {
                "n": len(values),
                "mean": statistics.fmean(values),
                "median": statistics.median(values),
                "bad_5_percent": values[int(0.05 * len(values))],
            }
    return found
