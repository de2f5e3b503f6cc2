"""The registry's records by their sound: candidates from the index, then the whole fingerprints compared."""

from __future__ import annotations

import contextlib
import os
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from earwitness.errors import RegistryError
from earwitness.fingerprints import Fingerprint, Likeness
from earwitness.marks import Search
from earwitness.provenance import fingerprint_index as index
from earwitness.provenance.database import Database
from earwitness.provenance.fingerprint import METHOD, P_SAME, landmarks_of, likeness
from earwitness.provenance.landmark_pairs import Pairs, Warp, agreement, pairs_of, warps
from earwitness.provenance.landmarks import Landmarks
from earwitness.records import Entry, Match

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["cache_folder", "matches"]

CANDIDATES = 8  # compared in full, the right one is nearly always the first; each costs a millisecond
_A_SEGMENT = 20_000  # entries read at a time when the index is built


def matches(database: Database, heard: Fingerprint, most: int, search: Search) -> tuple[Match, ...]:
    """Records of the same recording as ``heard``, the likest first, p-values over the whole registry.

    Raises RegistryError for a damaged fingerprint or one of another method.
    """
    landmarks = landmarks_of(heard)
    with database.reading() as connection:
        segments, size = _segments(connection, database)
        found = _try(connection, database, segments, landmarks, (Warp(),), size)
        if search is Search.FULL or (search is Search.HINT and not found):
            found += _try(connection, database, segments, landmarks, warps(), size)
    best: dict[int, Match] = {}
    for match in sorted(found, key=lambda one: one.likeness.p_value):
        best.setdefault(match.entry.number, match)
    return tuple(best.values())[:most]


def cache_folder(database: Database, registry_id: str, environment: Mapping[str, str] | None = None) -> Path:
    """Where the index lies: beside a file, in the user's cache for a server."""
    if database.folder is not None:
        return database.folder / f"{Path(database.place).name}.sounds" / registry_id
    environment = os.environ if environment is None else environment
    if configured := environment.get("XDG_CACHE_HOME"):
        base = Path(configured)
    elif sys.platform == "win32":
        base = Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "earwitness" / "sounds" / registry_id


def _try(
    connection: Connection,
    database: Database,
    segments: Sequence[index.Segment],
    landmarks: Landmarks,
    tried: Sequence[Warp],
    size: int,
) -> list[Match]:
    """What is the same under one of these changes of speed and pitch."""
    wanted: dict[int, list[tuple[int, Warp, Pairs]]] = {}
    for warp in tried:
        pairs = pairs_of(warp.undo(landmarks))
        for one in index.search(segments, pairs, CANDIDATES):
            wanted.setdefault(one.number, []).append((one.shared, warp, pairs))
    room = CANDIDATES if len(tried) == 1 else 2 * CANDIDATES
    ranked = sorted(wanted, key=lambda number: -max(hint[0] for hint in wanted[number]))[:room]
    found = []
    for entry in _entries(connection, database, ranked):
        known = pairs_of(landmarks_of(_print(entry)))
        hints = sorted(wanted[entry.number], key=lambda hint: -hint[0])[:3]
        likest = min(
            (likeness(agreement(known, pairs), warp, len(tried)) for _, warp, pairs in hints),
            key=lambda one: one.p_value,
        )
        over_all = _over(likest, size)
        if over_all.same:
            found.append(Match(entry, over_all))
    return found


def _over(one: Likeness, size: int) -> Likeness:
    """With the chances that so many records give."""
    p = min(1.0, one.p_value * max(1, size))
    return replace(one, p_value=p, same=p < P_SAME)


def _print(entry: Entry) -> Fingerprint:
    if entry.record.fingerprint is None:
        raise RegistryError("the index names an entry without a fingerprint.", subject=str(entry.number))
    return entry.record.fingerprint


def _segments(connection: Connection, database: Database) -> tuple[list[index.Segment], int]:
    """The index, up to the last entry of this view, and how many entries there are."""
    from sqlalchemy import select

    from earwitness.provenance.registry_tables import ENTRIES, HEAD

    registry_id, size = connection.execute(select(HEAD.c.registry_id, HEAD.c.number)).one()
    try:  # the id names a folder: nobody may lead out of the cache with it
        folder = cache_folder(database, str(uuid.UUID(registry_id)))
    except (ValueError, AttributeError, TypeError):
        folder = None
    if folder is None or not isinstance(size, int):
        raise RegistryError("its head is damaged: somebody changed the database.", subject=database.place)

    def fits(number: int, chain: str) -> bool:
        wanted = select(ENTRIES.c.chain).where(ENTRIES.c.number == number)
        return connection.execute(wanted).scalar() == chain

    segments = index.load_segments(folder, fits)
    done = segments[-1].last if segments else 0
    while done < size:
        fresh = _build(connection, done + 1, min(size, done + _A_SEGMENT))
        segments.append(fresh)
        done = fresh.last
        # Where nothing may be written the index lives in memory only.
        with contextlib.suppress(OSError):
            segments[-1] = index.save_segment(folder, fresh)
            segments = index.merge_last(folder, segments)
    return segments, size


def _build(connection: Connection, first: int, last: int) -> index.Segment:
    from sqlalchemy import select

    from earwitness.provenance.registry_tables import ENTRIES

    columns = (ENTRIES.c.number, ENTRIES.c.fingerprint, ENTRIES.c.fingerprint_s)
    wanted = select(*columns).where(
        ENTRIES.c.number.between(first, last), ENTRIES.c.fingerprint_method == METHOD
    )
    found = []
    for number, data, seconds in connection.execute(wanted):
        # A damaged one cannot be found by its sound; audit tells.
        with contextlib.suppress(RegistryError, TypeError):
            found.append((number, pairs_of(landmarks_of(Fingerprint(METHOD, data, seconds)))))
    chain = connection.execute(select(ENTRIES.c.chain).where(ENTRIES.c.number == last)).scalar_one()
    return index.Segment(first, last, chain, index.postings(found, first))


def _entries(connection: Connection, database: Database, numbers: Sequence[int]) -> list[Entry]:
    from sqlalchemy import select

    from earwitness.provenance.registry_rows import entry_of
    from earwitness.provenance.registry_tables import ENTRIES

    rows = connection.execute(select(ENTRIES).where(ENTRIES.c.number.in_(numbers))).mappings()
    return [entry_of(row, database.place) for row in rows]
