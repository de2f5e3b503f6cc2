"""Reports and pictures for tests of what shows them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from earwitness.report import Report

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "fakes"))


@pytest.fixture(name="make_report", scope="session")
def make_report_fixture() -> Callable[..., Report]:
    """``make_report(verdict, llr, duration_s, channels, apart=, name=, file=, quality=, ...)``."""
    from fake_reports import make_report

    return make_report
