"""What a command writes beside its answer: never over a recording, and said before the work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from earwitness.cli.scan_sniff import SNIFF_BYTES, looks_like_media
from earwitness.errors import UsageError
from earwitness.target import refuse_target

__all__ = ["refuse_beside", "refuse_output"]


def refuse_output(path: Path, option: str, endings: Sequence[str]) -> None:
    """Raise UsageError for a name that ends in none of ``endings``, or where a recording lies.

    option: what the name was given to, e.g. "--csv". The content is looked at, too: a recording may have
    any name.
    """
    if path.suffix.lower() not in endings:
        raise UsageError(
            f"does not end in {' or '.join(endings)}.",
            subject=f"{option} {path}",
            hint=f"Give it a name of its own, such as {path.stem or 'name'}{endings[0]}.",
        )
    if _holds_recording(path):
        raise UsageError(
            "is a recording, which would be overwritten.",
            subject=f"{option} {path}",
            hint="Give another name.",
        )


def refuse_beside(path: Path, option: str, endings: Sequence[str], inputs: Sequence[str]) -> None:
    """As ``refuse_output``; and TargetError for what is read, or is no place to write to.

    inputs: the files and folders that are read.
    """
    refuse_output(path, option, endings)
    refuse_target(path, None)
    for one in inputs:
        refuse_target(path, Path(one))


def _holds_recording(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return looks_like_media(file.read(SNIFF_BYTES), "")
    except OSError:  # what cannot be read can be no recording of a command that reads
        return False
