"""Engines as the data engine finds them, for tests that need none to be loaded."""

from __future__ import annotations

from earwitness.generators.attacks.engines import Engine


def engine(name: str = "fake", family: str = "transformer", *abilities: str, voices: int = 2) -> Engine:
    """One that does everything, where nothing is said."""
    able = abilities or ("resynthesize", "convert", "synthesize")
    named = ("Ada", "Bert", "de-Carla")[:voices]
    return Engine(name, family, "7", "a test's", able, named, True)
