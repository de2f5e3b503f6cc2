"""provenance/names.py: what may be a name, and with it a file name."""

from __future__ import annotations

import pytest

from earwitness.provenance.names import is_name


@pytest.mark.parametrize("name", ["studio", "a", "2026.press_office-1", "x" * 64])
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("text", ["", "Studio", "../up", ".hidden", "a/b", "a b", "x" * 65, "a\n", "ä"])
def test_others(text: str) -> None:
    assert not is_name(text)
