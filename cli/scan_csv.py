"""A scan's results as CSV, most suspicious first."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import IO, Any

from earwitness.wording import clean

__all__ = ["COLUMNS", "write_csv"]

COLUMNS = (
    "file",
    "verdict",
    "p_synthetic",
    "prior",
    "llr_synthetic",
    "reason",
    "duration_s",
    "speech_s",
    "container",
    "codec",
    "sample_rate",
    "channels",
    "sha256",
    "warnings",
    "error",
)
_FORMULA_STARTS = ("=", "+", "-", "@")


def write_csv(records: Iterable[dict[str, Any]], file: IO[str]) -> None:
    """Write one row a record (a line of the results file, parsed), in the order given.

    Control characters become their codes, as in the terminal: the table may be looked at in one, and a row is
    to stay a line. Texts that a spreadsheet would run as a formula get an apostrophe in front: whoever names
    the files must not be able to run something on the machine of whoever opens the table.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in records:
        row = _error_row(record) if "error" in record else _report_row(record)
        writer.writerow([_defused(row.get(column)) for column in COLUMNS])


def _error_row(record: dict[str, Any]) -> dict[str, Any]:
    return {"file": record["file"], "error": f"{record['error']['type']}: {record['error']['message']}"}


def _report_row(record: dict[str, Any]) -> dict[str, Any]:
    file = record["file"]
    row = {
        key: file.get(key)
        for key in ("duration_s", "container", "codec", "sample_rate", "channels", "sha256")
    }
    row |= {key: record[key] for key in ("verdict", "p_synthetic", "llr_synthetic", "reason")}
    return row | {
        "file": file["name"],
        "prior": record.get("prior"),  # older results do not say
        "speech_s": record["quality"]["speech_s"],
        "warnings": " | ".join(record["warnings"]),
    }


def _defused(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = clean(value)
    return "'" + text if text.startswith(_FORMULA_STARTS) else text
