"""Asking others for Content Credentials that were stripped: what whoever asks and the client agree on.

The client belongs to provenance (``earwitness.resolvers``). It asks nobody unless the user has named
resolvers, and it tells them the soft binding that was read in a recording, never the recording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

from earwitness import plugins
from earwitness.credentials import CredentialReport, SoftBinding

__all__ = ["Resolution", "Resolved", "Resolvers", "load_resolvers", "names_binding"]


@dataclass(frozen=True, slots=True)
class Resolved:
    """Credentials that a resolver has for a soft binding. Anybody can run one: check them as any others.

    resolver: its address. manifest: a manifest store, for ``Credentials.restore``. manifest_id: of its
    active manifest. score: 0 .. 100, how strong a match the resolver says it is; None when it does not.
    """

    resolver: str
    binding: SoftBinding
    manifest_id: str
    manifest: bytes = field(repr=False)
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What all resolvers together gave, the strongest first. asked: their addresses.

    problems: a sentence for each one that did not answer, or not as it should.
    """

    found: tuple[Resolved, ...] = ()
    asked: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class Resolvers(Protocol):
    """The resolvers that the user has named."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where they are; () when none is named. Raises UsageError for a setting that makes no sense."""

    def resolve(self, bindings: Sequence[SoftBinding]) -> Resolution:
        """Ask each of them for each of these. A resolver that fails is a problem noted and no error.

        Raises UsageError for a setting that makes no sense, MissingDependencyError without the extra.
        """


def load_resolvers() -> Resolvers:
    """The resolvers of this user. Raises PluginError."""
    factory = cast("Callable[[], Resolvers]", plugins.load(plugins.RESOLVERS))
    return factory()


def names_binding(report: CredentialReport, binding: SoftBinding) -> bool:
    """Do these credentials say of themselves that they belong to this soft binding?

    A resolver can answer with anybody's credentials, trusted ones too: those of another recording do not
    name the mark that was read in this one.
    """
    return any(
        (own.algorithm, own.value) == (binding.algorithm, binding.value) for own in report.soft_bindings
    )
