"""What a worker does: one recording in, its pairs of files and their lines of the manifest out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from earwitness.attack_material import IS
from earwitness.errors import EarWitnessError, EmptyAudioError
from earwitness.generating import write_wav
from earwitness.generators.attacks.audit import features
from earwitness.generators.attacks.engines import Menu
from earwitness.generators.attacks.equalise import ends
from earwitness.generators.attacks.plan import Draw, Settings, draw, stretches
from earwitness.generators.attacks.remake import Pair, make_pair
from earwitness.generators.attacks.signal import speech_rms
from earwitness.generators.attacks.sources import RATE, Real, load_real
from earwitness.generators.base import Generator, Speech, load_generator
from earwitness.reference import file_sha256
from earwitness.samples import Float32
from earwitness.target import replacing

__all__ = ["Made", "Task", "make_attacks", "ready"]

_IS_HUMAN = "human speech, the twin of an attack for training detectors"
_SHORTEST_S = 1.0
_SOFTEST = 1e-4  # RMS of speech: below, a stretch is taken for silence


@dataclass(frozen=True, slots=True)
class Task:
    """folder: where the files go."""

    real: Real
    folder: str
    menu: Menu
    settings: Settings


@dataclass(frozen=True, slots=True)
class Made:
    """entries: lines of the manifest, twin and attack of each stretch. seconds: of attacks. troubles: of
    stretches that were left out, in sentences."""

    entries: list[dict[str, Any]]
    seconds: float
    troubles: tuple[str, ...] = ()


def ready() -> bool:
    """Called once in each worker before its first task."""
    return True


def make_attacks(task: Task) -> Made:
    """Make and write all pairs of one recording; each file is whole or not there.

    A stretch that fails is left out. Raises the AudioError family, what the generator raised where no stretch
    is left, and TargetError.
    """
    x = load_real(task.real)
    size = Path(task.real.path).stat().st_size
    entries: list[dict[str, Any]] = []
    errors: list[EarWitnessError] = []
    for number, (first, end) in enumerate(stretches(x.size, RATE)):
        stretch = x[first:end]
        heard = ends(stretch)
        seconds = (heard[1] - heard[0]) / RATE
        if seconds < _SHORTEST_S or speech_rms(stretch) <= _SOFTEST:
            continue
        plan = draw(task.real, number, seconds, task.menu, task.settings)
        try:
            pair = make_pair(stretch, plan, _loaded)
        except EarWitnessError as error:
            errors.append(error)
            continue
        about = {"source_from_s": round(first / RATE, 3), "source_to_s": round(end / RATE, 3)}
        entries += _written(task, plan, pair, {**about, "source_bytes": size})
    if not entries:
        raise errors[0] if errors else EmptyAudioError("there is no speech in it.", subject=task.real.name)
    for entry in entries:
        entry["parts"] = len(entries) // 2
    seconds = sum(entry["seconds"] for entry in entries if entry["label"] != "human")
    return Made(entries, seconds, tuple(str(error) for error in errors))


@lru_cache(maxsize=32)
def _loaded(name: str) -> Generator:
    return load_generator(name, threads=1)


def _written(task: Task, plan: Draw, pair: Pair, about: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        _file(task, plan, pair.human, [], about, label="human"),
        _file(task, plan, pair.attack, pair.spans, about, label="partial" if plan.partial else "synthetic"),
    ]


def _file(
    task: Task, plan: Draw, x: Float32, spans: list[tuple[int, int]], about: dict[str, Any], *, label: str
) -> dict[str, Any]:
    """Write one file; its line."""
    human = label == "human"
    name = f"{'human' if human else 'attack'}/{plan.pair_id[:2]}/{plan.pair_id}.{task.settings.ending}"
    target = Path(task.folder) / name
    target.parent.mkdir(parents=True, exist_ok=True)
    what = _IS_HUMAN if human else IS
    with replacing(target) as aside:
        write_wav(aside, Speech(x, RATE), f"{what[0].upper()}{what[1:]}")
        digest = file_sha256(aside)
    return {
        "file": name, "is": what, "sha256": digest, "pair_id": plan.pair_id, "label": label,
        **_making(plan, human=human),
        "spans": [[round(a / RATE, 4), round(b / RATE, 4)] for a, b in spans],
        "seconds": round(x.size / RATE, 4), "rate": RATE,
        "channel": [_channel_step(step.told()) for step in plan.channel], "level_dbfs": plan.dbfs,
        "source": task.real.name, **about, "parts": 1, "corpus": task.real.corpus,
        "speaker": task.real.speaker, "language": task.real.language, "source_licence": task.real.licence,
        "features": features(np.asarray(x, np.float32)),
    }  # fmt: skip


def _making(plan: Draw, *, human: bool) -> dict[str, Any]:
    """How it was made; of a twin, nothing but the seed of its channel."""
    if human:
        absent = dict.fromkeys(
            ("generator", "version", "generator_licence", "method", "voice", "converter", "consent", "text")
        )
        return {"family": "human", **absent, "seed": plan.seed}
    person = plan.person
    return {
        "family": plan.engine.family, "generator": plan.engine.name, "version": plan.engine.version,
        "generator_licence": plan.engine.licence, "method": plan.method,
        "voice": plan.voice if person is None else f"recording:{person.sha256}",
        "converter": None if plan.converter is None else plan.converter.name,
        "consent": None if person is None else person.speaker,
        "text": plan.text or None, "seed": plan.seed,
    }  # fmt: skip


def _channel_step(told: dict[str, Any]) -> dict[str, Any]:
    """Without the folders of this machine."""
    if "recorded" in told:
        told["recorded"] = Path(str(told["recorded"])).name
    return told
