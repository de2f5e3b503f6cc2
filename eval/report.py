"""Turns result files into the tables of the README, so that its numbers come from files.

python -m earwitness.eval.report                      # print the tables
python -m earwitness.eval.report --update README.md   # put them between the markers
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from earwitness.errors import EarWitnessError, SourceNotFoundError, UsageError
from earwitness.eval.accuracy import SCHEMA as ACCURACY
from earwitness.eval.attribution_tables import SCHEMA as ATTRIBUTION
from earwitness.eval.attribution_tables import attribution_tables
from earwitness.eval.bench_speed import SCHEMA as SPEED
from earwitness.eval.generator_tables import SCHEMA as GENERATORS
from earwitness.eval.generator_tables import generator_tables
from earwitness.eval.group_tables import group_table, has_groups
from earwitness.eval.markdown import DASH, TIMES, Row, number, percent, table
from earwitness.eval.robustness_tables import SCHEMA as ROBUSTNESS
from earwitness.eval.robustness_tables import robustness_tables
from earwitness.eval.segment_tables import SCHEMA as SEGMENTS
from earwitness.eval.segment_tables import segment_table
from earwitness.eval.target_tables import AIMED, SELDOM, target_table
from earwitness.eval.watermark_tables import LENGTHS, length_table, watermark_tables
from earwitness.eval.watermark_tables import SCHEMA as WATERMARK

__all__ = ["ACCURACY", "END", "RESULTS", "START", "block", "main", "read_result", "replace_block", "tables"]

RESULTS = Path(__file__).parent / "results"
START = "<!-- eval:start -->"
END = "<!-- eval:end -->"
MISSED = "missed at 2 % false alarms"
LABELS = {"earwitness": "EarWitness", "aasist": "AASIST (official weights)"}


def tables(folder: Path) -> str:
    """All tables of the result files in ``folder``, as markdown; accuracy first, by file name.

    Files of other kinds are left out. Raises UsageError when a file is no JSON object.
    """
    results = {path.stem: read_result(path) for path in sorted(folder.glob("*.json"))}
    accuracy = {name: content for name, content in results.items() if content.get("schema") == ACCURACY}
    targets = target_table(results)
    parts = [targets] if targets else []
    if accuracy:
        parts.append(_overview(accuracy))
        parts.extend(
            _conditions(name, content) for name, content in accuracy.items() if _has_conditions(content)
        )
        parts.extend(_families(name, content) for name, content in accuracy.items() if _has_families(content))
        parts.extend(group_table(name, content) for name, content in accuracy.items() if has_groups(content))
    parts.extend(
        segment_table(name, content) for name, content in results.items() if content.get("schema") == SEGMENTS
    )
    parts.extend(
        attribution_tables(content) for content in results.values() if content.get("schema") == ATTRIBUTION
    )
    parts.extend(
        robustness_tables(content) for content in results.values() if content.get("schema") == ROBUSTNESS
    )
    parts.extend(_speed(content) for content in results.values() if content.get("schema") == SPEED)
    parts.extend(
        watermark_tables(content) for content in results.values() if content.get("schema") == WATERMARK
    )
    parts.extend(length_table(content) for content in results.values() if content.get("schema") == LENGTHS)
    parts.extend(
        generator_tables(content) for content in results.values() if content.get("schema") == GENERATORS
    )
    return "\n\n".join(parts)


def block(folder: Path) -> str:
    """The tables between their markers, as the README holds them."""
    return f"{START}\n{tables(folder)}\n{END}"


def replace_block(text: str, new: str) -> str:
    """``text`` with ``new`` in place of what lies from marker to marker, markers included.

    Raises UsageError when the markers are absent or in the wrong order.
    """
    start, end = text.find(START), text.find(END)
    if start < 0 or end < start:
        raise UsageError("the markers are not there.", hint=f"Put {START} and {END} where the tables belong.")
    return text[:start] + new + text[end + len(END) :]


def read_result(path: Path) -> dict[str, Any]:
    """A result file. Raises UsageError when it is no JSON object."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"this result file is no JSON ({error}).", subject=str(path)) from error
    if not isinstance(content, dict):
        raise UsageError("this result file holds no JSON object.", subject=str(path))
    return content


def _overview(accuracy: dict[str, dict[str, Any]]) -> str:
    rows = []
    for name, content in accuracy.items():
        what = content["manifest"]
        for system, entry in content["systems"].items():
            clean = entry["conditions"].get("clean", {})
            if "eer" not in clean:
                continue
            eer, macro = clean["eer"], clean["macro_eer"]
            size = f"{what['human']} + {what['synthetic']}, {what['systems']} systems"
            rows.append(
                (
                    name,
                    size,
                    LABELS.get(system, system),
                    percent(eer["rate"], eer["interval"]),
                    percent(macro["rate"]),
                    number(clean["auc"], 3),
                    number(clean["min_dcf"]),
                    number(clean.get("cllr")),
                    number(clean["min_cllr"]),
                    percent(clean.get("missed_at_2_percent")),
                )
            )
    head = (
        "list",
        "human + synthetic clips",
        "model",
        "EER (95 %)",
        "EER, mean of corpora",
        "AUC",
        "minDCF",
        "Cllr",
    )
    names = (*head, "min Cllr", MISSED)
    # Results made before this number was taken have none to show.
    known = any(row[-1] != DASH for row in rows)
    return table(names if known else names[:-1], [row if known else row[:-1] for row in rows])


def _has_conditions(content: dict[str, Any]) -> bool:
    ours = content["systems"].get("earwitness", {"conditions": {}})
    return any("verdicts" in numbers for numbers in ours["conditions"].values())


def _conditions(name: str, content: dict[str, Any]) -> str:
    """Shipped verdicts by condition: errors among decided clips, abstentions apart."""
    theirs = content["systems"].get("aasist", {"conditions": {}})["conditions"]
    rows = []
    for condition, numbers in content["systems"]["earwitness"]["conditions"].items():
        verdicts = numbers["verdicts"]["all"]
        rows.append(
            (
                condition,
                percent(numbers.get("eer", {}).get("rate")),
                percent(theirs.get(condition, {}).get("eer", {}).get("rate")),
                percent(verdicts["fpr"]),
                percent(verdicts["fnr"]),
                percent(verdicts["abstained_human"]),
                percent(verdicts["abstained_synthetic"]),
            )
        )
    head = (
        "condition",
        "EER",
        "EER, AASIST",
        "false alarms",
        "misses",
        "undecided, human",
        "undecided, synthetic",
    )
    title = f"{name}: verdicts as shipped (false alarms and misses among the decided clips)"
    return f"{title}\n\n{table(head, rows)}"


def _has_families(content: dict[str, Any]) -> bool:
    clean = content["systems"].get("earwitness", {"conditions": {}})["conditions"].get("clean", {})
    return len(clean.get("families", {})) > 1


def _families(name: str, content: dict[str, Any]) -> str:
    clean = content["systems"]["earwitness"]["conditions"]["clean"]
    theirs = (
        content["systems"]
        .get("aasist", {"conditions": {}})["conditions"]
        .get("clean", {})
        .get("families", {})
    )
    verdicts = clean.get("verdicts", {}).get("families", {})
    rows = []
    for family, numbers in sorted(clean["families"].items(), key=lambda item: item[1]["eer"]):
        decided = verdicts.get(family, {})
        rows.append(
            (
                family,
                str(numbers["n"]),
                percent(numbers["eer"], numbers["interval"]),
                percent(theirs.get(family, {}).get("eer")),
                percent(decided.get("fnr")),
                percent(decided.get("abstained_synthetic")),
                *_missed(family, numbers, content),
            )
        )
    head = ["family", "clips", "EER against all human clips (95 %)", "AASIST", "missed", "undecided"]
    if _has_missed(clean):
        head.append(MISSED)
    if content.get("thresholds_from"):
        head.append(f"missed at the EER threshold of {Path(content['thresholds_from']).stem}")
    return f"{name}: by family of generators\n\n{table(head, rows)}"


def _missed(family: str, numbers: dict[str, Any], content: dict[str, Any]) -> list[str]:
    """Misses at 2 % false alarms (with the target of families that have one) and at a fixed threshold."""
    cells = []
    if _has_missed(content["systems"]["earwitness"]["conditions"]["clean"]):
        told = percent(numbers.get("missed_at_2_percent"))
        cells.append(f"{told} (target {100 * SELDOM:.0f} %)" if family in AIMED else told)
    if content.get("thresholds_from"):
        cells.append(percent(numbers["missed_at_fixed_threshold"]))
    return cells


def _has_missed(clean: dict[str, Any]) -> bool:
    return any("missed_at_2_percent" in numbers for numbers in clean["families"].values())


def _speed(content: dict[str, Any]) -> str:
    rows: list[Row] = []
    for length, entry in content.get("check", {}).items():
        rows.append(
            (f"check of {length}, one core", f"{entry['earwitness']['x_real_time']:.0f} {TIMES} real time")
        )
        if "times_faster_than_aasist" in entry:
            rows.append(
                (f"AASIST on the same {length}", f"{entry['aasist']['x_real_time']:.1f} {TIMES} real time")
            )
            rows.append((f"ratio, {length}", f"{entry['times_faster_than_aasist']:.1f} {TIMES}"))
    if "scan" in content:
        scan = content["scan"]
        rows.append(("scan, one job on one core", f"{scan['jobs_1']['x_real_time']:.0f} {TIMES} real time"))
        rows.append(("scan, two jobs on two cores", f"{scan['two_jobs_times_faster']:.2f} {TIMES} one"))
    if "start" in content:
        rows.append(("`earwitness --version`", f"{content['start']['median_s']:.2f} s"))
    if "first_check" in content:
        rows.append(
            ("first check of a 10-s file, fresh process", f"{content['first_check']['median_s']:.2f} s")
        )
    if "memory" in content:
        memory = content["memory"]
        minutes = f"{memory['audio_s'] / 60:.0f}-minute"
        rows.append((f"peak memory, check of a {minutes} file", f"{memory['peak_mb']:.0f} MB"))
    machine = content["machine"]
    return f"Speed ({machine['cpu']}, {machine['cores']} cores)\n\n{table(('what', 'measured'), rows)}"


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(prog="earwitness.eval.report", description=__doc__.partition("\n")[0])
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of result files")
    parser.add_argument(
        "--update", type=Path, metavar="FILE", help="write the tables between the file's markers"
    )
    arguments = parser.parse_args(words)
    try:
        if arguments.update is None:
            print(tables(arguments.results))
            return 0
        if not arguments.update.is_file():
            raise SourceNotFoundError("there is no such file.", subject=str(arguments.update))
        text = arguments.update.read_text(encoding="utf-8")
        arguments.update.write_text(replace_block(text, block(arguments.results)), encoding="utf-8")
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
