"""All accuracy results and the sweep as one HTML page with drawings, self-contained: nothing is fetched.

python -m earwitness.eval.page                  # writes report.html beside the results
python -m earwitness.eval.page --out PAGE.html
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from earwitness.errors import EarWitnessError
from earwitness.eval.charts import Rate, rates_svg, reliability_svg
from earwitness.eval.markdown import number, percent
from earwitness.eval.report import ACCURACY, RESULTS, read_result
from earwitness.eval.robustness_tables import SCHEMA as ROBUSTNESS
from earwitness.eval.robustness_tables import robustness_section
from earwitness.eval.segment_tables import HEAD, condition_rows
from earwitness.eval.segment_tables import SCHEMA as SEGMENTS

__all__ = ["NAME", "main", "page"]

NAME = "report.html"
HEADS = (
    "condition",
    "EER (95 %)",
    "mean of corpora",
    "AUC",
    "missed at 2 % false alarms",
    "minDCF",
    "actDCF",
    "Cllr",
    "undecided",
    "of decided wrong",
)


def page(folder: Path) -> str:
    """The page of the results in ``folder``. Raises UsageError for a file that is no JSON object."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    results = {path.stem: read_result(path) for path in sorted(folder.glob("*.json"))}
    lists = [_list(name, found) for name, found in results.items() if found.get("schema") == ACCURACY]
    lists += [_partial(name, found) for name, found in results.items() if found.get("schema") == SEGMENTS]
    lists += [
        _origin(name, found) | robustness_section(found)
        for name, found in results.items()
        if found.get("schema") == ROBUSTNESS
    ]
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("page.html").render(lists=lists) + "\n"


def _list(name: str, result: dict[str, Any]) -> dict[str, Any]:
    ours = result["systems"].get("earwitness", {"conditions": {}})["conditions"]
    theirs = result["systems"].get("aasist", {"conditions": {}})["conditions"]
    clean = ours.get("clean", {})
    what = result["manifest"]
    synthetic = f"{what['synthetic']} synthetic clips of {what['systems']} systems"
    return {
        **_origin(name, result),
        "holds": f"{what['human']} human and {synthetic}",
        "heads": HEADS,
        "rows": [_row(condition, numbers) for condition, numbers in ours.items()],
        "shortcut": _shortcut(result.get("shortcuts")),
        "figures": [
            *_conditions(ours, theirs),
            *_families(clean, theirs.get("clean", {})),
            *_generators(clean.get("generators", {})),
            *_groups(clean.get("groups", {})),
            *_reliability(clean.get("reliability", [])),
        ],
    }


def _partial(name: str, result: dict[str, Any]) -> dict[str, Any]:
    """Partly synthetic recordings: a row a condition, no drawings."""
    what = result["set"]
    holds = f"{what['partial']} partly synthetic recordings of {len(what['engines'])} engines"
    return {
        **_origin(name, result),
        "holds": f"{holds} beside {what['human']} human ones",
        "heads": HEAD,
        "rows": condition_rows(result),
        "shortcut": None,
        "figures": [],
    }


def _origin(name: str, result: dict[str, Any]) -> dict[str, Any]:
    machine = result.get("machine", {})
    return {
        "name": name,
        "command": result.get("command", ""),
        "commit": str(result.get("commit", ""))[:12],
        "modified": bool(result.get("modified")),
        "machine": f"{machine.get('cpu', 'unknown processor')}, {machine.get('cores', '?')} cores",
    }


def _row(condition: str, numbers: dict[str, Any]) -> tuple[str, ...]:
    eer, told = numbers.get("eer", {}), numbers.get("verdicts", {}).get("all", {})
    undecided = [percent(told.get(f"abstained_{side}")) for side in ("human", "synthetic")]
    wrong = [percent(told.get(kind)) for kind in ("fpr", "fnr")]
    return (
        condition,
        percent(eer.get("rate"), eer.get("interval")),
        percent(numbers.get("macro_eer", {}).get("rate")),
        number(numbers.get("auc"), 3),
        percent(numbers.get("missed_at_2_percent")),
        number(numbers.get("min_dcf")),
        number(numbers.get("act_dcf")),
        number(numbers.get("cllr")),
        " human, ".join(undecided) + " synthetic",
        " of people, ".join(wrong) + " of fakes",
    )


def _shortcut(found: dict[str, Any] | None) -> str | None:
    if not found:
        return None
    verdict = "the list gives its classes away" if found["troubling"] else "the list gives nothing away"
    heard = "A probe that hears no speech (lengths, levels, silences, formats)"
    return f"{heard} reaches an AUC of {found['auc']:.2f}: {verdict}."


def _conditions(ours: dict[str, Any], theirs: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for condition, numbers in ours.items():
        if "eer" in numbers:
            interval = numbers["eer"].get("interval") or {}
            other = theirs.get(condition, {}).get("eer", {}).get("rate")
            rows.append(
                Rate(condition, numbers["eer"]["rate"], interval.get("low"), interval.get("high"), other)
            )
    if len(rows) < 2:
        return []
    return [
        _figure(
            "Equal error rate by channel", rates_svg(rows, "Equal error rate by channel"), "Lower is better."
        )
    ]


def _families(clean: dict[str, Any], theirs: dict[str, Any]) -> list[dict[str, Any]]:
    found = sorted(clean.get("families", {}).items(), key=lambda item: item[1]["eer"] or 0.0)
    if len(found) < 2:
        return []
    rows = []
    for family, numbers in found:
        interval = numbers.get("interval") or {}
        other = theirs.get("families", {}).get(family, {}).get("eer")
        label = f"{family} ({numbers['n']})"
        rows.append(Rate(label, numbers["eer"], interval.get("low"), interval.get("high"), other))
    title = "Equal error rate by kind of generator"
    return [_figure(title, rates_svg(rows, title), "Each against all human clips; in brackets the clips.")]


def _generators(generators: dict[str, Any]) -> list[dict[str, Any]]:
    if len(generators) < 2:
        return []
    found = sorted(generators.items(), key=lambda item: (item[1]["found"]["rate"], item[0]))
    rows = [_shared(name, entry["found"]) for name, entry in found]
    missed = [name for name, entry in found if entry["called_human"]["rate"] > 0.2]
    title = "Found, by generator"
    says = "Higher is better. The rest is undecided or called human"
    says += f"; more than a fifth is called human of {', '.join(missed)}." if missed else "."
    return [_figure(title, rates_svg(rows, title), says)]


def _groups(groups: dict[str, Any]) -> list[dict[str, Any]]:
    figures = []
    for trait, found in groups.items():
        rows = [_shared(name, entry["flagged"]) for name, entry in found["groups"].items()]
        title = f"People wrongly called synthetic, by {trait}"
        untold = f"in who is told nothing, {percent(found['gap_undecided'])}"
        says = f"Largest gap {percent(found['gap_flagged'])}; {untold}."
        figures.append(_figure(title, rates_svg(rows, title), says))
    return figures


def _shared(name: str, share: dict[str, Any]) -> Rate:
    """A row of a drawing: a share with its interval, as ``eval.intervals.share`` gives it."""
    return Rate(f"{name} ({share['n']})", share["rate"], share["low"], share["high"])


def _reliability(bins: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    points = [(b["mean_p"], b["synthetic_share"], b["n"]) for b in bins if b["n"]]
    if not points:
        return []
    title = "Stated probability against what was true"
    says = "On the diagonal, a stated 70 % is right seven times in ten. Both classes weigh the same."
    return [_figure(title, reliability_svg(points, title), says, square=True)]


def _figure(title: str, svg: str, says: str, *, square: bool = False) -> dict[str, Any]:
    return {"title": title, "svg": svg, "says": says, "square": square}


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(prog="earwitness.eval.page", description=__doc__.partition("\n")[0])
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of result files")
    parser.add_argument("--out", type=Path, default=None, help=f"default: {NAME} in that folder")
    arguments = parser.parse_args(words)
    try:
        text = page(arguments.results)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    (arguments.out or arguments.results / NAME).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
