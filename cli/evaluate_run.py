"""What ``earwitness eval`` does: finds the clips, has them scored, shows the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earwitness.cli.console import PatientConsole, write_json
from earwitness.errors import UsageError
from earwitness.eval import facts
from earwitness.eval.accuracy import Request, measure, of_listing, of_manifest, show_progress
from earwitness.eval.datasets.catalogue import DATASETS, dataset
from earwitness.eval.markdown import number, percent
from earwitness.eval.report import LABELS
from earwitness.eval.shortcuts import NAMES
from earwitness.wording import clean

__all__ = ["Wish", "run", "show_sets"]

_TABLES = (".tsv", ".txt", ".csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The options; see ``cli/evaluate.py``."""

    protocol: str
    folder: Path | None = None
    split: str | None = None
    conditions: str = "clean"
    compare: str | None = None
    out: Path | None = None
    as_json: bool = False
    limit: int = 0
    jobs: int = 1
    rounds: int = 1000
    seed: int = 0
    quiet: bool = False


def run(wish: Wish) -> None:
    """Measure and show. Raises UsageError and SourceNotFoundError."""
    clips, described = _clips(wish)
    request = Request(
        clips=clips, described=described, conditions=wish.conditions, compare=wish.compare, jobs=wish.jobs,
        rounds=wish.rounds, seed=wish.seed, limit=wish.limit,
    )  # fmt: skip
    result = measure(request, None if wish.quiet else show_progress)
    whole = {"command": _command(wish), **facts.commit(), "machine": facts.machine(), **result}
    if wish.out is not None:
        facts.write_json(wish.out, whole)
    if wish.as_json:
        write_json(facts.rounded(whole))
    elif not wish.quiet:
        _show(result)


def _clips(wish: Wish) -> tuple[list[Any], dict[str, Any]]:
    if Path(wish.protocol).suffix.lower() in _TABLES:
        if wish.folder is not None or wish.split is not None:
            raise UsageError("a table needs neither FOLDER nor --split.", subject=wish.protocol)
        return of_manifest(Path(wish.protocol))
    if wish.protocol not in DATASETS and Path(wish.protocol).exists():
        raise UsageError(
            f"is neither a table ({', '.join(_TABLES)}) nor the name of a set.",
            subject=wish.protocol,
            hint="Give a tab-separated table with the columns path and label, or a set of "
            "`earwitness eval --list` and its FOLDER.",
        )
    chosen = dataset(wish.protocol)
    if wish.folder is None:
        raise UsageError(
            "say where it lies: FOLDER is needed.", subject=chosen.name, hint=f"Expected is {chosen.layout}."
        )
    return of_listing(chosen.listing(wish.folder, wish.split))


def _command(wish: Wish) -> str:
    plain = Wish(protocol=wish.protocol)
    words = [wish.protocol, *([] if wish.folder is None else [str(wish.folder.absolute())])]
    for name in ("split", "conditions", "compare", "limit", "rounds", "seed"):
        if (value := getattr(wish, name)) != getattr(plain, name):
            words += [f"--{name}", str(value)]
    return " ".join(["earwitness eval", *facts.shortened(words)])


def _show(result: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    console = PatientConsole()
    what = result["manifest"]
    console.print(
        f"{clean(what['name'])}: {what['human']:,} human and {what['synthetic']:,} synthetic recordings, "
        f"{what['systems']:,} generators, {what['corpora']:,} corpora",
        soft_wrap=True,
        markup=False,
    )
    if what.get("absent"):
        console.print(f"{what['absent']:,} more are listed and not there.", markup=False)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("", "Condition", "EER (95 %)", "AUC", "Cllr", "False alarms", "Missed", "Inconclusive"):
        table.add_column(heading)
    for system, entry in result["systems"].items():
        for condition, found in entry["conditions"].items():
            cells = (LABELS.get(system, system), condition, *_cells(found))
            table.add_row(*(Text(clean(cell)) for cell in cells))
    console.print(table)
    console.print("False alarms and misses are shares of what was decided.", markup=False)
    if (audit := result["shortcuts"]) is not None:
        console.print(_audited(audit), soft_wrap=True, markup=False)


def _audited(audit: dict[str, Any]) -> str:
    told = f"A probe that sees only lengths, levels, silences and formats has AUC {audit['auc']:.2f}"
    if not audit["troubling"]:
        return f"{told}: the classes differ in little else than their speech."
    worst = ", ".join(NAMES[name] for name in list(audit["single"])[:3])
    return (
        f"{told}: this list gives its classes away (most by: {worst}), and error rates on it may flatter "
        "any detector."
    )


def _cells(found: dict[str, Any]) -> tuple[str, ...]:
    eer = percent(found["eer"]["rate"], found["eer"]["interval"]) if "eer" in found else "-"
    verdicts = found.get("verdicts", {}).get("all", {})
    shown = [percent(verdicts.get(name)) for name in ("fpr", "fnr")]
    left = " / ".join(percent(verdicts.get(f"abstained_{side}")) for side in ("human", "synthetic"))
    return eer, number(found.get("auc"), 3), number(found.get("cllr")), *shown, left


def show_sets(*, as_json: bool = False) -> None:
    """The public sets that can be read."""
    if as_json:
        keys = ("name", "title", "splits", "licence", "layout")
        write_json([{key: getattr(one, key) for key in keys} for one in DATASETS.values()])
        return
    console = PatientConsole()
    for one in DATASETS.values():
        splits = f" ({', '.join(one.splits)})" if len(one.splits) > 1 else ""
        console.print(f"{one.name}: {one.title}{splits}; {one.licence}", soft_wrap=True, markup=False)
        console.print(f"    {one.layout}", soft_wrap=True, markup=False)
