"""The heat map holds what the report holds: high bands on top, one shade a size, both signs told apart."""

from __future__ import annotations

from collections.abc import Callable

from earwitness.html_heat import DARKEST, heats
from earwitness.report import Explanation, OccludedBand, OccludedCell, Report

Make = Callable[..., Report]


def explanation(scale: float = 1.0, **fields: object) -> Explanation:
    values: dict[str, object] = {
        "start_s": 7.2,
        "end_s": 10.2,
        "llr_synthetic": 4.2,
        "bands": (
            OccludedBand(low_hz=0, high_hz=500, drop_llr=-1.0 * scale),
            OccludedBand(low_hz=5500, high_hz=7000, drop_llr=4.0 * scale),
        ),
        "cells": (
            OccludedCell(low_hz=5500, high_hz=7000, start_s=8.7, end_s=10.2, drop_llr=2.0 * scale),
            OccludedCell(low_hz=5500, high_hz=7000, start_s=7.2, end_s=8.7, drop_llr=-0.02),
        ),
        "sentence": "Without the band it would fall.",
        "cannot_tell": "It is no proof.",
    }
    return Explanation(**values | fields)  # type: ignore[arg-type]


def test_nothing_explained_nothing_drawn(make_report: Make) -> None:
    assert heats(make_report()) == ()


def test_rows_from_high_to_low_and_cells_in_order_of_time(make_report: Make) -> None:
    [heat] = heats(make_report(explanation=(explanation(channel=1),)))
    assert [row.name for row in heat.rows] == ["5.5–7 kHz", "0–0.5 kHz"]  # noqa: RUF001
    high, low = heat.rows
    assert heat.times == ("0:07.2", "0:08.7")
    assert [cell.text for cell in high.cells] == ["0.0", "2.0"]
    assert low.cells == ()
    assert (high.whole.text, high.whole.tone) == ("4.0", "more")
    assert (low.whole.text, low.whole.tone) == ("\u22121.0", "less")
    assert "0:07.2 to 0:10.2, channel 2" in heat.caption
    assert "+4.2" in heat.caption


def test_bands_and_stretches_have_a_scale_each_for_all_excerpts(make_report: Make) -> None:
    strong, weak = heats(make_report(explanation=(explanation(), explanation(0.5))))
    assert strong.rows[0].whole.shade == strong.rows[0].cells[1].shade == DARKEST
    assert strong.rows[1].whole.shade == round(DARKEST / 4, 2)
    assert weak.rows[0].whole.shade == weak.rows[0].cells[1].shade == DARKEST / 2


def test_what_hardly_counts_is_not_painted_dark(make_report: Make) -> None:
    [heat] = heats(make_report(explanation=(explanation(0.05),)))
    assert heat.rows[0].whole.shade == round(DARKEST * 0.2, 2)
