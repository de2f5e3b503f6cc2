"""Drawings: dots lie where their numbers say, and names are text, whatever is in them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from earwitness.eval.charts import LABEL, MARGIN, SIDE, WIDTH, Rate, rates_svg, reliability_svg


def dots(svg: str, kind: str = "dot") -> list[tuple[float, float]]:
    found = re.findall(rf'class="{kind}" cx="([\d.]+)" cy="([\d.]+)"', svg)
    return [(float(x), float(y)) for x, y in found]


def test_a_dot_lies_at_its_rate_and_a_bar_over_its_interval() -> None:
    svg = rates_svg([Rate("a", 0.1, 0.05, 0.2), Rate("b", 0.4)], "rates", top=0.4)
    ElementTree.fromstring(svg)
    (first, y1), (second, y2) = dots(svg)
    assert first == pytest.approx(LABEL + WIDTH / 4, abs=0.1)
    assert second == pytest.approx(LABEL + WIDTH, abs=0.1)
    assert y1 < y2
    assert f'x1="{LABEL + WIDTH / 8:.1f}" x2="{LABEL + WIDTH / 2:.1f}"' in svg
    assert "10.0 %" in svg
    assert "40 %" in svg, "the scale ends at the top"


def test_without_a_top_the_highest_value_fits() -> None:
    svg = rates_svg([Rate("a", 0.1, 0.0, 0.3, other=0.6)], "rates")
    (hollow, _), (dot, _) = dots(svg, "other")[0], dots(svg)[0]
    assert hollow == pytest.approx(LABEL + WIDTH, abs=0.1)
    assert dot < hollow


def test_a_rate_that_is_not_known_has_no_dot() -> None:
    assert dots(rates_svg([Rate("a", None)], "rates")) == []


def test_names_are_escaped() -> None:
    svg = rates_svg([Rate("<b>&", 0.1)], '"quoted" <title>')
    ElementTree.fromstring(svg)
    assert "<b>" not in svg


def test_reliability_is_drawn_from_the_lower_left() -> None:
    svg = reliability_svg([(0.0, 0.0, 4), (1.0, 1.0, 4), (0.5, 0.9, 0)], "reliability")
    ElementTree.fromstring(svg)
    assert dots(svg) == [(MARGIN, MARGIN + SIDE), (MARGIN + SIDE, MARGIN)], "an empty bin has no dot"
