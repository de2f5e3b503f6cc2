"""The last words of a scan in the terminal: counts, and the files that need a look."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import IO

from earwitness.cli.scan_index import Row, ScanIndex
from earwitness.cli.scan_run import ScanState
from earwitness.report import Verdict
from earwitness.wording import TITLE, clean, clock

__all__ = ["LISTED", "print_summary"]

LISTED = 20


def print_summary(index: ScanIndex, state: ScanState, skipped: int, file: IO[str], *, listing: bool) -> None:
    """Print the summary of what ``index`` holds.

    listing: name every file (there is no results file to look into), else only the first 20 of
    those that are not "likely human".
    """
    counts = index.counts()
    total = sum(counts.values())
    if not total:
        print(f"No recordings found ({skipped:,} other files).", file=file)
        return
    with closing(index.rows("suspicion")) as rows:  # a print may fail, and then the index is closed first
        shown = (row for row in rows if listing or row.verdict is not Verdict.LIKELY_HUMAN)
        for row in shown if listing else islice(shown, LISTED):
            print(_line(row), file=file)
    hidden = total - counts.get(Verdict.LIKELY_HUMAN, 0) - LISTED
    if not listing and hidden > 0:
        print(f"… and {hidden:,} more", file=file)
    parts = [f"{counts[verdict]:,} {TITLE[verdict].lower()}" for verdict in Verdict if verdict in counts]
    if None in counts:
        parts.append(f"{counts[None]:,} not judged (error)")
    print(f"\n{total:,} file{'s' if total > 1 else ''}: {', '.join(parts)}", file=file)
    print(_work(index, state, skipped), file=file)


def _line(row: Row) -> str:
    name = clean(row.name)
    if row.verdict is None:
        return f"{'error: ' + (row.error or ''):<20} {'':>8}  {name}"
    llr = "" if row.llr is None else f"{row.llr:+.1f}"
    return f"{TITLE[row.verdict].lower():<20} {llr:>8}  {name}"


def _work(index: ScanIndex, state: ScanState, skipped: int) -> str:
    parts = [f"{clock(index.total_duration_s())} of sound"]
    if state.reused:
        parts.append(f"{state.reused:,} results from before")
    if state.audio_s:
        parts.append(
            f"{clock(state.audio_s)} examined in {state.elapsed_s:.1f} s ({state.speed:.0f}x real time)"
        )
    if skipped:
        parts.append(f"{skipped:,} other files left alone")
    return ", ".join(parts)
