"""How fast generators are on one core, side by side: copies of the same recordings, the same sentences."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from earwitness.eval.bench_speed import interleaved, summary
from earwitness.eval.generator_bench import Bench
from earwitness.eval.generator_material import Clip
from earwitness.eval.generator_systems import System
from earwitness.generation import Ability, Generator, Speech

__all__ = ["speed"]

CLIPS, SENTENCES = 2, 4


def speed(bench: Bench, repeats: int = 3) -> dict[str, Any]:
    """Real-time factors: seconds of work a second of sound made, all that turns the input into samples.

    copy, text: of each system the median, lowest and highest of ``repeats`` runs over the longest clips and
    the first sentences. Runs of different systems alternate, so that a busy moment hits all.
    """
    clips = sorted(bench.clips, key=lambda clip: -clip.samples.size)[:CLIPS]
    found: dict[str, Any] = {"unit": "seconds of work a second of sound", "threads": 1}
    for what, ability, given in (
        ("copy", Ability.RESYNTHESIZE, clips),
        ("text", Ability.SYNTHESIZE, bench.sentences[:SENTENCES]),
    ):
        systems = bench.systems.that(ability)
        bench.tell(f"speed: {what}")
        for system in systems:  # what a first run builds is not counted
            _run(system, given[:1], bench.seed)
        made = {system.name: _run(system, given, bench.seed) for system in systems}
        actions = {system.name: _timed(system, given, bench.seed) for system in systems}
        taken = interleaved(actions, repeats)
        found[what] = {
            name: {**_factors(seconds, made[name]), **summary(seconds), "sound_s": made[name]}
            for name, seconds in taken.items()
        }
    return found


def _factors(seconds: Sequence[float], sound_s: float) -> dict[str, float]:
    factors = sorted(one / sound_s for one in seconds)
    return {"rtf": statistics.median(factors), "lowest": factors[0], "highest": factors[-1]}


def _timed(system: System, given: Sequence[Clip] | Sequence[str], seed: int) -> Callable[[], float]:
    def action() -> float:
        start = time.perf_counter()
        _run(system, given, seed)
        return time.perf_counter() - start

    return action


def _run(system: System, given: Sequence[Clip] | Sequence[str], seed: int) -> float:
    """Seconds of sound that it made."""
    return sum(_one(system, item, seed).seconds for item in given)


def _one(system: System, item: Clip | str, seed: int) -> Speech:
    engine = system.engine
    if isinstance(item, Clip):
        return engine.resynthesize(item.speech, seed=seed)
    assert isinstance(engine, Generator)
    return engine.synthesize(item, seed=seed)
