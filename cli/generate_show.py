"""What ``earwitness generate`` says: of each file, of a folder, and how others can be had."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from earwitness.cli.console import PatientConsole, write_line
from earwitness.wording import clean

if TYPE_CHECKING:
    from earwitness.errors import EarWitnessError
    from earwitness.generated import GeneratedRecord, Making

__all__ = ["GenerateShow", "in_words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateShow:
    """json: objects for programs. quiet: only what failed. streaming: sound goes to standard output, so that
    words go to standard error."""

    json: bool = False
    quiet: bool = False
    streaming: bool = False
    _told: set[str] = field(default_factory=set)
    _out: PatientConsole = field(default_factory=PatientConsole)
    _err: PatientConsole = field(default_factory=lambda: PatientConsole(stderr=True))

    def marked(self, target: str, record: GeneratedRecord) -> None:
        """A marked file."""
        from earwitness.cli.mark_run import besides

        if self.json:
            self.line(record.to_json())
        else:
            keys = " and ".join(made.key for made in record.marks)
            about = (f"{target}: {in_words(record.making)}", f"   marked with {keys}")
            for text in (*about, *(f"   {line}" for line in besides(record))):
                self.say(text)
        for warning in record.warnings:
            self._aside(f"{target}: {warning}")
        # Once a run, and only to those who mark in their own name.
        if not self.json and any(not made.signpost for made in record.marks):
            for text in record.left_out:
                self.once(text)
        if self.streaming and record.credentials is not None and record.credentials.sidecar is not None:
            self.once(
                "Its Content Credentials lie in a side-car, which no pipe carries; the record has them."
            )

    def unmarked(self, name: str, made: Making) -> None:
        """A file of attack material."""
        if self.json:
            self.line(made.model_dump_json())
        else:
            self.say(f"{name}: {in_words(made)}, unmarked")

    def failed(self, name: str, error: EarWitnessError) -> None:
        """One that could not be made; the others go on."""
        from earwitness.cli.failures import tell_failure

        if error.subject is None and not self.json:  # a text has no name of its own
            error = type(error)(error.message, subject=name, hint=error.hint)
        tell_failure(self._err, name, error, as_json=self.json)

    def summary(self, text: str) -> None:
        """Of a folder."""
        if not self.json:
            self.say(text)

    def say(self, text: str) -> None:
        """A line for people, where they look for results."""
        if not self.quiet:
            console = self._err if self.streaming else self._out
            console.print(clean(text), soft_wrap=True, markup=False)

    def once(self, text: str) -> None:
        """An aside that is not repeated."""
        if text not in self._told:
            self._told.add(text)
            self._aside(text)

    def line(self, text: str) -> None:
        """A line for programs."""
        if self.streaming:
            print(text, file=sys.stderr)
        else:
            write_line(text)

    def _aside(self, text: str) -> None:
        if not self.quiet:
            self._err.print(clean(text), soft_wrap=True, markup=False)


def in_words(made: Making) -> str:
    """E.g. ``3.4 s of speech by transformer+gan 2, voice ada, seed 0``."""
    engine = f"{made.generator}{f'+{made.vocoder}' if made.vocoder else ''} {made.version}".strip()
    voice = "" if made.voice is None else f", voice {made.voice}"
    if made.consent is not None:
        voice = f", in the voice of {made.consent.speaker}, with their consent"
    return f"{made.seconds:.1f} s of speech by {engine}{voice}, seed {made.seed}"
