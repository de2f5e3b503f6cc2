"""What an attack of the watermark bench is, and what it may use beside the recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from earwitness.eval.attack_space import add

__all__ = [
    "AMB",
    "OMNI",
    "RAW",
    "Attack",
    "Float32",
    "Material",
    "Scope",
    "mixing",
    "plain",
    "random",
]

Float32 = npt.NDArray[np.float32]
Scope = Literal["all", "some", "few"]
AMB, RAW, OMNI = "AudioMarkBench", "RAW-Bench", "OmniSealBench"


@dataclass(frozen=True, slots=True)
class Material:
    """noise: a recording of noise, (m,) at 16 kHz. music: a piece. other: another, unmarked recording.

    remark: marks samples once more, by the same scheme with another key or payload; None where the scheme
    has neither. engines: folder of vocoder weights, None where there is none.
    """

    noise: Float32
    music: Float32
    other: Float32
    remark: Callable[[Float32], Float32] | None = None
    engines: Path | None = None


@dataclass(frozen=True, slots=True)
class Attack:
    """One treatment with its numbers.

    group: row of the tables (``earwitness.eval.watermark_attacks.GROUPS``). sources: benchmarks that have it
    with such a number. scope: on how many clips it is run: all of them, a subset, or (slow) a small one.
    """

    name: str
    group: str
    run: Callable[[Float32, Material, np.random.Generator], Float32]
    sources: tuple[str, ...] = ()
    scope: Scope = "some"


def plain(name: str, group: str, run: Callable[..., Float32], *values: float, by: str = "") -> Attack:
    """An attack without chance: ``run(samples, *values)``. by: benchmarks, comma-separated."""
    return Attack(name, group, lambda x, _material, _rng: run(x, *values), _names(by))


def random(name: str, group: str, run: Callable[..., Float32], *values: float, by: str = "") -> Attack:
    """An attack that draws something: ``run(samples, generator, *values)``."""
    return Attack(name, group, lambda x, _material, rng: run(x, rng, *values), _names(by))


def mixing(name: str, group: str, what: str, snr_db: float, by: str = "") -> Attack:
    """An attack that adds a recording: ``what`` is a field of ``Material``."""
    return Attack(name, group, lambda x, material, _rng: add(x, getattr(material, what), snr_db), _names(by))


def _names(by: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in by.split(",") if name.strip())
