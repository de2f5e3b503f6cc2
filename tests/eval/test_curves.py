"""Curves: spots lie where their numbers say, on a scale of equal steps, and names are text."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from earwitness.eval.curves import HEIGHT, LEFT, TOP, WIDTH, Panel, curves_svg


def spots(svg: str) -> list[tuple[float, float]]:
    found = re.findall(r'class="spot k\d" cx="([\d.]+)" cy="([\d.]+)"', svg)
    return [(float(x), float(y)) for x, y in found]


def test_spots_lie_at_their_rates_in_equal_steps() -> None:
    svg = curves_svg([Panel("EER", {"white": [(30, 0.0), (5, 0.5), (10, 0.25)]})], [30, 10, 5], "dB", "noise")
    ElementTree.fromstring(svg)
    step = WIDTH / 3
    assert [x for x, _ in spots(svg)] == pytest.approx([LEFT + step * k for k in (0.5, 1.5, 2.5)], abs=0.1)
    assert [y for _, y in spots(svg)] == pytest.approx([TOP + HEIGHT, TOP + HEIGHT / 2, TOP])
    assert "dB" in svg


def test_unknown_rates_are_left_out_and_strangers_refused() -> None:
    svg = curves_svg([Panel("p", {"a": [(1, None), (2, 0.1)]})], [1, 2], "s", "t")
    assert len(spots(svg)) == 1
    with pytest.raises(ValueError, match="not in list"):
        curves_svg([Panel("p", {"a": [(3, 0.1)]})], [1, 2], "s", "t")


def test_reference_and_limit_are_drawn_where_they_are() -> None:
    svg = curves_svg([Panel("p", {"a": [(1, 0.1)]}, reference=0.05, limit=0.02)], [1], "s", "t")
    lines = dict(re.findall(r'class="(reference|limit)"[^>]*y1="([\d.]+)"', svg))
    assert float(lines["reference"]) == pytest.approx(TOP + HEIGHT / 2)
    assert float(lines["limit"]) == pytest.approx(TOP + HEIGHT * 0.8)


def test_a_legend_where_there_are_several_kinds_and_names_are_escaped() -> None:
    several = curves_svg([Panel("<p>", {"<a>": [(1, 0.1)], "b": [(1, 0.2)]})], [1], "s", '"t"')
    ElementTree.fromstring(several)
    assert "&lt;a&gt;</text>" in several
    alone = curves_svg([Panel("p", {"a": [(1, 0.1)]})], [1], "s", "t")
    assert ">a</text>" not in alone
