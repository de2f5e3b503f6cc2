"""The hash chain that makes changes of history show.

The chain of an entry is the SHA-256 of the chain before it and of the whole entry, so a changed, removed or
inserted entry breaks every chain after it. Somebody who can rewrite the whole database can also recompute
all chains: against that helps a chain that was noted elsewhere, which ``audit`` compares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from earwitness.errors import EarWitnessError
from earwitness.provenance.record_json import canonical
from earwitness.records import Entry, Record, RegistryAudit

__all__ = ["Auditor", "link"]

_PURPOSE = b"earwitness registry chain 1\x00"
MOST_PROBLEMS = 100


def link(before: str, number: int, record: Record) -> str:
    """The chain of this entry: 64 hex digits. before: that of the entry before it, "" for the first."""
    return hashlib.sha256(_PURPOSE + before.encode() + b"\x00" + canonical(number, record)).hexdigest()


@dataclass
class Auditor:
    """Goes through entries in order and notes what cannot be. known: chains noted elsewhere, by number."""

    known: Mapping[int, str] = field(default_factory=dict)
    chain: str = ""
    number: int = 0
    entries: int = 0
    problems: list[str] = field(default_factory=list)

    def take(self, entries: Iterable[Entry | EarWitnessError]) -> Iterator[Entry]:
        """Check each entry and hand it on; one that could not even be read comes as its error."""
        for entry in entries:
            self.entries += 1
            if isinstance(entry, EarWitnessError):
                self.say(f"An entry cannot be read: {entry}")
                continue
            self._check(entry)
            yield entry

    def say(self, problem: str) -> None:
        """Note a problem."""
        self.problems.append(problem)

    def finish(self, head_number: int, head_chain: str) -> RegistryAudit:
        """Compare with the head that writers noted; the result."""
        if (self.number, self.chain) != (head_number, head_chain):
            self.say(
                f"The last entry is number {self.number}, but number {head_number} was written: "
                "entries at the end were removed, changed or added past the registry."
            )
        for number, chain in self.known.items():
            if number > self.number:
                self.say(f"Entry {number}, whose chain {chain[:12]}… was noted, is gone.")
        shown = self.problems[:MOST_PROBLEMS]
        if len(self.problems) > MOST_PROBLEMS:
            shown.append(f"And {len(self.problems) - MOST_PROBLEMS} more.")
        return RegistryAudit(self.entries, self.chain, tuple(shown))

    def _check(self, entry: Entry) -> None:
        if entry.number != self.number + 1:
            gone = f"{self.number + 1} to {entry.number - 1}"
            self.say(f"Entries {gone} are missing." if entry.number > self.number + 1 else "Numbers repeat.")
        elif link(self.chain, entry.number, entry.record) != entry.chain:
            self.say(
                f"Entry {entry.number} (record {entry.record.record_id}) was changed after it was added."
            )
        known = self.known.get(entry.number)
        if known is not None and known != entry.chain:
            self.say(f"Entry {entry.number} is not the one whose chain {known[:12]}… was noted.")
        # Goes on from what the entry claims: one changed entry is one problem and not all that follow.
        self.number, self.chain = entry.number, entry.chain
