"""A report as a panel in the terminal: readable without colour, in 60 columns, by screen readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from earwitness.cli.panel_time import time_lines
from earwitness.report import Evidence, Report, Verdict
from earwitness.wording import (
    TITLE,
    channel_name,
    clean,
    clock,
    file_size,
    llr_words,
    meaning,
    percent,
    score_words,
    threshold_words,
    what_would_help,
)

__all__ = ["MAX_WIDTH", "STYLE", "print_error", "print_report", "print_summary", "report_panel"]

MAX_WIDTH = 96
"""Longer lines are hard to read."""
FRAME = 6  # border and padding, both sides

STYLE: dict[Verdict, str] = {
    Verdict.SYNTHETIC: "bold bright_red",
    Verdict.LIKELY_SYNTHETIC: "bold dark_orange",
    Verdict.PARTLY_SYNTHETIC: "bold dark_orange",
    Verdict.INCONCLUSIVE: "bold yellow",
    Verdict.LIKELY_HUMAN: "bold cyan",
}
MARK: dict[Verdict, tuple[str, str]] = {  # with and without Unicode; shape tells as much as colour
    Verdict.SYNTHETIC: ("▲", "!!"),
    Verdict.LIKELY_SYNTHETIC: ("△", "!"),
    Verdict.PARTLY_SYNTHETIC: ("◩", "/"),
    Verdict.INCONCLUSIVE: ("○", "?"),
    Verdict.LIKELY_HUMAN: ("●", "-"),
}


def print_report(console: Console, report: Report, prior: float) -> None:
    """Print one report."""
    console.print(report_panel(report, prior, console))


def report_panel(report: Report, prior: float, console: Console) -> RenderableType:
    """One report, at most 96 columns wide: in a frame on a terminal, bare in a pipe or a file."""
    width = min(console.width, MAX_WIDTH)
    framed = console.is_terminal
    plain = not (console.encoding or "").lower().startswith("utf")
    parts: list[RenderableType] = [*_verdict(report, prior, plain), Text()]
    parts += time_lines(report, width - (FRAME if framed else 0), plain)
    for section in (_reasons(report), _evidence(report), _facts(report)):
        parts += [Text(), *section]
    name = Text(clean(report.file.name), style="bold")
    name.truncate(width - FRAME, overflow="ellipsis")  # rich would let a title grow beyond its panel
    if not framed:
        return Constrain(Group(name, *parts, Text()), width)
    style = STYLE[report.verdict].removeprefix("bold ")
    return Panel(
        Group(*parts), title=name, title_align="left", border_style=style, padding=(1, 2), width=width
    )


def print_error(console: Console, message: str) -> None:
    """One line a failed file, on the console given (standard error)."""
    console.print(Text.assemble(("error ", "bold red"), clean(message)), soft_wrap=True)


def print_summary(console: Console, results: Sequence[tuple[str, Report | str]]) -> None:
    """After several files: a line each, with its verdict or error."""
    table = Table(box=None, padding=(0, 2, 0, 0), width=min(console.width, MAX_WIDTH))
    table.add_column("File", overflow="ellipsis", no_wrap=True, ratio=1)
    table.add_column("Verdict", no_wrap=True)
    table.add_column("P(synthetic)", justify="right", no_wrap=True)
    for name, result in results:
        if isinstance(result, str):
            table.add_row(Text(clean(name)), Text("error", style="bold red"), "")
            continue
        p = result.p_synthetic
        verdict = Text(TITLE[result.verdict], style=STYLE[result.verdict])
        table.add_row(Text(clean(name)), verdict, "" if p is None else percent(p))
    console.print(Text(f"{len(results)} files", style="bold"), table, sep="\n")


def _verdict(report: Report, prior: float, plain: bool) -> Iterator[RenderableType]:
    mark = MARK[report.verdict][1 if plain else 0]
    yield Text(f"{mark}  {TITLE[report.verdict].upper()}", style=STYLE[report.verdict])
    yield Text(meaning(report))
    yield Text()
    if report.p_synthetic is None:
        yield Text("No probability: nothing could be scored.")
        return
    table = _pairs()
    p = Text(percent(report.p_synthetic), style=STYLE[report.verdict])
    table.add_row(p, score_words(report, prior))
    if report.llr_synthetic is not None:
        llr = report.llr_synthetic
        table.add_row(Text(f"LLR {llr:+.2f}", style="bold"), llr_words(llr))
    if thresholds := threshold_words(report):
        table.add_row(Text("Thresholds", style="dim"), Text(thresholds, style="dim"))
    yield table


def _reasons(report: Report) -> Iterator[RenderableType]:
    yield _heading("Why")
    yield Text(clean(report.reason))
    for found in report.explanation[:1]:
        yield _bullet("Reacted to: ", f"{found.sentence} {found.cannot_tell}")
    for advice in what_would_help(report):
        yield _bullet("What would help: ", advice)
    for reason in report.quality.reasons:
        if reason not in report.reason:
            yield _bullet("Not fit to be judged: ", reason, "yellow")
    for warning in report.warnings:
        yield _bullet("Warning: ", warning, "yellow")


def _evidence(report: Report) -> Iterator[RenderableType]:
    yield _heading("Evidence")
    if not report.evidence:
        yield Text("None could be taken.")
    for item in report.evidence:
        # The detector's sentence is often the reason given above: once is enough.
        sentence = "" if item.sentence in report.reason else f"  {clean(item.sentence)}"
        yield Text.assemble((_evidence_title(item), "bold"), sentence)
        yield Padding(Text(f"Cannot tell: {clean(item.cannot_tell)}", style="dim"), (0, 0, 0, 3))


def _evidence_title(item: Evidence) -> str:
    where = "" if item.channel is None else f", {channel_name(item.channel)}"
    llr = "" if item.llr_synthetic is None else f" (LLR {item.llr_synthetic:+.2f})"
    return f"{clean(item.kind)}{where}: {clean(item.outcome).replace('_', ' ')}{llr}"


def _facts(report: Report) -> Iterator[RenderableType]:
    file, quality = report.file, report.quality
    rate = f"{file.sample_rate / 1000:g} kHz, {file.channels} channel{'s' if file.channels > 1 else ''}"
    bits = f", {file.bit_rate / 1000:.0f} kbit/s" if file.bit_rate else ""
    heard = [f"{quality.speech_s:.1f} s of speech"]
    if quality.snr_db is not None:
        heard.append(f"SNR {quality.snr_db:.0f} dB")
    if quality.bandwidth_hz is not None:
        heard.append(f"bandwidth {quality.bandwidth_hz / 1000:.1f} kHz")
    if quality.telephone:
        heard.append("telephone band")
    if quality.heavy_compression:
        heard.append("heavily compressed")
    yield _heading("File")
    table = _pairs()
    table.add_row("Format", f"{file.container} / {file.codec}, {rate}{bits}")
    table.add_row("Length", f"{clock(file.duration_s, tenths=True)}, {file_size(file.size_bytes)}")
    table.add_row("Heard", ", ".join(heard))
    table.add_row("SHA-256", Text(file.sha256, overflow="fold"))
    for model in report.models:
        table.add_row("Model", f"{clean(model.name)} {clean(model.version)} ({clean(model.kind)})")
    yield table


def _pairs() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    return table


def _heading(word: str) -> RenderableType:
    return Rule(Text(word, style="bold"), align="left", style="dim")


def _bullet(lead: str, text: str, style: str = "bold") -> Text:
    return Text.assemble((lead, style), clean(text))
