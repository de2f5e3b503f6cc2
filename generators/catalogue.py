"""The generators that are registered: what each is and offers here, or why it cannot be used here.

For ``earwitness generate --list`` and ``earwitness doctor``. Factories are called, once each; engines of
others look for their programs and files then and load their networks only when they speak.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.errors import EarWitnessError
from earwitness.generators.base import GeneratorInfo, generator_names, load_generator

__all__ = ["Entry", "catalogue"]


@dataclass(frozen=True, slots=True)
class Entry:
    """name: as on the command line. info: None where it cannot be used here; why: the reason then."""

    name: str
    info: GeneratorInfo | None = None
    why: str | None = None


def catalogue(names: Sequence[str] = ()) -> list[Entry]:
    """An entry each, in the order of their names. names: only these; () for all that are registered.

    Nothing is raised: whatever is wrong with a generator stands in its entry.
    """
    return [_entry(name) for name in sorted(set(names)) or generator_names()]


def _entry(name: str) -> Entry:
    try:
        return Entry(name, load_generator(name).info)
    except EarWitnessError as error:
        return Entry(name, why=str(error))
    except Exception as error:  # noqa: BLE001 - a plug-in of others must not hide the rest
        return Entry(name, why=f"{name}: its plug-in is broken ({type(error).__name__}: {error}).")
