"""What happens for each file of ``earwitness credentials``: read, print; a bad file stops nobody else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from earwitness.cli.console import PatientConsole, write_line
from earwitness.cli.exit_codes import ExitCode, gravest
from earwitness.cli.failures import tell_failure
from earwitness.cli.stdin import STDIN, refuse_twice, source_of
from earwitness.errors import EarWitnessError, TrustListError

if TYPE_CHECKING:
    from earwitness.credentials import CredentialReport, Credentials, SoftBinding

__all__ = ["CredentialsRun"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsRun:
    """The options of ``earwitness credentials``; see ``cli/credentials.py`` for what they mean."""

    sidecar: str | None = None
    json: bool = False
    quiet: bool = False
    _out: PatientConsole = field(default_factory=PatientConsole)
    _err: PatientConsole = field(default_factory=lambda: PatientConsole(stderr=True))

    def run(self, files: Sequence[str]) -> ExitCode:
        """Read the files in the order given; the exit code for the shell."""
        from earwitness.credentials import load_credentials

        refuse_twice(files)
        reader = load_credentials()
        return gravest([self._one(reader, name) for name in files])

    def _one(self, reader: Credentials, name: str) -> ExitCode:
        from earwitness.credentials import CredentialState

        try:
            found = reader.read(
                source_of(name, "credentials"), sidecar=self.sidecar, name=STDIN if name == STDIN else None
            )
        except TrustListError:  # the same for every file: said once, by the program's door
            raise
        except EarWitnessError as error:
            tell_failure(self._err, name, error, as_json=self.json)
            return ExitCode.ERROR
        if self.json:
            write_line(found.to_json())
        elif not self.quiet:
            self._show(name, found)
        if found.state is CredentialState.TRUSTED:
            return ExitCode.FINDING
        absent = found.state is CredentialState.ABSENT
        return ExitCode.NOTHING_FOUND if absent else ExitCode.INCONCLUSIVE

    def _show(self, name: str, found: CredentialReport) -> None:
        from rich.text import Text

        from earwitness.wording import clean

        word = "NO CREDENTIALS" if found.state == "absent" else found.state.value.upper()
        lines = [f"{name}: {word}. {found.sentence}", *(f"   {line}" for line in _details(found))]
        lines.append(f"   Cannot tell: {found.cannot_tell}")
        lines += [f"   Warning: {warning}" for warning in found.warnings]
        for line in lines:
            self._out.print(Text(clean(line)), soft_wrap=True)


def _details(found: CredentialReport) -> Iterator[str]:
    """A line for each thing that the credentials say."""
    if found.place == "side-car":
        yield "From the side-car file beside the recording."
    if found.title:
        yield f'Title, says the signer: "{found.title}"'
    if found.signed_at:
        yield f"Time stamp: {found.signed_at} ({found.time_stamp or 'does not fit'})"
    if found.generator:
        yield f"Credentials made by {found.generator}"
    for action in found.actions:
        parts = [action.name, action.when, action.agent and f"by {action.agent}", action.digital_source]
        yield ", ".join(part for part in parts if part)
    for binding in found.soft_bindings:
        yield f"Names the mark {_mark(binding)}"
    for item in found.ingredients:
        who = f", signed by {item.signer.name}" if item.signer and item.signer.name else ""
        said = f", {', '.join(item.digital_sources)}" if item.digital_sources else ""
        indent = "  " * (item.depth - 1)
        yield f"{indent}Made from ({item.relation}): credentials {item.state.value}{who}{said}"


def _mark(binding: SoftBinding) -> str:
    from earwitness.mark_wording import payload_text
    from earwitness.soft_bindings import unbind

    own = unbind(binding)
    if own is None:
        return f"{binding.value.hex()[:64]} ({binding.algorithm})"
    scheme, key_id, payload = own
    return f"{payload_text(payload)} of the key {key_id} ({scheme})"
