"""What a check finds out about a file's origin beside its sound: credentials, and the record of a mark.

Quick for files that have neither: a look at a few headers. The registry is opened only when a verified mark,
or credentials that name one, lead there; it is never made.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from earwitness.credential_look import may_carry
from earwitness.credentials import CredentialReport, load_credentials
from earwitness.errors import (
    EarWitnessError,
    MissingDependencyError,
    RegistryAbsentError,
    TrustListError,
)
from earwitness.key_rings import MarkFinding
from earwitness.origin import Heard, Lead, Origin, bound_leads, find_origins, mark_leads
from earwitness.records import load_registry
from earwitness.source import open_source

__all__ = ["Provenance", "look"]

Input = str | os.PathLike[str] | BinaryIO


@dataclass(frozen=True, slots=True)
class Provenance:
    """credentials: None where none can be there, or nobody here can read them. warnings: why not."""

    credentials: CredentialReport | None = None
    origins: tuple[Origin, ...] = ()
    warnings: tuple[str, ...] = ()


def look(
    source: Input,
    name: str,
    sha256: str,
    marks: Sequence[MarkFinding],
    *,
    private: bool = True,
    max_seconds: float | None = None,
) -> Provenance:
    """Credentials of the file and, if ``private``, records of this user's registry that its marks lead to.

    source: as for ``check``, but nothing that can be read only once (``source.readable_again``).
    sha256: of the file.
    marks: what was read in it. Errors become warnings: a check is about the sound.
    """
    notes: list[str] = []
    held = _credentials(source, name, notes)
    origins: tuple[Origin, ...] = ()
    if private:
        leads = (*mark_leads(marks), *bound_leads(() if held is None else held.soft_bindings))
        if leads:
            origins = _origins(source, sha256, leads, max_seconds, notes)
    return Provenance(held, origins, tuple(notes))


def _credentials(source: Input, name: str, notes: list[str]) -> CredentialReport | None:
    path = Path(source) if isinstance(source, str | os.PathLike) else None
    try:
        opened = open_source(source, name)
        try:
            if not may_carry(opened, path):
                return None
        finally:
            opened.close()
        return load_credentials().read(source, name=name)
    except MissingDependencyError:
        notes.append(
            "It seems to carry Content Credentials, which were not read: install the extra "
            "(pip install 'earwitness[provenance]')."
        )
    except (TrustListError, EarWitnessError) as error:  # subjects are paths of this machine
        notes.append(f"Its Content Credentials were not read: {error.message}")
    return None


def _origins(
    source: Input, sha256: str, leads: Sequence[Lead], max_seconds: float | None, notes: list[str]
) -> tuple[Origin, ...]:
    from earwitness.tracing import take_fingerprint

    try:
        with load_registry(create=False) as registry:
            if not any(registry.by_mark(lead.key_id, lead.payload) for lead in leads):
                return ()
            same = any(entry.number for entry in registry.by_content(sha256))
            # The very file needs no comparison; anything else is heard a second time.
            fingerprint = None if same else take_fingerprint(source, max_seconds=max_seconds)
            return find_origins(
                Heard(sha256, fingerprint), leads, registry, credentials=load_credentials(), copies=False
            )
    except (RegistryAbsentError, MissingDependencyError):
        return ()
    except EarWitnessError as error:
        notes.append(f"The registry was not looked into: {error.message}")
        return ()
