"""Client of the C2PA Soft Binding Resolution API (1.1.0; entry point ``earwitness.resolvers``).

Nobody is asked unless the user has named resolvers: in ``EARWITNESS_RESOLVERS``, separated by commas, or one
a line in ``resolvers.txt`` beside the key ring. Only ``/matches/byBinding`` and ``/manifests`` are used: a
resolver learns the value of a mark, and nothing of the sound.
"""

from __future__ import annotations

import base64
import json
import os
import re
import stat
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from earwitness.credentials import SoftBinding
from earwitness.errors import UsageError
from earwitness.manifest_store import MAX_ID, MEDIA_TYPE, active_manifest_id
from earwitness.provenance import key_file
from earwitness.provenance.web import Answer, NoAnswerError, Place, get
from earwitness.records import MAX_MANIFEST_BYTES
from earwitness.resolvers import Resolution, Resolved

__all__ = ["FILE", "VARIABLE", "WebResolvers", "open_resolvers", "parse_place"]

VARIABLE = "EARWITNESS_RESOLVERS"
FILE = "resolvers.txt"
INTERNAL = "internal"
MOST_PLACES = 20
MOST_BINDINGS = 8
MOST_MATCHES = 5
MAX_MATCHES_BYTES = 1 << 20
_OK = 200
_PRINTABLE = re.compile(r"[!-~]+")
_HOW = f"Name one as https://host/path, or as '{INTERNAL} http://host:port/path' in your own network."


class WebResolvers:
    """See :class:`earwitness.resolvers.Resolvers`. places: None for those that the user has named."""

    def __init__(self, places: Sequence[Place] | None = None) -> None:
        self._places = None if places is None else tuple(places)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where they are. Raises UsageError."""
        return tuple(place.base for place in self._named())

    def resolve(self, bindings: Sequence[SoftBinding]) -> Resolution:
        """Ask each of them for each of these, all resolvers at once."""
        places = self._named()
        wanted = list({(one.algorithm, one.value): one for one in bindings}.values())[:MOST_BINDINGS]
        if not places or not wanted:
            return Resolution()
        asking = [_Asking(place, places) for place in places]
        with ThreadPoolExecutor(max_workers=len(asking)) as pool:
            found = [one for some in pool.map(lambda each: each.all(wanted), asking) for one in some]
        found.sort(key=lambda one: -(one.score or 0))
        distinct = {(one.manifest, one.binding.value): one for one in reversed(found)}
        problems = tuple(dict.fromkeys(problem for one in asking for problem in one.problems))
        strongest = tuple(reversed(distinct.values()))
        return Resolution(strongest, tuple(place.base for place in places), problems)

    def _named(self) -> tuple[Place, ...]:
        return _configured(os.environ) if self._places is None else self._places


def open_resolvers() -> WebResolvers:
    """Those that this user has named."""
    return WebResolvers()


def parse_place(text: str, source: str = VARIABLE) -> Place:
    """The resolver in a setting: its address, after the word "internal" for one in the user's own network.

    Raises UsageError, which names ``source``, for anything but an https:// address (or, internal, http://).
    """
    first, _, rest = text.strip().partition(" ")
    internal = first == INTERNAL
    address = (rest if internal else text).strip()
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if (
        not usable
        or not _PRINTABLE.fullmatch(address)
        or "@" in parts.netloc
        or parts.query
        or parts.fragment
    ):
        raise UsageError(f"{address[:80]!r} is no address of a resolver.", subject=source, hint=_HOW)
    if parts.scheme != "https" and not (internal and parts.scheme == "http"):
        raise UsageError(f"{address[:80]!r} does not begin with https://.", subject=source, hint=_HOW)
    return Place(address.rstrip("/"), internal)


def _configured(environment: Mapping[str, str]) -> tuple[Place, ...]:
    source, entries = VARIABLE, environment.get(VARIABLE, "").split(",")
    if VARIABLE not in environment:
        path = key_file.default_path(environment).parent / FILE
        source, entries = str(path), _lines(path)
    places = [parse_place(entry, source) for entry in entries if entry.strip()]
    if len(places) > MOST_PLACES:
        raise UsageError(f"there are more than {MOST_PLACES} resolvers.", subject=source, hint="Remove some.")
    return tuple({place.base: place for place in places}.values())


def _lines(path: Path) -> list[str]:
    try:
        if sys.platform != "win32" and path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise UsageError(
                "others can change this file, and with it whom you ask.",
                subject=str(path),
                hint=f"Say: chmod go-w '{path}'",
            )
        with path.open(encoding="utf-8") as file:
            return [line.partition("#")[0] for line in file]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot be read: {error}.", subject=str(path)) from error


@dataclass(frozen=True, slots=True)
class _Match:
    manifest_id: str
    place: Place
    score: int | None


class _Asking:
    """Questions to one resolver, and what went wrong. known: where it may send us."""

    def __init__(self, place: Place, known: Sequence[Place]) -> None:
        self._place = place
        self._known = {one.base: one for one in known}
        self.problems: list[str] = []

    def all(self, bindings: Sequence[SoftBinding]) -> list[Resolved]:
        """What it has for these. Stops at the first question that gets no answer at all."""
        found = []
        try:
            for binding in bindings:
                for match in self._matches(binding):
                    manifest = self._manifest(match)
                    if manifest is not None:
                        found.append(
                            Resolved(self._place.base, binding, match.manifest_id, manifest, match.score)
                        )
        except NoAnswerError as error:
            self._say(str(error))
        return found

    def _matches(self, binding: SoftBinding) -> list[_Match]:
        query = {
            "alg": binding.algorithm,
            "value": base64.b64encode(binding.value).decode("ascii"),
            "maxResults": str(MOST_MATCHES),
        }
        answer = get(
            self._place,
            "/matches/byBinding",
            query,
            accept="application/json",
            most_bytes=MAX_MATCHES_BYTES,
        )
        if answer.status != _OK:
            self._say(f"it answered {answer.status} to {binding.algorithm}.")
            return []
        try:
            listed = json.loads(answer.body)["matches"]
            matches = [self._match(one) for one in listed[:MOST_MATCHES]]
        except (ValueError, KeyError, TypeError, RecursionError):
            self._say("its answer is not of the form that the specification has.")
            return []
        return [match for match in matches if match is not None]

    def _match(self, told: Any) -> _Match | None:
        manifest_id, endpoint = told["manifestId"], told.get("endpoint")
        if not isinstance(manifest_id, str) or not 0 < len(manifest_id) <= MAX_ID:
            raise ValueError("no usable id")
        place: Place | None = self._place
        if endpoint is not None:
            place = self._known.get(str(endpoint).rstrip("/"))
        if place is None:  # whoever answers must not choose whom this machine calls
            self._say(f"it sends to {str(endpoint)[:80]!r}, which is not one of your resolvers.")
            return None
        score = told.get("similarityScore")
        usable = isinstance(score, int) and not isinstance(score, bool) and 0 <= score <= 100
        return _Match(manifest_id, place, score if usable else None)

    def _manifest(self, match: _Match) -> bytes | None:
        path = f"/manifests/{quote(match.manifest_id, safe=':')}"
        answer = get(match.place, path, {}, accept=MEDIA_TYPE, most_bytes=MAX_MANIFEST_BYTES)
        problem = _wrong(answer, match.manifest_id)
        if problem:
            self._say(problem)
            return None
        return answer.body

    def _say(self, problem: str) -> None:
        self.problems.append(f"{self._place.base}: {problem}")


def _wrong(answer: Answer, manifest_id: str) -> str | None:
    if answer.status != _OK:
        return f"it answered {answer.status} when asked for a manifest that it had named."
    if active_manifest_id(answer.body) != manifest_id:
        return "what it sent is not the manifest that it had named."
    return None
