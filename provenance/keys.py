"""The key ring: who marks, and with what.

Keys lie in one file (``provenance/key_file.py``: its place, its permissions) or in environment variables::

    EARWITNESS_KEY_STUDIO=<64 hex digits>     # a key named "studio"; openssl rand -hex 32 makes one

A name has at most one active key. Rotating makes a new one and keeps the old for reading; revoking
keeps it for reading too, but its marks prove nothing from then on. Secrets are never printed, logged or
put into a report; only the file and the environment hold them.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from earwitness.errors import KeyFileError, KeyNotFoundError, KeyRevokedError, MarkKeyError
from earwitness.key_rings import KeyInfo, KeyState
from earwitness.marks import MarkKey
from earwitness.provenance import key_file
from earwitness.provenance.names import NAME_RULE, is_name
from earwitness.provenance.signpost import SIGNPOST, SIGNPOST_NAME, key_id_of

__all__ = ["VARIABLE_PREFIX", "KeyRing", "open_ring"]

VARIABLE_PREFIX = "EARWITNESS_KEY_"
SECRET_BYTES = 32
MIN_HEX = 32  # 16 bytes, the least that core/marks.py takes
MAX_REASON = 200
_MARKING = (KeyState.ACTIVE, KeyState.PUBLISHED)
_STATES = {state.value: state for state in KeyState}


@dataclass(frozen=True, slots=True)
class _Entry:
    info: KeyInfo
    secret: bytes = field(repr=False)

    def key(self) -> MarkKey:
        return MarkKey(self.info.name, self.info.key_id, self.secret, self.info.signpost)


_Entries = list[_Entry]  # a name of its own: inside the class, "list" is a method


class KeyRing:
    """The keys in a file and in the environment, and the signpost that every copy has.

    path: the file (it need not exist yet); environment: where key variables are looked for.
    Several processes may use and change one file.
    """

    def __init__(self, path: Path | None = None, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment
        self.path = key_file.default_path(self._environment) if path is None else path

    def create(self, name: str, *, signpost: bool = False) -> KeyInfo:
        """Make a key and keep it in the file.

        signpost: the key is meant to be published, so its marks are claims. Raises MarkKeyError when
        the name is taken or no name, KeyFileError when the file cannot be used.
        """
        _check_name(name)
        with key_file.locked(self.path):
            entries = self._from_file()
            if any(entry.info.name == name for entry in [*entries, *self._from_environment()]):
                raise MarkKeyError(
                    "there is a key of this name already.",
                    subject=name,
                    hint=f"To replace it: earwitness keys rotate {name}",
                )
            fresh = _fresh(name, signpost)
            self._save([*entries, fresh])
        return fresh.info

    def rotate(self, name: str) -> KeyInfo:
        """Make a new key under this name; the old one goes on reading. Returns the new one."""
        with key_file.locked(self.path):
            entries, own = self._own(name)
            fresh = _fresh(name, any(entry.info.signpost for entry in own))
            marking = {entry.info.key_id for entry in own if entry.info.state in _MARKING}
            kept = [_with_state(e, KeyState.RETIRED) if e.info.key_id in marking else e for e in entries]
            self._save([*kept, fresh])
        return fresh.info

    def revoke(self, name: str, reason: str = "", *, key_id: str | None = None) -> tuple[KeyInfo, ...]:
        """Trust the keys of this name no longer (or only the one with this id); returns those revoked now.

        They go on reading, and readers say that they are revoked.
        """
        with key_file.locked(self.path):
            entries, own = self._own(name)
            chosen = {e.info.key_id for e in own if key_id in (None, e.info.key_id)}
            if not chosen:
                raise KeyNotFoundError(f"no key of this name has the id {key_id}.", subject=name)
            chosen -= {e.info.key_id for e in own if e.info.state is KeyState.REVOKED}
            changed = [
                _with_state(e, KeyState.REVOKED, reason[:MAX_REASON]) if e.info.key_id in chosen else e
                for e in entries
            ]
            if chosen:
                self._save(changed)
        return tuple(entry.info for entry in changed if entry.info.key_id in chosen)

    def list(self) -> tuple[KeyInfo, ...]:
        """Public descriptions of all keys, the shipped signpost last."""
        return tuple(entry.info for entry in self._entries())

    def get(self, name: str) -> MarkKey:
        """The key that marks under this name; see :class:`earwitness.key_rings.Keys`."""
        found = [entry for entry in self._entries() if entry.info.name == name]
        if not found:
            raise self._unknown(name)
        for entry in found:
            if entry.info.state in _MARKING:
                return entry.key()
        why = next((e.info.reason for e in reversed(found) if e.info.reason), None)
        raise KeyRevokedError(
            f"the key was revoked{f' ({why})' if why else ''} and makes no new marks.",
            subject=name,
            hint=f"Make a new one: earwitness keys rotate {name}",
        )

    def keys_for_reading(self, name: str | None = None) -> tuple[MarkKey, ...]:
        """All keys, or all of one name; see :class:`earwitness.key_rings.Keys`."""
        found = tuple(entry.key() for entry in self._entries() if name in (None, entry.info.name))
        if not found and name is not None:
            raise self._unknown(name)
        return found

    def info(self, key_id: str) -> KeyInfo:
        """The public description of one key."""
        for entry in self._entries():
            if entry.info.key_id == key_id:
                return entry.info
        raise KeyNotFoundError("the ring has no key of this id.", subject=key_id)

    def export_public(self, name: str) -> dict[str, Any]:
        """What may be given to anybody: names, ids, times and states, as JSON types.

        Of a signpost also the secret, since publishing it is what a signpost is for.
        """
        found = [entry for entry in self._entries() if entry.info.name == name]
        if not found:
            raise self._unknown(name)
        return {"format": "earwitness.key/1", "name": name, "keys": [_public(entry) for entry in found]}

    def _entries(self) -> _Entries:
        """Environment before file: it is what a container or a job was given for this run."""
        seen: dict[str, _Entry] = {}
        named = set()
        for entry in self._from_environment():
            seen.setdefault(entry.info.key_id, entry)
            named.add(entry.info.name)
        for entry in self._from_file():
            if entry.info.name in named and entry.info.state in _MARKING:
                entry = _Entry(replace(entry.info, state=KeyState.RETIRED), entry.secret)
            seen.setdefault(entry.info.key_id, entry)
        published = KeyInfo(SIGNPOST_NAME, SIGNPOST.key_id, KeyState.PUBLISHED, True, "package")
        return [*seen.values(), _Entry(published, SIGNPOST.secret)]

    def _own(self, name: str) -> tuple[_Entries, _Entries]:
        """All entries of the file and those of this name. Raises when the name is not in the file."""
        if name == SIGNPOST_NAME:
            raise MarkKeyError("the signpost is part of EarWitness and cannot be changed.", subject=name)
        entries = self._from_file()
        own = [entry for entry in entries if entry.info.name == name]
        if not own and any(entry.info.name == name for entry in self._from_environment()):
            raise MarkKeyError(
                "this key comes from the environment, where EarWitness changes nothing.",
                subject=name,
                hint=f"Change the variable {_variable(name)}.",
            )
        if not own:
            raise self._unknown(name)
        return entries, own

    def _from_file(self) -> _Entries:
        return [_parse(entry, self.path) for entry in key_file.read(self.path)]

    def _from_environment(self) -> Iterator[_Entry]:
        for variable in sorted(self._environment):
            if variable.startswith(VARIABLE_PREFIX) and self._environment[variable]:
                yield _from_variable(variable, self._environment[variable])

    def _save(self, entries: _Entries) -> None:
        key_file.write(self.path, [_as_json(entry) for entry in entries])

    def _unknown(self, name: str) -> KeyNotFoundError:
        names = sorted({entry.info.name for entry in self._entries()})
        return KeyNotFoundError(
            "there is no key of this name.",
            subject=name,
            hint=f"Known: {', '.join(names)}. To make one: earwitness keys create NAME",
        )


def open_ring() -> KeyRing:
    """The ring of this user (entry point of ``earwitness.keyrings``)."""
    return KeyRing()


def _check_name(name: str) -> None:
    if not is_name(name):
        raise MarkKeyError("this is no name for a key.", subject=name, hint=NAME_RULE)
    if name == SIGNPOST_NAME:
        raise MarkKeyError("this name belongs to the key that is published with EarWitness.", subject=name)


def _fresh(name: str, signpost: bool) -> _Entry:
    secret = secrets.token_bytes(SECRET_BYTES)
    state = KeyState.PUBLISHED if signpost else KeyState.ACTIVE
    return _Entry(KeyInfo(name, key_id_of(secret), state, signpost, "file", _now()), secret)


def _with_state(entry: _Entry, state: KeyState, reason: str | None = None) -> _Entry:
    info = replace(entry.info, state=state, ended=_now(), reason=reason or entry.info.reason)
    return _Entry(info, entry.secret)


def _public(entry: _Entry) -> dict[str, Any]:
    info = entry.info
    described = {
        "key_id": info.key_id,
        "state": info.state.value,
        "signpost": info.signpost,
        "source": info.source,
        "created": info.created,
        "ended": info.ended,
        "reason": info.reason,
    }
    return {**described, "secret": entry.secret.hex()} if info.signpost else described


def _as_json(entry: _Entry) -> dict[str, Any]:
    info = entry.info
    return {
        "name": info.name,
        "key_id": info.key_id,
        "state": info.state.value,
        "signpost": info.signpost,
        "created": info.created,
        "ended": info.ended,
        "reason": info.reason,
        "secret": entry.secret.hex(),
    }


def _parse(entry: Mapping[str, Any], path: Path) -> _Entry:
    """An entry of the file. What is wrong is told without quoting it: it holds a secret."""
    name = entry.get("name")
    try:
        secret = bytes.fromhex(entry["secret"])
        info = KeyInfo(
            str(name),
            key_id_of(secret),
            _STATES[entry["state"]],
            bool(entry.get("signpost")),
            "file",
            entry.get("created"),
            entry.get("ended"),
            entry.get("reason"),
        )
        if entry.get("key_id") != info.key_id or not isinstance(name, str) or not is_name(name):
            raise ValueError
        MarkKey(info.name, info.key_id, secret, info.signpost)
    except (KeyError, TypeError, ValueError):
        raise KeyFileError(
            f"the entry of the key {name!r} is damaged." if isinstance(name, str) else "an entry is damaged.",
            subject=str(path),
            hint="Restore the file from a copy.",
        ) from None
    return _Entry(info, secret)


def _from_variable(variable: str, value: str) -> _Entry:
    name = variable.removeprefix(VARIABLE_PREFIX).lower().replace("_", "-")
    _check_name(name)
    try:
        secret = bytes.fromhex(value.strip())
    except ValueError:
        secret = b""
    if 2 * len(secret) < MIN_HEX:
        raise MarkKeyError(
            f"the variable holds no key: at least {MIN_HEX} hex digits are needed.",
            subject=variable,
            hint="Make one with: openssl rand -hex 32",
        )
    return _Entry(KeyInfo(name, key_id_of(secret), KeyState.ACTIVE, False, "environment"), secret)


def _variable(name: str) -> str:
    return VARIABLE_PREFIX + name.upper().replace("-", "_").replace(".", "_")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
