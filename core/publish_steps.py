"""Which steps of giving out a marked file are wanted, and which of them can be done here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from earwitness.credentials import Credentials, load_credentials
from earwitness.digital_source import DigitalSource
from earwitness.errors import MissingDependencyError, UsageError
from earwitness.labels import Regime
from earwitness.marks import MarkKey
from earwitness.plugins import REGISTRIES, load

__all__ = ["Steps", "decided", "program", "registry_missing"]

_VERSION = re.compile(r"v?\d[\w.+-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What to do beside the watermark; None: if it can be done here.

    record: keep a record in the registry (None: only for marks of a private key). registry: which; this
    user's if None. credentials: sign (None: if there is exactly one certificate). certificate: with which.
    time_stamps: address of an RFC 3161 authority. source: what the sound is. generator: what made it, "NAME"
    or "NAME VERSION". labels: whose rules to write labels for; producer: whose name they carry. disclose:
    what is heard first, see ``earwitness.disclosure.notice``. notes: free labels of the record.
    """

    record: bool | None = None
    registry: str | None = None
    credentials: bool | None = None
    certificate: str | None = None
    time_stamps: str | None = None
    source: DigitalSource = DigitalSource.GENERATED
    generator: str | None = None
    labels: tuple[Regime, ...] = ()
    producer: str | None = None
    disclose: str | None = None
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def only_mark(self) -> bool:
        """True when nothing beside the watermark is to be done (once decided)."""
        return not (self.record or self.credentials or self.labels)


def decided(steps: Steps, keys: Sequence[MarkKey | None]) -> tuple[Steps, Credentials | None, list[str]]:
    """``steps`` with yes or no for each, whoever signs, and a sentence for what is left out.

    keys: that mark. Raises MissingDependencyError for what was asked for and cannot be done here, the
    CertificateError family (also for a certificate that has run out: nothing is left out in silence because
    of it), and UsageError.
    """
    if steps.labels and not (steps.producer or "").strip():
        raise UsageError("labels name who made the sound.", subject="--label", hint="Give --producer NAME.")
    left_out: list[str] = []
    private = any(key is not None and not key.signpost for key in keys)
    record = _record(steps, left_out, private=private)
    signer, certificate = _signer(steps, left_out)
    return (
        replace(steps, record=record, credentials=signer is not None, certificate=certificate),
        signer,
        left_out,
    )


def program(generator: str | None) -> tuple[str | None, str | None]:
    """Name and version of "Piper 1.2": the last word counts as the version when it starts with a number."""
    if generator is None:
        return None, None
    name, _, last = generator.strip().rpartition(" ")
    return (name, last) if name and _VERSION.fullmatch(last) else (generator.strip() or None, None)


def registry_missing() -> str | None:
    """A sentence for where no record can be kept, because the registry's packages are not installed."""
    try:
        # The database library is looked for here: not only after all the work.
        load(REGISTRIES)
        import sqlalchemy  # noqa: F401
    except ModuleNotFoundError:
        return "No record was kept: the registry needs the extra (pip install 'earwitness[provenance]')."
    return None


def _record(steps: Steps, left_out: list[str], *, private: bool) -> bool:
    if steps.record is False or (steps.record is None and not private):
        return False
    missing = registry_missing()
    if missing is None:
        return True
    if steps.record:
        raise MissingDependencyError(
            "the registry needs the package sqlalchemy, which is not installed.",
            hint="Install the extra: pip install 'earwitness[provenance]'",
        )
    left_out.append(missing)
    return False


def _signer(steps: Steps, left_out: list[str]) -> tuple[Credentials | None, str | None]:
    if steps.credentials is False:
        return None, None
    wanted = bool(steps.credentials or steps.certificate)
    try:
        signer = load_credentials()
    except MissingDependencyError:
        if wanted:
            raise
        left_out.append(
            "It was not signed: Content Credentials need the extra (pip install 'earwitness[provenance]')."
        )
        return None, None
    name = signer.ready(steps.certificate)
    if name is not None:
        return signer, name
    if wanted:
        raise UsageError(
            "there is no certificate, or more than one, to sign with.",
            subject="--certificate",
            hint="Name one, or make one: earwitness keys certificate create NAME --organization ORGANIZATION",
        )
    left_out.append(
        "It was not signed: name a certificate (--certificate), or make one: earwitness keys certificate "
        "create NAME --organization ORGANIZATION"
    )
    return None, None
