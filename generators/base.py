"""What a generator is; re-exported from core, where the front door needs it too."""

from __future__ import annotations

from earwitness.generation import (
    Ability,
    Family,
    Generator,
    GeneratorFactory,
    GeneratorInfo,
    Speech,
    generator_names,
    load_generator,
    refuse,
)

__all__ = [
    "Ability",
    "Family",
    "Generator",
    "GeneratorFactory",
    "GeneratorInfo",
    "Speech",
    "generator_names",
    "load_generator",
    "refuse",
]
