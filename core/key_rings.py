"""What a key ring is to those who mark and read: names to keys, keys to what their marks are worth.

The ring itself belongs to provenance and comes from the plug-in registry (``earwitness.keyrings``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, cast

from earwitness import plugins
from earwitness.marks import MarkKey, Reading

__all__ = ["KeyInfo", "KeyState", "Keys", "MarkFinding", "load_ring"]


class KeyState(StrEnum):
    """What may be done with a key, and so what its marks are worth."""

    ACTIVE = "active"
    """Marks and reads."""
    RETIRED = "retired"
    """Replaced by a newer key of the same name: reads only; its marks are worth what they were."""
    REVOKED = "revoked"
    """No longer trusted, for instance because somebody else may have it: reads only, proves nothing."""
    PUBLISHED = "published"
    """A signpost: everybody can read its marks, anybody can forge them."""


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """The public description of one key: nothing here helps to read or forge a mark.

    source: "file", "environment" or "package". created, ended: ISO 8601 times in UTC, None when not known.
    reason: why it was revoked, as its owner put it.
    """

    name: str
    key_id: str
    state: KeyState
    signpost: bool
    source: str
    created: str | None = None
    ended: str | None = None
    reason: str | None = None

    @property
    def proves(self) -> bool:
        """True when a verified mark of this key can only come from its owner."""
        return not self.signpost and self.state in (KeyState.ACTIVE, KeyState.RETIRED)


class Keys(Protocol):
    """A ring of keys, open."""

    def get(self, name: str) -> MarkKey:
        """The key that makes new marks under this name.

        Raises KeyNotFoundError, KeyRevokedError and KeyFileError.
        """

    def keys_for_reading(self, name: str | None = None) -> tuple[MarkKey, ...]:
        """All keys (of this name), retired and revoked ones too, and the signposts.

        Raises KeyNotFoundError and KeyFileError.
        """

    def info(self, key_id: str) -> KeyInfo:
        """What is known about a key that this ring gave out. Raises KeyNotFoundError."""


@dataclass(frozen=True, slots=True)
class MarkFinding:
    """What one key read in a recording, and what is known about the key.

    channel: 0-based channel it was read in; None for the whole recording.
    """

    reading: Reading
    key: KeyInfo
    channel: int | None = None

    @property
    def proof(self) -> bool:
        """A verified payload of a key that only its owner has."""
        return self.reading.verified and self.key.proves and not self.reading.signpost


def load_ring() -> Keys:
    """The key ring of this user. Raises PluginError; the file is read when keys are asked for."""
    factory = cast("Callable[[], Keys]", plugins.load(plugins.KEYRINGS))
    return factory()
