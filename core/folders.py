"""Where this user's data lie, as each system wants it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["data_folder"]


def data_folder(environment: Mapping[str, str] | None = None) -> Path:
    """``earwitness`` in the folder for data of programs (``XDG_DATA_HOME``); it need not exist yet."""
    environment = os.environ if environment is None else environment
    if configured := environment.get("XDG_DATA_HOME"):
        base = Path(configured)
    elif sys.platform == "win32":
        base = Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path.home() / ".local" / "share"
    return base / "earwitness"
