"""Numbers and tables as the README shows them."""

from earwitness.eval.markdown import DASH, number, percent, table


def test_numbers() -> None:
    assert percent(0.1234) == "12.3 %"
    assert percent(0.5, {"low": 0.4, "high": 0.6}) == f"50.0 % (40.0{DASH}60.0)"
    assert percent(None) == DASH
    assert number(1.2345) == "1.23"
    assert number(None) == DASH


def test_table() -> None:
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n|---|---|\n| 1 | 2 |"
