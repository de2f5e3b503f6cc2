"""README tables and page of partly synthetic recordings: how many are found, how well they are bounded."""

from __future__ import annotations

from typing import Any

from earwitness.eval.markdown import DASH, number, percent, table

__all__ = ["HEAD", "SCHEMA", "condition_rows", "segment_table"]

SCHEMA = "earwitness.eval.segments/1"
HEAD = (
    "condition",
    "partly synthetic found (95 %)",
    "human called so (95 %)",
    "precision of the time",
    "recall",
    "F1 (95 %)",
    "F1, without human recordings",
    "20-ms EER (95 %)",
)


def segment_table(name: str, content: dict[str, Any]) -> str:
    """Two tables: a row a condition; and of the first condition a row a length of stretches and an engine."""
    what = content["set"]
    title = (
        f"{name}: {what['partial']} partly synthetic recordings ({what['stretches']} stretches, "
        f"{', '.join(what['engines'])}) beside {what['human']} human ones"
    )
    first, numbers = next(iter(content["conditions"].items()))
    head = (
        "stretches of",
        "number",
        "recordings found (95 %)",
        "located",
        "recall of the time (95 %)",
        "borders off",
    )
    lengths = f"{name}: by length of stretch ({first})"
    parts = [
        f"{title}\n\n{table(HEAD, condition_rows(content))}",
        f"{lengths}\n\n{table(head, _length_rows(numbers))}",
    ]
    if len(numbers["engines"]) > 1:
        heads = ("engine", "recordings found (95 %)", "F1 (95 %)", "20-ms EER")
        parts.append(f"{name}: by engine ({first})\n\n{table(heads, _engine_rows(numbers))}")
    return "\n\n".join(parts)


def condition_rows(content: dict[str, Any]) -> list[tuple[str, ...]]:
    """A row a condition, under ``HEAD``."""
    return [
        (
            name,
            _share(numbers["files"]["partial"]),
            _share(numbers["files"]["human"]),
            percent(numbers["time"]["precision"]["rate"]),
            percent(numbers["time"]["recall"]["rate"]),
            _score(numbers["time"]["f1"]),
            number(numbers["time_partial"]["f1"]["rate"]),
            percent(numbers["frames"]["eer"]["rate"], numbers["frames"]["eer"]["interval"]),
        )
        for name, numbers in content["conditions"].items()
    ]


def _length_rows(numbers: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            "any length" if name == "all" else name,
            str(entry["n"]),
            _share(entry["files"]),
            percent(entry["located"]["rate"]),
            percent(entry["recall"]["rate"], entry["recall"]["interval"]),
            _seconds(entry["border_error_s"]),
        )
        for name, entry in numbers["stretches"].items()
    ]


def _engine_rows(numbers: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            engine,
            _share(entry["files"]),
            _score(entry["time"]["f1"]),
            percent(entry["frames"]["eer"]["rate"]),
        )
        for engine, entry in numbers["engines"].items()
    ]


def _share(found: dict[str, Any]) -> str:
    if not found["n"]:
        return DASH
    return percent(found["rate"], {"low": found["low"], "high": found["high"]})


def _score(found: dict[str, Any]) -> str:
    """A rate of 0..1 with two digits, with its interval where there is one."""
    text, interval = number(found["rate"]), found["interval"]
    return f"{text} ({interval['low']:.2f}{DASH}{interval['high']:.2f})" if interval else text


def _seconds(error: dict[str, Any]) -> str:
    if error["median"] is None:
        return DASH
    return f"{error['median']:.2f} s (9 in 10 under {error['p90']:.2f} s)"
