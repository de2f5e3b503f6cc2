"""The time line of a report as coloured blocks: height and colour both tell the probability."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from earwitness.report import Report, Verdict
from earwitness.timeline import Stretch, cells, judged_channels, segments_of, standing_out, tick_step
from earwitness.wording import channel_name, clock, percent

__all__ = ["time_lines"]

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN_BLOCKS = "_.-~=+*#"
GAP, PLAIN_GAP = "·", " "
SHADES = ((0.2, "cyan"), (0.5, "bright_black"), (0.8, "yellow"), (1.01, "red"))
TICK_EVERY = 12  # columns; "1:02:03" and a space must fit
MOST_STRETCHES = 3


def time_lines(report: Report, width: int, plain: bool = False) -> Iterator[RenderableType]:
    """Bar, ticks and legend, ``width`` columns wide; a bar a channel when judged apart."""
    duration = report.file.duration_s
    channels = judged_channels(report)
    if not report.segments or duration <= 0:
        return
    apart = len(channels) > 1 or channels[0] is not None
    yield Text("Probability over time", style="bold")
    for channel in channels:
        if apart:
            yield Text(channel_name(channel).capitalize(), style="dim")
        yield bar(cells(segments_of(report, channel), duration, width), plain)
    yield ticks(duration, width)
    yield _legend(duration / width, plain)
    found, weak = standing_out(report)
    if found:
        # At other odds they may well be strong enough by themselves.
        called = report.verdict is not Verdict.LIKELY_HUMAN or report.prior != 0.5
        yield _stand_out(found, weak, apart, called=called)


def bar(values: list[float | None], plain: bool = False) -> Text:
    """One character a value: a block whose height and colour grow with it, a dot for None."""
    text = Text(no_wrap=True)
    blocks = PLAIN_BLOCKS if plain else BLOCKS
    for value in values:
        if value is None:
            text.append(PLAIN_GAP if plain else GAP, style="dim")
        else:
            text.append(blocks[min(int(value * len(blocks)), len(blocks) - 1)], style=_shade(value))
    return text


def ticks(duration_s: float, width: int) -> Text:
    """Times below the bar, each starting at its own column."""
    step = tick_step(duration_s, max(width // TICK_EVERY, 2))
    line = [" "] * width
    for number in range(int(duration_s / step) + 1):
        label = "|" + clock(number * step, tenths=step < 1)
        column = int(number * step / duration_s * width)
        if column + len(label) <= width:
            line[column : column + len(label)] = label
    return Text("".join(line), style="dim", no_wrap=True)


def _legend(seconds: float, plain: bool) -> Text:
    blocks = PLAIN_BLOCKS if plain else BLOCKS
    text = Text("Each block: ", style="dim")
    text.append(f"{_length(seconds)}. ")
    for value, word in ((0.05, "human "), (0.95, "synthetic ")):
        text.append(blocks[min(int(value * len(blocks)), len(blocks) - 1)], style=_shade(value))
        text.append(f" {word} ")
    return text.append("blank: no speech" if plain else f"{GAP} no speech")


def _length(seconds: float) -> str:
    if seconds < 0.01:  # "0.00063 s" is nothing that anybody reads
        return f"{float(f'{1000 * seconds:.2g}'):g} ms"
    return f"{seconds:.2g} s" if seconds < 10 else clock(seconds)


def _stand_out(found: list[Stretch], weak: int, apart: bool, *, called: bool) -> Text:
    """The weightiest stretches. weak: how many others are raised, too weakly to be called; called: False
    where all are."""
    weighty = sorted(found, key=lambda s: s.p_synthetic * (s.end_s - s.start_s), reverse=True)
    shown = sorted(weighty[:MOST_STRETCHES], key=lambda s: (s.start_s, s.channel or 0))
    text = Text("Stands out: " if called else "Stands out, too weakly to be called: ", style="bold")
    words = [
        f"{clock(s.start_s, tenths=True)} to {clock(s.end_s, tenths=True)}"
        + (f" on {channel_name(s.channel)}" if apart else "")
        + f" ({percent(s.p_synthetic)})"
        for s in shown
    ]
    text.append("; ".join(words), style="not bold")
    if len(found) > len(shown):
        text.append(f"; and {len(found) - len(shown)} more", style="not bold dim")
    if weak:
        text.append(f"; raised, too weakly to be called: {weak} more", style="not bold dim")
    return text


def _shade(value: float) -> str:
    return next(style for limit, style in SHADES if value < limit)
