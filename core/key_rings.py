"""What a key ring is to those who mark and read: names to keys, keys to what their marks are worth.

The ring itself belongs to provenance and comes from the plug-in registry (``earwitness.keyrings``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, cast

from earwitness import plugins
from earwitness.errors import KeyNotFoundError
from earwitness.marks import MarkKey, Reading

__all__ = ["KeyInfo", "KeyState", "Keys", "MarkFinding", "SignpostsOnly", "load_ring"]


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


class SignpostsOnly:
    """Another ring without its private keys: what anybody can read, and nothing that only its owner can.

    Whoever may ask for readings with a private key can try out how to remove its marks.
    """

    def __init__(self, ring: Keys) -> None:
        self._ring = ring

    def get(self, name: str) -> MarkKey:
        """The signpost of this name. Raises KeyNotFoundError for a private key as for none."""
        return self._found(name)[0]

    def keys_for_reading(self, name: str | None = None) -> tuple[MarkKey, ...]:
        """The signposts (of this name). Raises KeyNotFoundError for a private key as for none."""
        return self._found(name)

    def info(self, key_id: str) -> KeyInfo:
        """What is known about a key that this ring gave out. Raises KeyNotFoundError."""
        found = self._ring.info(key_id)
        if not found.signpost:
            raise KeyNotFoundError("there is no key of this id.", subject=key_id)
        return found

    def _found(self, name: str | None) -> tuple[MarkKey, ...]:
        keys = self._ring.keys_for_reading()
        found = tuple(key for key in keys if key.signpost and name in (None, key.name))
        if not found and name is not None:
            raise KeyNotFoundError("no key of this name is used here.", subject=name)
        return found


def load_ring(*, signposts_only: bool = False) -> Keys:
    """The key ring of this user. Raises PluginError; the file is read when keys are asked for."""
    factory = cast("Callable[[], Keys]", plugins.load(plugins.KEYRINGS))
    ring = factory()
    return SignpostsOnly(ring) if signposts_only else ring
