"""Making speech as a task for worker processes: plain values in, finished JSON out.

Messages that leave through an API name no path, key or installed program of this machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from earwitness.errors import ModelError, PluginError
from earwitness.generation import Ability, Generator, load_generator
from earwitness.mark_tasks import discreet
from earwitness.spoken_text import MAX_CHARACTERS

__all__ = ["GenerateTask", "generate_task"]


@dataclass(frozen=True, slots=True)
class GenerateTask:
    """A text to speak.

    target: where the marked file goes; its ending tells the format. name: what messages and the record call
    it. key: to mark with beside the signpost, None for none. limit: characters of the text. record, registry,
    credentials: as in ``earwitness.publish_steps.Steps``. The rest as in ``earwitness.generate``.
    """

    text: str
    target: str
    name: str
    generator: str
    voice: str | None = None
    vocoder: str | None = None
    language: str | None = None
    seed: int = 0
    key: str | None = None
    strength: str = "default"
    require: bool = False
    limit: int = MAX_CHARACTERS
    record: bool = False
    registry: str | None = None
    credentials: bool = False


def generate_task(task: GenerateTask) -> str:
    """Make one file; its record as one line of JSON. Raises what ``earwitness.generate`` raises."""
    from earwitness.generating import carry_out
    from earwitness.orders import Order
    from earwitness.publish_steps import Steps

    order = Order(
        ability=Ability.SYNTHESIZE,
        generator=task.generator,
        text=task.text,
        voice=task.voice,
        language=task.language,
        vocoder=task.vocoder,
        seed=task.seed,
    )
    steps = Steps(record=task.record, registry=task.registry, credentials=task.credentials)
    with discreet(task.name, task.target):
        record = carry_out(
            order,
            task.target,
            generator=_loaded(task.generator, task.vocoder),
            key=task.key or False,
            steps=steps,
            strength=task.strength,
            require=task.require,
            limit=task.limit,
        )
    return record.model_copy(update={"file": record.file.model_copy(update={"name": task.name})}).to_json()


@lru_cache(maxsize=2)  # loading takes seconds; each worker keeps what it used last
def _loaded(name: str, vocoder: str | None) -> Generator:
    try:
        return load_generator(name, vocoder=vocoder)
    except (ModelError, PluginError) as error:  # their text may name files of this machine
        raise type(error)(
            "this server cannot use this generator.",
            subject=name,
            hint="Its administrator learns why from earwitness generate --list.",
        ) from None
