"""What databases say when they fail, in words that help: one place, for SQLite and PostgreSQL."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from earwitness.errors import RegistryBusyError, RegistryError, UsageError

__all__ = ["RESTORE", "translated"]

RESTORE = "Restore it from a copy or an export (earwitness registry import)."
_OTHER_TABLES = "its tables are not as this EarWitness makes them: another version or somebody changed them."
_SAID: tuple[tuple[str, type[RegistryError], str, str], ...] = (
    ("database is locked", RegistryBusyError, "others held the registry for too long.", "Try again."),
    (
        "file is not a database",
        RegistryError,
        "this is no registry, or its file is damaged.",
        "Name another file, or restore it from a copy or an export.",
    ),
    (
        "malformed",
        RegistryError,
        "the registry's file is damaged.",
        RESTORE,
    ),
    (
        "unable to open",
        RegistryError,
        "the registry's file cannot be opened.",
        "Check its place and its permissions.",
    ),
    (
        "readonly",
        RegistryError,
        "the registry cannot be written.",
        "Check the permissions of file and folder.",
    ),
    ("read-only", RegistryError, "the registry cannot be written.", "Connect as a user who may write."),
    ("disk is full", RegistryError, "the disk is full; nothing was kept.", "Free some space and try again."),
    ("disk i/o", RegistryError, "the disk failed; nothing was kept.", "Check the disk and try again."),
    (
        "only ever added to",
        RegistryError,
        "the registry refuses to change what is there.",
        "Add a new record.",
    ),
    (
        "no such table",
        RegistryError,
        "tables of the registry are gone.",
        RESTORE,
    ),
    ("could not decode", RegistryError, "a text in the registry is damaged.", RESTORE),
    *((words, RegistryError, _OTHER_TABLES, RESTORE) for words in ("no such column", "column ", "not null")),
    *(
        (words, RegistryError, "the registry's server does not let this user in.", "Check name and password.")
        for words in ("authentication failed", "no password supplied", "no pg_hba.conf entry", "role ")
    ),
    ("permission denied", RegistryError, "this user may not do that.", "Connect as the registry's owner."),
    (
        "does not exist",
        RegistryError,
        "the database, or a table of the registry, does not exist.",
        "Check the address; createdb makes a database.",
    ),
)


@contextlib.contextmanager
def translated(place: str) -> Iterator[None]:
    """Around work with the database at ``place``: its errors become the RegistryError family."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    try:
        yield
    except UnicodeEncodeError as error:  # from a command line in another encoding
        raise UsageError("this text cannot be looked for: it is no Unicode.", subject=place) from error
    except UnicodeDecodeError as error:  # SQLite's names of columns are read before its errors are
        raise RegistryError("the registry's file is damaged.", subject=place, hint=RESTORE) from error
    except DBAPIError as error:
        raise _named(str(error.orig), place, reached=not error.connection_invalidated) from error
    except SQLAlchemyError as error:
        raise RegistryError(f"the database failed: {_brief(error)}", subject=place) from error


def _named(text: str, place: str, *, reached: bool) -> RegistryError:
    lowered = text.lower()
    for words, kind, what, remedy in _SAID:
        if words in lowered:
            return kind(what, subject=place, hint=remedy)
    if not reached or "connect" in lowered or "resolve host" in lowered:
        return RegistryBusyError(
            f"the registry's server does not answer: {_first_line(text)}",
            subject=place,
            hint="Check that it runs, and the address.",
        )
    return RegistryError(f"the database failed: {_first_line(text)}", subject=place)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].rstrip(".")[:200] + "."


def _brief(error: Exception) -> str:
    return _first_line(str(error))
