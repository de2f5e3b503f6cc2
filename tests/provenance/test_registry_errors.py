"""provenance/registry_errors.py: what databases say, in our words."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError, InvalidRequestError

from earwitness.errors import RegistryBusyError, RegistryError
from earwitness.provenance.registry_errors import translated


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("database is locked", RegistryBusyError, "others held"),
        ("database disk image is malformed", RegistryError, "damaged"),
        ("attempt to write a readonly database", RegistryError, "cannot be written"),
        ("database or disk is full", RegistryError, "disk is full"),
        ("no such table: registry_head", RegistryError, "tables of the registry are gone"),
        ("no such column: signer", RegistryError, "not as this EarWitness makes them"),
        ('column "signer" does not exist', RegistryError, "not as this EarWitness makes them"),
        ("Could not decode to UTF-8 column 'signer'", RegistryError, "a text in the registry is damaged"),
        ('connection failed: FATAL:  role "me" does not exist', RegistryError, "does not let this user in"),
        (
            'connection failed: FATAL:  password authentication failed for user "me"',
            RegistryError,
            "does not let this user in",
        ),
        ("permission denied for table registry_head", RegistryError, "this user may not"),
        ('relation "registry_head" does not exist', RegistryError, "does not exist"),
        (
            "connection refused\nIs the server running?",
            RegistryBusyError,
            "does not answer: connection refused",
        ),
        ("something new", RegistryError, "failed: something new"),
    ],
)
def test_words(text: str, kind: type[RegistryError], said: str) -> None:
    with pytest.raises(kind, match=said) as caught, translated("here"):
        raise DBAPIError("SELECT secret", {"secret": 1}, Exception(text))
    assert caught.value.subject == "here"
    assert "SELECT" not in str(caught.value)


def test_other_errors() -> None:
    with pytest.raises(RegistryError, match="the database failed"), translated("here"):
        raise InvalidRequestError("odd")
    with pytest.raises(ZeroDivisionError), translated("here"):
        raise ZeroDivisionError
