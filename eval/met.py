"""Systems of lists made by others that the shipped detector met in training, by the engine that is heard.

A figure over clips of engines that were trained on says how well these were learnt, not what comes next.
Our own lists are made without them (``eval.corpora``, roles); in a list of others they are found by name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib import resources
from typing import Any

from earwitness.eval.protocols import Clip

__all__ = ["met", "unmet"]


def met() -> dict[str, str]:
    """System, as lists call it, to the engine that training knew (``met.toml``)."""
    table = tomllib.loads(resources.files("earwitness.eval").joinpath("met.toml").read_text("utf-8"))
    return {system: engine for engine, entry in table.items() for system in entry["systems"]}


def unmet(clips: Sequence[Clip]) -> tuple[list[Clip], dict[str, Any]]:
    """The clips less those of met systems, and what a result says of those: how many, and by what engine."""
    engines = met()
    left: list[Clip] = []
    gone: list[Clip] = []
    for clip in clips:
        (gone if clip.synthetic and clip.system in engines else left).append(clip)
    systems = {system: engines[system] for system in sorted({clip.system for clip in gone})}
    return left, {"left_out": {"clips": len(gone), "trained_on": systems}}
