"""The folder that the data engine fills: a notice for people, a manifest for programs, and the settings.

The form of the manifest is documented in ``docs/attack_manifest.md``.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Container
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from earwitness.attack_material import MANIFEST, NOTICE, is_attack_folder
from earwitness.errors import TargetError
from earwitness.generators.attacks.audit import AUDIT
from earwitness.generators.attacks.sources import Real
from earwitness.json_lines import JsonLines
from earwitness.target import replacing, write_failed

__all__ = ["FIELDS", "SETTINGS", "AttackManifest"]

SETTINGS = "settings.json"
_KINDS = ("attack", "human")
_OURS = re.compile(r"[0-9a-f]{16}\.(flac|wav)|\.[0-9a-f]{16}\..*\.part\.(flac|wav)")
FIELDS = frozenset(
    (
        "file", "is", "sha256", "pair_id", "label", "family", "generator", "version", "generator_licence",
        "method", "voice", "converter", "consent", "text", "seed", "spans", "seconds", "rate", "channel",
        "level_dbfs", "source", "source_bytes", "source_from_s", "source_to_s", "parts", "corpus", "speaker",
        "language", "source_licence", "features",
    )
)  # fmt: skip
_NOTICE_TEXT = f"""# Attack material

This folder trains and tests detectors of synthetic speech. It was made by `earwitness attack`.

- `attack/` holds **unmarked synthetic speech**: recordings of people that were remade, turned into other
  voices, or in parts replaced, and texts spoken by machines. **Nobody said it like that.**
- `human/` holds the untouched twin of each file, sent through the same channel.
- `{MANIFEST}` names every file: label, generator, voice, seed, channel, which seconds are synthetic, where
  the recording came from and its licence. `{AUDIT}` says whether trivial features tell the classes apart.

EarWitness marks all speech that it makes, with this one exception: detectors have to learn from sound
without marks. These files carry no watermark, no Content Credentials and no record.

Use them to train and to test detectors, and for nothing else. Do not pass a file on without this notice.
The licences of the recordings (`source_licence`) and of the generators (`generator_licence`) go on to bind
what was made from them.
"""


class AttackManifest:
    """A folder, opened to add to it. Use as a context manager. ``entries``: one for each file.

    settings: what decides about every draw. restart: forget, and remove, what was made before.
    A new or empty folder is made one; TargetError for a folder with other things, or with other settings.
    """

    def __init__(self, folder: Path, settings: dict[str, Any], *, restart: bool = False) -> None:
        self.folder = folder
        _refuse_other(folder)
        path = folder / MANIFEST
        before = _read(path)  # first: the folder of another command is left as it is
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / NOTICE, _NOTICE_TEXT)
            if restart:
                _remove(folder, _OURS)
                path.unlink(missing_ok=True)
                (folder / SETTINGS).unlink(missing_ok=True)
                before = []
        except OSError as error:
            raise write_failed(folder, error) from error
        _settle_settings(folder / SETTINGS, settings)
        kept = _whole(folder, before)
        if len(kept) < len(before):
            _rewrite(path, kept)
        self._lines = JsonLines(path, FIELDS, "attacks on detectors")
        self._done: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for entry in self._lines.entries:
            self._done[entry["source"]].append(entry)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.__exit__(kind, error, trace)

    @property
    def entries(self) -> list[dict[str, Any]]:
        """Of all files, sorted by name."""
        return sorted(self._lines.entries, key=lambda entry: str(entry["file"]))

    def is_done(self, real: Real) -> bool:
        """True when its attacks were made, and the recording has the size that it had then."""
        entries = self._done.get(real.name)
        if not entries:
            return False
        try:
            return bool(Path(real.path).stat().st_size == entries[0]["source_bytes"])
        except OSError:
            return False

    def add(self, entries: list[dict[str, Any]]) -> None:
        """The files of one recording; on the disk before this returns. Raises TargetError."""
        source = entries[0]["source"]
        if source in self._done:  # it was changed since: its old lines go
            self._lines.__exit__(None, None, None)
            _rewrite(self._lines.path, [one for one in self._lines.entries if one["source"] != source])
            self._lines = JsonLines(self._lines.path, FIELDS, "attacks on detectors")
        for entry in entries:
            self._lines.add(entry)
        self._done[source] = entries

    def finish(self) -> None:
        """Lines sorted by file: the same folder comes out, whatever order the work was done in. Files that no
        line names are removed: a killed run left them, or a recording that has changed since."""
        _remove(self.folder, _OURS, {str(entry["file"]) for entry in self._lines.entries})
        self._lines.__exit__(None, None, None)
        ordered = self.entries
        if ordered != self._lines.entries:
            _rewrite(self._lines.path, ordered)
        self._lines = JsonLines(self._lines.path, FIELDS, "attacks on detectors")


def _refuse_other(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise TargetError("is no folder.", subject=str(folder), hint="Name a folder.")
    if not folder.is_dir() or is_attack_folder(folder) or (folder / SETTINGS).is_file():
        return
    if any(not path.name.startswith(".") for path in folder.iterdir()):
        raise TargetError(
            "this folder holds other things, and attack material has a folder of its own.",
            subject=str(folder),
            hint="Name a new or empty folder.",
        )


def _settle_settings(path: Path, settings: dict[str, Any]) -> None:
    """Noted once; from then on they must be the same."""
    wanted = json.loads(json.dumps(settings))
    if not path.exists():
        if (path.parent / MANIFEST).exists():
            raise TargetError(
                "it holds attack material of another command.",
                subject=str(path.parent),
                hint="Name a new folder.",
            )
        _write(path, json.dumps(wanted, indent=2, ensure_ascii=False) + "\n")
        return
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TargetError("cannot be read.", subject=str(path), hint="Use --restart.") from error
    if before != wanted:
        names = sorted(set(before) | set(wanted)) if isinstance(before, dict) else []
        changed = [name for name in names if before.get(name) != wanted.get(name)]
        raise TargetError(
            f"the folder was begun with other settings ({', '.join(changed) or 'all'}).",
            subject=str(path.parent),
            hint="Give the same ones again, another folder, or --restart.",
        )


def _remove(folder: Path, names: re.Pattern[str], but: Container[str] = ()) -> None:
    for kind in _KINDS:
        for path in sorted((folder / kind).rglob("*")):
            named = path.relative_to(folder).as_posix() in but
            if not named and path.is_file() and names.fullmatch(path.name):
                path.unlink(missing_ok=True)


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    with JsonLines(path, FIELDS, "attacks on detectors") as lines:
        return lines.entries


def _whole(folder: Path, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of recordings whose files are all named, once, and there."""
    sources: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in entries:
        sources[entry["source"]].append(entry)
    whole = {
        source
        for source, group in sources.items()
        if len({one["file"] for one in group}) == len(group) == 2 * group[0]["parts"]
        and all((folder / one["file"]).is_file() for one in group)
    }
    return [entry for entry in entries if entry["source"] in whole]


def _rewrite(path: Path, entries: list[dict[str, Any]]) -> None:
    _write(path, "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries))


def _write(path: Path, text: str) -> None:
    with replacing(path) as aside:
        aside.write_text(text, encoding="utf-8")
