"""What fingerprints are to those who make, keep and compare them.

A fingerprint says which recording this is, by its sound: a copy in another format, trimmed or at another
level has nearly the same one. It belongs to provenance and comes from the plug-in registry
(``earwitness.fingerprints``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, cast

from earwitness import plugins
from earwitness.marks import Search
from earwitness.samples import Float32

__all__ = ["Fingerprint", "FingerprintMaker", "FingerprintMethod", "Likeness", "load_fingerprints"]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a method keeps of a recording.

    method: name and version, e.g. "landmarks-1"; only fingerprints of one method can be compared.
    data: its own format. duration_s: seconds of sound it was made from.
    """

    method: str
    data: bytes = field(repr=False)
    duration_s: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much a recording in hand is like one that is known.

    same: p_value is below the method's threshold. p_value: 0..1, probability that two recordings that have
    nothing in common agree at least like this, all tried places, speeds and pitches included.
    agreeing: features that agree. start_s: where the recording in hand begins, in seconds of the known one
    (negative when it begins before it). speed, pitch: as in :class:`earwitness.marks.Reading`.
    """

    same: bool
    p_value: float
    agreeing: int
    start_s: float = 0.0
    speed: float = 1.0
    pitch: float = 1.0


class FingerprintMaker(Protocol):
    """Takes the fingerprint of one recording as it comes in, in bounded memory."""

    def push(self, samples: Float32) -> None:
        """Take the next samples, shape (channels, n), full scale ±1."""

    def finish(self) -> Fingerprint:
        """The fingerprint of all that was pushed."""


class FingerprintMethod(Protocol):
    """A way to take and compare fingerprints."""

    @property
    def name(self) -> str:
        """Name and version."""

    def maker(self, rate: int, channels: int) -> FingerprintMaker:
        """Start with a recording of ``channels`` channels at ``rate`` Hz."""

    def compare(self, known: Fingerprint, heard: Fingerprint, search: Search = Search.HINT) -> Likeness:
        """Are these the same recording, or parts of one? NONE: at the same speed and pitch only; HINT and
        FULL: others too where that finds nothing. Raises RegistryError for a fingerprint that is damaged or
        of another method."""


def load_fingerprints(name: str = "default") -> FingerprintMethod:
    """The method registered under this name. Raises PluginError and MissingDependencyError."""
    factory = cast("Callable[[], FingerprintMethod]", plugins.load(plugins.FINGERPRINTS, name))
    return factory()
