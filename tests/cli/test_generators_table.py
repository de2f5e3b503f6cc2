"""cli/generators_table.py: what is here, and why the rest is not (more in test_generate.py)."""

from __future__ import annotations

import pytest

from earwitness import plugins
from earwitness.cli.generators_table import show_generators


def test_none_at_all(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(plugins, "names", lambda _: [])
    show_generators()
    assert "No generator is installed" in capsys.readouterr().out
    show_generators(as_json=True)
    assert capsys.readouterr().out == "[]\n"
