"""The sweep in the README and on the page: the target, curves in words, and curves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from earwitness.eval.charts import Rate, rates_svg
from earwitness.eval.curves import Panel, curves_svg
from earwitness.eval.markdown import DASH, percent, table
from earwitness.eval.robustness import SCHEMA

__all__ = ["SCHEMA", "robustness_section", "robustness_tables"]

HEADS = (
    "point",
    "EER (95 %)",
    "AUC",
    "people called synthetic",
    "people undecided",
    "fakes missed",
    "fakes undecided",
)


def robustness_tables(content: dict[str, Any]) -> str:
    """Two tables: the target at its points, and each axis in one row a kind."""
    limits, subset = content["target"]["limits"], content["subset"]
    most, open_ = (f"{100 * limits[key]:.0f} %" for key in ("false_alarms", "undecided"))
    rows = [
        (entry["label"], name, *_told(entry), "met" if entry["met"] else "missed")
        for name, entry in content["target"]["points"].items()
    ]
    head = (
        "what happened",
        "point",
        f"called synthetic (95 %; target {most})",
        f"undecided (target {open_})",
        "target",
    )
    people = f"{subset['target_human']} people's clips, shipped thresholds, of all clips"
    axes = [row for axis in content["axes"].values() for row in _rows(axis)]
    columns = ("along", "kind", "values", "EER, %", "people called synthetic, %", "people undecided, %")
    counted = f"{subset['human']} human and {subset['synthetic']} synthetic clips a point"
    clean = content["clean"]["eer"]
    start = f"; untouched: EER {percent(clean['rate'])}" if clean else ""
    return (
        f"Robustness target ({people})\n\n{table(head, rows)}\n\n"
        f"Robustness, one thing at a time ({counted}{start})\n\n{table(columns, axes)}"
    )


def _told(entry: dict[str, Any]) -> tuple[str, str]:
    alarms = entry["false_alarms"]
    return percent(alarms["rate"], alarms), percent(entry["undecided"]["rate"])


def _rows(axis: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """One row a kind; kinds without a scale are written into one."""
    kinds = axis["kinds"]
    if all(point["value"] is None for points in kinds.values() for point in points):
        points = [point for each in kinds.values() for point in each]
        names = [point["name"].replace("_", " ") for point in points]
        yield (axis["title"], "", ", ".join(names), *_series(points))
        return
    for kind, points in kinds.items():
        values = ", ".join(f"{point['value']:g}" for point in points)
        yield (axis["title"], kind, f"{values} {axis['unit']}", *_series(points))


def _series(points: list[dict[str, Any]]) -> tuple[str, str, str]:
    columns = [
        ", ".join(_rate(point.get(key)) for point in points)
        for key in ("eer", "false_alarms", "undecided_human")
    ]
    return columns[0], columns[1], columns[2]


def _rate(entry: dict[str, Any] | None) -> str:
    return DASH if not entry or entry["rate"] is None else f"{100 * entry['rate']:.0f}"


def robustness_section(content: dict[str, Any]) -> dict[str, Any]:
    """What ``page.html`` shows of a sweep: every point as a row, a figure an axis; not its origin."""
    held = content["subset"]
    points = [{"name": "clean", **content["clean"]}]
    points += [p for a in content["axes"].values() for kind in a["kinds"].values() for p in kind]
    return {
        "holds": f"{held['human']} human, {held['synthetic']} synthetic clips of {held['systems']} systems",
        "heads": HEADS,
        "rows": [_row(point) for point in points],
        "shortcut": None,
        "figures": [_figure(axis, content) for axis in content["axes"].values()],
    }


def _row(point: dict[str, Any]) -> tuple[str, ...]:
    eer, auc = point.get("eer"), point.get("auc")
    told = ("false_alarms", "undecided_human", "missed", "undecided_synthetic")
    return (
        point["name"],
        percent(eer["rate"], eer["interval"]) if eer else DASH,
        DASH if auc is None else f"{auc:.3f}",
        *(percent((point.get(key) or {}).get("rate")) for key in told),
    )


def _figure(axis: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    title, kinds = axis["title"], axis["kinds"]
    if all(point["value"] is None for points in kinds.values() for point in points):
        rows = [_dot(point) for points in kinds.values() for point in points]
        says = "Equal error rate; lower is better."
        return {"title": title, "svg": rates_svg(rows, title), "says": says, "square": False}
    longest = [point["value"] for point in max(kinds.values(), key=len)]
    values = {point["value"] for points in kinds.values() for point in points}
    scale = sorted(values, reverse=longest[0] > longest[-1])  # as the axis runs, mild first
    limits = content["target"]["limits"]
    panels = [
        _panel("Equal error rate", "eer", kinds, content["clean"], None),
        _panel("People called synthetic", "false_alarms", kinds, content["clean"], limits["false_alarms"]),
        _panel("People undecided", "undecided_human", kinds, content["clean"], limits["undecided"]),
    ]
    says = "Grey: recordings as they are. Red: the target, which is on points of its own (see the table)."
    return {
        "title": title,
        "svg": curves_svg(panels, scale, axis["unit"], title),
        "says": says,
        "square": False,
    }


def _panel(title: str, key: str, kinds: dict[str, Any], clean: dict[str, Any], limit: float | None) -> Panel:
    lines = {
        kind: [(point["value"], (point.get(key) or {}).get("rate")) for point in points]
        for kind, points in kinds.items()
    }
    return Panel(title, lines, (clean.get(key) or {}).get("rate"), limit)


def _dot(point: dict[str, Any]) -> Rate:
    eer = point.get("eer") or {"rate": None, "interval": None}
    interval = eer["interval"] or {}
    return Rate(point["name"].replace("_", " "), eer["rate"], interval.get("low"), interval.get("high"))
