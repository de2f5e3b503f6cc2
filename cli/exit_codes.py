"""What the shell learns from a run: one small number, the same for every command."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

from earwitness.errors import UsageError

if TYPE_CHECKING:  # at run time the report type would cost every start a tenth of a second
    from earwitness.report import Verdict

__all__ = [
    "FAIL_ON_CHOICES",
    "FAIL_ON_DEFAULT",
    "INTERRUPTED",
    "ExitCode",
    "code_for",
    "gravest",
    "parse_fail_on",
]

INTERRUPTED = 130
"""128 + SIGINT, as shells report it."""


class ExitCode(IntEnum):
    """Exit codes of every command."""

    NOTHING_FOUND = 0
    FINDING = 1
    ERROR = 2
    INCONCLUSIVE = 3


GRAVITY = (ExitCode.ERROR, ExitCode.FINDING, ExitCode.INCONCLUSIVE, ExitCode.NOTHING_FOUND)
FINDINGS = frozenset({"synthetic", "likely_synthetic", "partly_synthetic"})
"""Values of the verdicts with ``is_finding``; a test keeps them the same."""
FAIL_ON_DEFAULT = frozenset({*FINDINGS, "inconclusive", "error"})
FAIL_ON_CHOICES = ("finding", *sorted(FINDINGS), "inconclusive", "error", "never")


def gravest(codes: Iterable[int]) -> ExitCode:
    """The code that speaks for several files: 2 before 1 before 3 before 0."""
    seen = set(codes)
    return next((code for code in GRAVITY if code in seen), ExitCode.NOTHING_FOUND)


def code_for(outcome: Verdict | str, fail_on: frozenset[str] = FAIL_ON_DEFAULT) -> ExitCode:
    """Exit code of one file. outcome: its verdict, or "error"."""
    name = str(outcome)
    if name not in fail_on:
        return ExitCode.NOTHING_FOUND
    if name in FINDINGS:
        return ExitCode.FINDING
    return ExitCode.ERROR if name == "error" else ExitCode.INCONCLUSIVE


def parse_fail_on(values: Iterable[str] | None) -> frozenset[str]:
    """Names from ``--fail-on`` (repeated or comma-separated) to the outcomes that count.

    None or nothing: the default. Raises UsageError for an unknown name or for "never" with others.
    """
    names = [name.strip() for value in values or () for name in value.split(",") if name.strip()]
    if not names:
        return FAIL_ON_DEFAULT
    unknown = [name for name in names if name not in FAIL_ON_CHOICES]
    if unknown:
        raise UsageError(
            f"{unknown[0]!r} is not known.",
            subject="--fail-on",
            hint=f"Choose from {', '.join(FAIL_ON_CHOICES)}.",
        )
    if "never" in names:
        if len(set(names)) > 1:
            raise UsageError("'never' cannot be combined with other names.", subject="--fail-on")
        return frozenset()
    return frozenset(names) - {"finding"} | (FINDINGS if "finding" in names else frozenset())
