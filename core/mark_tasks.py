"""Marking and verifying as tasks for worker processes: plain values in, finished JSON out.

Messages that leave through an API name the client's file, never a path or the other keys of this machine.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from earwitness.errors import EarWitnessError, KeyFileError, KeyNotFoundError

__all__ = ["MarkTask", "VerifyTask", "discreet", "mark_task", "verify_task"]


@dataclass(frozen=True, slots=True)
class MarkTask:
    """One file to mark.

    path, target: where the bytes are and where the marked ones go; the ending of target tells the format.
    name: what messages and the record call both. record, registry, credentials, generator: as in
    ``earwitness.publish_steps.Steps``. The rest as in ``earwitness.marking.mark``.
    """

    path: str
    target: str
    name: str
    key: str | None = None
    signpost: bool | None = None
    payload: int | None = None
    strength: str = "default"
    require: bool = False
    scheme: str = "default"
    max_seconds: float | None = None
    record: bool = False
    registry: str | None = None
    credentials: bool = False
    generator: str | None = None


@dataclass(frozen=True, slots=True)
class VerifyTask:
    """One file to read marks in; see ``earwitness.verifying.verify``.

    signposts_only: leave the private keys of this machine out.
    """

    path: str
    name: str
    key: str | None = None
    search: str = "hint"
    schemes: tuple[str, ...] = ("default",)
    max_seconds: float | None = None
    signposts_only: bool = False


def mark_task(task: MarkTask) -> str:
    """Mark one file; the record as one line of JSON. Raises what ``mark`` raises."""
    from earwitness.publish_steps import Steps
    from earwitness.publishing import publish

    steps = Steps(
        record=task.record, registry=task.registry, credentials=task.credentials, generator=task.generator
    )
    with discreet(task.name, task.target):
        record = publish(
            task.path,
            task.target,
            steps=steps,
            key=task.key,
            signpost=task.signpost,
            payload=task.payload,
            strength=task.strength,
            require=task.require,
            scheme=task.scheme,
            name=task.name,
            max_seconds=task.max_seconds,
        )
    return record.model_copy(update={"file": record.file.model_copy(update={"name": task.name})}).to_json()


def verify_task(task: VerifyTask) -> str:
    """Read one file; the verification as one line of JSON. Raises what ``verify`` raises."""
    from earwitness.key_rings import load_ring
    from earwitness.verifying import verify

    with discreet(task.name, task.path):
        found = verify(
            task.path,
            key=task.key,
            search=task.search,
            schemes=task.schemes,
            keys=load_ring(signposts_only=task.signposts_only),
            name=task.name,
            max_seconds=task.max_seconds,
        )
    return found.to_json()


@contextlib.contextmanager
def discreet(name: str, path: str) -> Iterator[None]:
    """Errors without what is nobody's business outside this machine."""
    try:
        yield
    except KeyFileError as error:
        raise KeyFileError(error.message) from None
    except KeyNotFoundError as error:  # its hint lists the other keys
        raise KeyNotFoundError(error.message, subject=error.subject) from None
    except EarWitnessError as error:
        if error.subject is not None and error.subject.startswith(path):
            raise type(error)(error.message, subject=name, hint=error.hint) from None
        raise
