"""Unmarked synthetic speech for training detectors: only ever in a folder that says what it is.

A detector must learn from speech without marks, or it would learn the marks. That is the one use for which
sound leaves without one: never as a lone file, always in a folder with a notice for people
(``ATTACK_MATERIAL.md``) and a manifest for programs (``manifest.jsonl``), which names a file before it is
there.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from earwitness.consent import Purpose
from earwitness.encode_plan import ENDINGS
from earwitness.errors import TargetError
from earwitness.generated import Making, engine_text, making
from earwitness.generating import write_wav
from earwitness.generation import Generator
from earwitness.json_lines import JsonLines
from earwitness.orders import Order, look_over, make
from earwitness.reference import file_sha256
from earwitness.target import replacing, settle, write_failed

__all__ = ["FORMATS", "IS", "MANIFEST", "NOTICE", "AttackFolder", "is_attack_folder"]

NOTICE = "ATTACK_MATERIAL.md"
MANIFEST = "manifest.jsonl"
FORMATS = ("wav", "flac")
"""Without loss, so that a detector learns the generator and not a codec."""
IS = "unmarked synthetic speech for training detectors"
_FIELDS = frozenset(("file", "is", "sha256", "order", "making"))
_NOTICE_TEXT = f"""# Attack material

Everything in this folder is **{IS}**. No person said any of it.

EarWitness marks all speech that it makes, with this one exception: detectors of synthetic speech have to
learn from sound without marks. These files carry no watermark, no Content Credentials and no record.

- Use them to train and to test detectors, and for nothing else. Do not pass a file on without this notice.
- `{MANIFEST}` names every file: its SHA-256, the generator with version and licence, voice, seed, the
  SHA-256 of the text or recording it was made from, and the speaker's consent where a person's voice was
  used.
- The licence of a generator may bind what it made: see `licence` of each line.
"""


class AttackFolder:
    """A folder of attack material, opened to add to it. Use as a context manager.

    A new or empty folder is made one; TargetError for a folder that holds anything else.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        _refuse_other(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._write_notice()
        except OSError as error:
            raise write_failed(folder, error) from error
        self._manifest = JsonLines(folder / MANIFEST, _FIELDS, "attack material")
        self._known = {entry["file"]: entry for entry in self._manifest.entries}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._manifest.__exit__(kind, error, trace)

    def is_done(self, name: str, order: Order) -> bool:
        """True when this very order was made under this name before, and the file is as it was then."""
        entry = self._known.get(name)
        path = self.folder / name
        if entry is None or entry["order"] != order.identity() or not path.is_file():
            return False
        return bool(file_sha256(path) == entry["sha256"])

    def add(self, name: str, order: Order, engine: Generator) -> Making:
        """Make a file. name: its path in the folder, ending in .wav or .flac.

        Raises ConsentError for a person's voice without consent to this very use, TargetError, and what
        ``look_over`` and ``make`` raise.
        """
        target = self._target(name)
        ready = look_over(order, Purpose.ATTACK_TRAINING)
        speech, voice = make(ready, engine)
        made = making(ready, engine.info, speech, voice)
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as aside:
            # The tag goes along where somebody copies the file without its folder.
            write_wav(
                aside, speech, f"{IS[0].upper()}{IS[1:]}, made by {engine_text(engine.info, order.vocoder)}"
            )
            entry = {
                "file": name,
                "is": IS,
                "sha256": file_sha256(aside),
                "order": order.identity(),
                "making": made.model_dump(mode="json"),
                "notes": list(ready.notes),
            }
            self._manifest.add(entry)  # before the file takes its place: none is there without a name
        self._known[name] = entry
        return made

    def _target(self, name: str) -> Path:
        target = (self.folder / name).resolve()
        if not target.is_relative_to(self.folder.resolve()):
            raise TargetError("this is no place in the folder.", subject=name)
        if target.suffix.lower().lstrip(".") not in FORMATS:
            raise TargetError(
                "attack material is kept without loss.", subject=name, hint=f"Choose {' or '.join(FORMATS)}."
            )
        return target

    def _write_notice(self) -> None:
        place = self.folder / NOTICE
        if place.exists():
            return
        with tempfile.NamedTemporaryFile(
            "w", dir=self.folder, prefix=".", suffix=".part", delete=False, encoding="utf-8"
        ) as file:
            file.write(_NOTICE_TEXT)
        settle(Path(file.name), place)


def is_attack_folder(folder: Path) -> bool:
    """True for a folder that says so."""
    return (folder / NOTICE).is_file()


def _refuse_other(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise TargetError(
            "unmarked speech goes into a folder only, never into a lone file.",
            subject=str(folder),
            hint="Name a folder.",
        )
    if folder.suffix.lower() in ENDINGS and not folder.exists():
        raise TargetError(
            "this looks like the name of a file; unmarked speech goes into a folder only.",
            subject=str(folder),
            hint="Name a folder, without an ending.",
        )
    if (
        folder.is_dir()
        and not is_attack_folder(folder)
        and any(not path.name.startswith(".") for path in folder.iterdir())
    ):
        raise TargetError(
            "this folder holds other things, and attack material has a folder of its own.",
            subject=str(folder),
            hint="Name a new or empty folder.",
        )
