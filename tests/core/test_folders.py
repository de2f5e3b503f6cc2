"""core/folders.py: each system's folder, and the one that was set."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from earwitness.folders import data_folder


def test_what_was_set_counts() -> None:
    assert data_folder({"XDG_DATA_HOME": "/a"}) == Path("/a/earwitness")


@pytest.mark.parametrize(
    ("platform", "part"),
    [("linux", ".local/share"), ("darwin", "Library/Application Support"), ("win32", "AppData/Local")],
)
def test_each_system_has_its_own(platform: str, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert data_folder({}) == Path.home() / part / "earwitness"
