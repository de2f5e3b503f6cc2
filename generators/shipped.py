"""The weights that ship with the package, and where others may be put in their place."""

from __future__ import annotations

import os
from functools import cache
from importlib import resources
from pathlib import Path

__all__ = ["VARIABLE", "weights_folder"]

VARIABLE = "EARWITNESS_GENERATORS"


def weights_folder() -> Path:
    """The folder that EARWITNESS_GENERATORS names, or ours. What is missing there, the models say."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else _ours()


@cache
def _ours() -> Path:
    return Path(str(resources.files("earwitness.generators").joinpath("weights")))
