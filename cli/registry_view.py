"""What ``earwitness registry`` prints, and how it reads its arguments."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from earwitness.cli.console import write_line
from earwitness.errors import RecordNotFoundError, SourceNotFoundError, SourceUnreadableError, UsageError
from earwitness.records import Entry, Record, RegistryAudit

if TYPE_CHECKING:
    from earwitness.provenance.store import SqlRegistry

__all__ = ["find", "open_lines", "parse_heads", "show_audit", "show_entries", "show_list"]

_CHAIN_DIGITS = 64
_NUMBER_DIGITS = 18  # what databases count to


def find(registry: SqlRegistry, words: str) -> tuple[Entry, ...]:
    """Records by id, payload (decimal or 0x...) or SHA-256. Raises RecordNotFoundError."""
    text = words.strip().lower()
    if len(text) == _CHAIN_DIGITS:
        found = registry.by_content(text)
    elif text.isdecimal() or text.startswith("0x"):
        found = registry.by_payload(_whole(text))
    else:
        return (registry.get(text),)
    if not found:
        raise RecordNotFoundError(
            f"the registry {registry.place} knows no such mark or file.",
            subject=words,
            hint="earwitness registry list shows all.",
        )
    return found


def _whole(text: str) -> int:
    try:
        value = int(text, 0) if text.startswith("0x") else int(text)
    except ValueError:
        value = -1
    if not 0 <= value < 2**32:
        raise UsageError("a payload is a number of 0 to 4294967295.", subject=text)
    return value


def parse_heads(values: Iterable[str]) -> dict[int, str]:
    """``NUMBER:CHAIN`` to a table. Raises UsageError."""
    heads = {}
    for value in values:
        number, _, chain = value.partition(":")
        chain = chain.strip().lower()
        readable = number.isdecimal() and len(number) <= _NUMBER_DIGITS and int(number) > 0
        if not readable or len(chain) != _CHAIN_DIGITS or not set(chain) <= set("0123456789abcdef"):
            raise UsageError(
                "this is no number and chain of an entry.",
                subject=value,
                hint="Give them as audit prints them: 1204:9f2c... (64 hex digits).",
            )
        heads[int(number)] = chain
    return heads


@contextmanager
def open_lines(file: str) -> Iterator[Iterable[str]]:
    """The lines of a text file, or of standard input for "-"."""
    if file == "-":
        yield sys.stdin
        return
    try:
        with Path(file).open(encoding="utf-8", errors="replace") as lines:
            yield lines
    except FileNotFoundError:
        raise SourceNotFoundError("no such file.", subject=file, hint="Check the path.") from None
    except OSError as error:
        raise SourceUnreadableError(f"it cannot be read: {error.strerror}.", subject=file) from error


def show_list(entries: Sequence[Entry], *, as_json: bool) -> None:
    """One line an entry."""
    if as_json:
        _print_json([_as_json(entry) for entry in entries])
        return
    from earwitness.wording import clean

    if not entries:
        write_line("The registry holds no record yet.")
    for entry in entries:  # lines of one length and no table: rich would wrap them to the window
        record = entry.record
        mark = "" if record.payload is None else str(record.payload)
        made = f"{record.created[:19]}Z"
        line = f"{entry.number:>6}  {record.record_id}  {made}  {mark:>10}  {clean(_generator(record))}"
        write_line(line.rstrip())


def show_entries(entries: Sequence[Entry], *, as_json: bool) -> None:
    """Everything about each."""
    if as_json:
        _print_json([_as_json(entry) for entry in entries])
        return
    from earwitness.wording import clean

    for at, entry in enumerate(entries):
        if at:
            write_line("")
        for name, value in _facts(entry):
            if value:
                write_line(f"{name:<12}{clean(value)}")


def show_audit(found: RegistryAudit, place: str, *, as_json: bool) -> None:
    """The result of an audit."""
    if as_json:
        _print_json(
            {
                "clean": found.clean,
                "entries": found.entries,
                "head": found.head,
                "problems": list(found.problems),
            }
        )
        return
    from earwitness.wording import clean

    for problem in found.problems:
        write_line(clean(problem))
    count = f"{found.entries} {'entry' if found.entries == 1 else 'entries'}"
    if found.clean:
        write_line(f"{place}: {count}, and nothing shows that any was changed.")
    else:
        write_line(f"{place}: {count}. HISTORY WAS CHANGED.")
    if found.head:
        write_line(f"Head: {found.entries}:{found.head}")


def _facts(entry: Entry) -> list[tuple[str, str]]:
    record, print_ = entry.record, entry.record.fingerprint
    marks = ", ".join(record.key_ids)
    return [
        ("Record", record.record_id),
        ("Number", f"{entry.number}, chain {entry.chain}"),
        ("Made", record.created),
        ("File", f"SHA-256 {record.content_sha256}"),
        ("Mark", "" if record.payload is None else f"{record.payload} ({record.scheme}, keys {marks})"),
        ("Generator", _generator(record)),
        ("Signer", record.signer or ""),
        ("Manifest", f"{len(record.manifest)} bytes ({record.manifest_type})" if record.manifest else ""),
        (
            "Sound",
            f"{print_.duration_s:.1f} s, fingerprint {print_.method}, {len(print_.data)} bytes"
            if print_
            else "",
        ),
        *((f"  {name}", text) for name, text in sorted(record.labels.items())),
    ]


def _generator(record: Record) -> str:
    return " ".join(filter(None, (record.generator, record.generator_version)))


def _as_json(entry: Entry) -> dict[str, Any]:
    from earwitness.provenance.record_json import entry_dict

    return entry_dict(entry)


def _print_json(value: Any) -> None:
    write_line(json.dumps(value, indent=2, ensure_ascii=False))
