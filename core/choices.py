"""A word a person gave, as the member of an enumeration."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from earwitness.errors import UsageError

__all__ = ["chosen"]

Choice = TypeVar("Choice", bound=StrEnum)


def chosen(kind: type[Choice], value: str, what: str) -> Choice:
    """The member that ``value`` names. Raises UsageError with all there are.

    what: what messages call it, e.g. "strength".
    """
    try:
        return kind(value)
    except ValueError:
        raise UsageError(
            f"a {what} of {value!r} is not known.", hint=f"Choose from {', '.join(kind)}."
        ) from None
