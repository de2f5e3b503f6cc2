"""Which record of the registry a recording belongs to, and whether the sound in hand is that record's.

A mark, a file's hash, its credentials or its sound lead to a record, and the record brings the credentials
back that were stripped. But a mark can be copied onto other sound. So the fingerprint of what is in hand is
compared with the record's: where they have nothing in common, the mark was transferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from earwitness.credentials import CredentialReport, Credentials, SoftBinding
from earwitness.errors import EarWitnessError
from earwitness.fingerprints import Fingerprint, FingerprintMethod, Likeness, load_fingerprints
from earwitness.key_rings import MarkFinding
from earwitness.marks import Search
from earwitness.origin_wording import cannot_tell, sentence
from earwitness.records import Entry, Registry
from earwitness.soft_bindings import unbind

__all__ = ["By", "Comparison", "Heard", "Lead", "Origin", "bound_leads", "find_origins", "mark_leads"]

ENOUGH_S = 6.0
"""Seconds of sound, in the record and in the marked part in hand, from which unlike means another one."""
UNLIKE = 1e-2
"""p-values of likeness above this are no trace of a common origin; below it nothing is called transferred."""
MOST_COPIES = 5


class By(StrEnum):
    """What led to a record."""

    MARK = "mark"
    CREDENTIALS = "credentials"
    CONTENT = "content"
    FINGERPRINT = "fingerprint"


class Comparison(StrEnum):
    """The sound in hand against that of the record."""

    SAME = "same"
    """The very file: equal hashes."""
    SAME_SOUND = "same_sound"
    """The same recording, or a part of it: converted, cut or edited since."""
    TRANSFERRED = "transferred"
    """Another recording: what led here was copied from one to the other."""
    UNCOMPARED = "uncompared"
    """Nobody can say: no fingerprint, or too little sound."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A record that a recording leads to.

    by: what led to it. key: name of the mark's key, None where no mark of this user's keys did. signpost: the
    mark was that of a published key, so anybody can have made it. likeness: of the fingerprints, where they
    were compared. credentials: those that the record kept, checked anew, the sound left out of account; None
    where it kept none. sentence, cannot_tell: for people.
    """

    by: By
    entry: Entry
    comparison: Comparison
    likeness: Likeness | None = None
    credentials: CredentialReport | None = None
    key: str | None = None
    signpost: bool = False

    @property
    def sentence(self) -> str:
        """What this says, in a few sentences."""
        return sentence(self)

    @property
    def cannot_tell(self) -> str:
        """And what it does not say."""
        return cannot_tell(self)


@dataclass(frozen=True, slots=True)
class Lead:
    """A mark's key id and payload, as read in the sound or named in credentials.

    seconds: how much of the recording carries it; None for all of it.
    """

    by: By
    key_id: str
    payload: int
    key: str | None = None
    signpost: bool = False
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """The recording in hand. fingerprint: of all its sound; None when it was not taken."""

    sha256: str
    fingerprint: Fingerprint | None = None


def mark_leads(findings: Sequence[MarkFinding]) -> tuple[Lead, ...]:
    """The verified marks among what was read."""
    return tuple(
        Lead(
            By.MARK,
            found.reading.key_id,
            found.reading.payload,
            found.key.name,
            found.reading.signpost,
            sum(span.end_s - span.start_s for span in found.reading.spans),
        )
        for found in findings
        if found.reading.verified and found.reading.payload is not None and not found.reading.keyless
    )


def bound_leads(bindings: Sequence[SoftBinding]) -> tuple[Lead, ...]:
    """The marks that a file's own credentials name, as far as they are ours."""
    known = [unbind(binding) for binding in bindings]
    return tuple(Lead(By.CREDENTIALS, one[1], one[2]) for one in known if one is not None)


def find_origins(
    heard: Heard,
    leads: Sequence[Lead],
    registry: Registry,
    *,
    credentials: Credentials | None = None,
    search: Search = Search.HINT,
    copies: bool = True,
) -> tuple[Origin, ...]:
    """Every record that leads, the file's hash and (``copies``) its sound point to, each once.

    credentials: who checks the manifests that records kept; None to leave them out. search: whether sound
    at other speeds and pitches is compared too. Raises the RegistryError family.
    """
    method = load_fingerprints()
    found: dict[int, Origin] = {}
    for by, entry, lead in _entries(heard, leads, registry, search, copies):
        if entry.number not in found:
            comparison, likeness = _compared(heard, entry, by, lead, method, search)
            found[entry.number] = Origin(
                by,
                entry,
                comparison,
                likeness,
                _restored(entry, credentials),
                None if lead is None else lead.key,
                False if lead is None else lead.signpost,
            )
    return tuple(found.values())


def _entries(
    heard: Heard, leads: Sequence[Lead], registry: Registry, search: Search, copies: bool
) -> Iterator[tuple[By, Entry, Lead | None]]:
    """Records in the order of what they weigh."""
    for lead in sorted(leads, key=lambda one: (one.signpost, one.by is not By.MARK)):
        entry = registry.by_mark(lead.key_id, lead.payload)
        if entry is not None:
            yield lead.by, entry, lead
    for entry in registry.by_content(heard.sha256):
        yield By.CONTENT, entry, None
    if copies and heard.fingerprint is not None:
        for match in registry.by_fingerprint(heard.fingerprint, most=MOST_COPIES, search=search):
            if match.likeness.same:
                yield By.FINGERPRINT, match.entry, None


def _compared(
    heard: Heard, entry: Entry, by: By, lead: Lead | None, method: FingerprintMethod, search: Search
) -> tuple[Comparison, Likeness | None]:
    if entry.record.content_sha256 == heard.sha256:
        return Comparison.SAME, None
    known, mine = entry.record.fingerprint, heard.fingerprint
    if known is None or mine is None or known.method != method.name or mine.method != method.name:
        return Comparison.UNCOMPARED, None
    likeness = method.compare(known, mine, search)
    if likeness.same:
        return Comparison.SAME_SOUND, likeness
    marked_s = mine.duration_s if lead is None or lead.seconds is None else lead.seconds
    enough = min(known.duration_s, mine.duration_s, marked_s) >= ENOUGH_S
    if by in (By.MARK, By.CREDENTIALS) and enough and likeness.p_value > UNLIKE:
        return Comparison.TRANSFERRED, likeness
    return Comparison.UNCOMPARED, likeness


def _restored(entry: Entry, credentials: Credentials | None) -> CredentialReport | None:
    manifest = entry.record.manifest
    if manifest is None or credentials is None:
        return None
    try:
        return credentials.restore(manifest, name=entry.record.record_id)
    except EarWitnessError:  # the trust list, say; the record is found all the same
        return None
