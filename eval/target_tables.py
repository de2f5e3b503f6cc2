"""README table of the targets that the detector was given, beside what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from earwitness.eval.accuracy import SCHEMA as ACCURACY
from earwitness.eval.attribution import SCHEMA as ATTRIBUTION
from earwitness.eval.bench_speed import SCHEMA as SPEED
from earwitness.eval.markdown import TIMES, number, percent, table
from earwitness.eval.robustness import SCHEMA as ROBUSTNESS
from earwitness.eval.segment_tables import SCHEMA as SEGMENTS

__all__ = ["AIMED", "SELDOM", "target_table"]

Result = Mapping[str, Any]
Line = tuple[str, str, str, bool]
"""What, its target, what was measured, whether that is within the target."""

WILD = "wild"  # begins the name of the list of clips from the wild
EER = {True: 0.10, False: 0.04}  # from the wild; held out
ACT_DCF, CLLR = 0.25, 0.30
SELDOM = 0.20  # share of the clips of the families in AIMED that may be missed
AIMED = ("transformer LM", "diffusion/flow")
GAP = 0.03
FOUND, F1 = 0.90, 0.80
FAMILY, AUROC = 0.90, 0.90
FASTER = 20.0


def target_table(results: Mapping[str, Result]) -> str:
    """One row a target, from result files by name; "" without any. Kinds that are absent have no rows."""
    makers: dict[str, Callable[[str, Result], Iterator[Line]]] = {
        ACCURACY: _accuracy,
        ROBUSTNESS: _robustness,
        SEGMENTS: _segments,
        ATTRIBUTION: _attribution,
        SPEED: _speed,
    }
    lines = [
        line
        for schema, maker in makers.items()
        for name, content in results.items()
        if content.get("schema") == schema
        for line in maker(name, content)
    ]
    if not lines:
        return ""
    met = sum(line[3] for line in lines)
    rows = [(what, target, told, "met" if fine else "missed") for what, target, told, fine in lines]
    head = ("what", "target", "measured", "")
    return f"Targets of the detector ({met} of {len(lines)} met)\n\n{table(head, rows)}"


def _most(what: str, rate: float | None, limit: float) -> Iterator[Line]:
    if rate is not None:
        yield what, f"at most {100 * limit:.0f} %", percent(rate), rate <= limit


def _least(what: str, rate: float | None, limit: float) -> Iterator[Line]:
    if rate is not None:
        yield what, f"at least {100 * limit:.0f} %", percent(rate), rate >= limit


def _accuracy(name: str, content: Result) -> Iterator[Line]:
    clean = content["systems"].get("earwitness", {"conditions": {}})["conditions"].get("clean", {})
    if "eer" not in clean:
        return
    wild = name.startswith(WILD)
    yield from _most(f"{name}: EER", clean["eer"]["rate"], EER[wild])
    if wild:
        yield from _most(f"{name}: EER, mean of corpora", clean["macro_eer"]["rate"], EER[wild])
    else:
        for what, key, limit in (("actDCF", "act_dcf", ACT_DCF), ("Cllr", "cllr", CLLR)):
            if clean.get(key) is not None:
                told = number(clean[key])
                yield f"{name}: {what}", f"at most {limit:.2f}", told, clean[key] <= limit
        for family in AIMED:
            missed = clean.get("families", {}).get(family, {}).get("missed_at_2_percent")
            yield from _most(f"{name}: {family} missed at 2 % false alarms", missed, SELDOM)
    for trait, found in clean.get("groups", {}).items():
        yield from _most(f"{name}: largest gap in false alarms, by {trait}", found["gap_flagged"], GAP)


def _robustness(name: str, content: Result) -> Iterator[Line]:
    limits = content["target"]["limits"]
    for point, entry in content["target"]["points"].items():
        alarms, undecided = entry["false_alarms"]["rate"], entry["undecided"]["rate"]
        yield from _most(f"{name}, {point}: people called synthetic", alarms, limits["false_alarms"])
        yield from _most(f"{name}, {point}: people undecided", undecided, limits["undecided"])


def _segments(name: str, content: Result) -> Iterator[Line]:
    for condition, numbers in content["conditions"].items():
        found, f1 = numbers["files"]["partial"]["rate"], numbers["time"]["f1"]["rate"]
        yield from _least(f"{name}, {condition}: partly synthetic recordings found", found, FOUND)
        if f1 is not None:
            yield f"{name}, {condition}: F1 of the time", f"at least {F1:.2f}", number(f1), f1 >= F1


def _attribution(name: str, content: Result) -> Iterator[Line]:
    yield from _least(
        f"{name}: family right, of the named", content["known"]["all"]["named_family"]["rate"], FAMILY
    )
    auroc = content["unknown"]["all"]["auroc"]
    if auroc is not None:
        told = number(auroc, 3)
        yield f"{name}: unknown engines, AUROC", f"at least {AUROC:.2f}", told, auroc >= AUROC


def _speed(name: str, content: Result) -> Iterator[Line]:
    for length, entry in content.get("check", {}).items():
        times = entry.get("times_faster_than_aasist")
        if times is not None:
            what, target = f"{name}: AASIST's time on {length}, one core", f"at least {FASTER:.0f} {TIMES}"
            yield what, target, f"{times:.1f} {TIMES}", times >= FASTER
