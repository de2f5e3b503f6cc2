"""What a public set is to an evaluation: a name, its splits, and how its folder becomes a list of clips."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from earwitness.errors import SourceNotFoundError, UsageError
from earwitness.eval.protocols import Clip

__all__ = ["Dataset", "Listing", "audio_folder", "rows_of", "the_file"]

Reader = Callable[[Path, str], Iterable[Clip]]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A set. title: with its paper. splits: the default first. licence: as far as it is known here; what came
    with the set decides. layout: what lies in its folder, in words. read: folder and split to all clips that
    are listed, there or not."""

    name: str
    title: str
    splits: tuple[str, ...]
    licence: str
    layout: str
    read: Reader

    def listing(self, folder: Path, split: str | None = None) -> Listing:
        """The clips of a split (the default one if None).

        Raises SourceNotFoundError for a folder that does not hold the set, or no audio of it, and UsageError
        for an unknown split and for lists that cannot be read.
        """
        chosen = self.splits[0] if split is None else split
        if chosen not in self.splits:
            raise UsageError(
                "the set has no such split.", subject=chosen, hint=f"There are: {', '.join(self.splits)}."
            )
        if not folder.is_dir():
            raise SourceNotFoundError("there is no such folder.", subject=str(folder))
        listed = list(self.read(folder, chosen))
        there = [clip for clip in listed if clip.path.is_file()]
        if not there:
            raise SourceNotFoundError(
                f"none of the {len(listed)} recordings that are listed for {chosen!r} is there.",
                subject=str(folder),
                hint=f"{self.name} is expected as: {self.layout}",
            )
        return Listing(self, chosen, there, len(listed) - len(there))


@dataclass(frozen=True, slots=True)
class Listing:
    """clips: those that are there. absent: how many more the set's lists name."""

    dataset: Dataset
    split: str
    clips: list[Clip]
    absent: int


def the_file(folder: Path, name: str) -> Path:
    """The one file of that name in a folder or anywhere below it; the nearest if there are several.

    Authors and mirrors nest the same files differently. Raises SourceNotFoundError.
    """
    found = _nearest(folder.rglob(name))
    if found is None:
        raise SourceNotFoundError(f"no {name} lies in it.", subject=str(folder))
    return found


def audio_folder(folder: Path, *names: str) -> Path:
    """The nearest folder below (or the folder itself) that ends in one of ``names``, such as "LA_eval/flac".

    Raises SourceNotFoundError.
    """
    for name in names:
        parts = tuple(name.split("/"))
        if folder.parts[-len(parts) :] == parts:
            return folder
        below = (path for path in folder.rglob(parts[-1]) if path.parts[-len(parts) :] == parts)
        if (found := _nearest(path for path in below if path.is_dir())) is not None:
            return found
    raise SourceNotFoundError(f"no folder {' or '.join(names)} lies in it.", subject=str(folder))


def _nearest(paths: Iterable[Path]) -> Path | None:
    return min(paths, key=lambda path: (len(path.parts), str(path)), default=None)


def rows_of(path: Path, least: int) -> Iterator[list[str]]:
    """Words of each line of a protocol file. Raises UsageError for a line with fewer than ``least``."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            words = line.split()
            if not words:
                continue
            if len(words) < least:
                raise UsageError(
                    f"line {number} has {len(words)} columns; at least {least} are expected.",
                    subject=str(path),
                )
            yield words
