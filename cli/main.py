"""The ``earwitness`` command: a table of commands, each imported only when it is used."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

import earwitness
from earwitness.cli.exit_codes import INTERRUPTED, ExitCode
from earwitness.cli.stdout import into_the_void, whole_output
from earwitness.errors import EarWitnessError

__all__ = ["COMMANDS", "app", "run"]

COMMANDS: dict[str, str] = {
    "check": "earwitness.cli.check:check",
    "scan": "earwitness.cli.scan:scan",
    "mark": "earwitness.cli.mark:mark",
    "verify": "earwitness.cli.verify:verify",
    "generate": "earwitness.cli.generate:generate",
    "attack": "earwitness.cli.attack:attack",
    "consent": "earwitness.cli.consent:consent",
    "trace": "earwitness.cli.trace:trace",
    "sign": "earwitness.cli.sign:sign",
    "credentials": "earwitness.cli.credentials:credentials",
    "comply": "earwitness.cli.comply:comply",
    "keys": "earwitness.cli.keys:keys",
    "trust": "earwitness.cli.trust:trust",
    "registry": "earwitness.cli.registry:registry",
    "serve": "earwitness.cli.serve:serve",
    "eval": "earwitness.cli.evaluate:evaluate",
    "engines": "earwitness.cli.engines:engines",
    "models": "earwitness.cli.models:models",
    "doctor": "earwitness.cli.doctor:doctor",
}
"""Command name to ``module:function``; the function carries typer's annotations and a docstring.
A ``typer.Typer`` in its place is a command with commands below it."""

EPILOG = """
**Exit codes**: 0 nothing found (or done), 1 a synthetic finding or a mark, 2 an error, 3 inconclusive.
With several files the gravest counts: 2, then 1, then 3, then 0.
"""


class LazyGroup(TyperGroup):
    """Imports a command's module when the command is first looked up."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (typer's signature)
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """The command, or None for an unknown name."""
        if cmd_name not in self.commands and cmd_name in COMMANDS:
            self.commands[cmd_name] = _load(cmd_name)
        return self.commands.get(cmd_name)


def _load(name: str) -> Any:
    module, attribute = COMMANDS[name].split(":")
    found = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):  # commands below a command
        group = get_command(found)
        group.name = name
        return group
    single = typer.Typer(add_completion=False, rich_markup_mode="markdown")
    single.command(name)(found)
    return get_command(single)


app = typer.Typer(
    cls=LazyGroup,
    name="earwitness",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"earwitness {earwitness.__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=_show_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Tells synthetic speech from human speech, and says why.

    Everything runs on this machine: no recording leaves it and nothing is fetched.

    Examples:

    - `earwitness check interview.mp3` shows verdict, probability, time line and reasons
    - `earwitness check interview.mp3 --html report.html` writes a page to print or send
    - `earwitness scan recordings/ --output results.jsonl` checks a folder
    - `earwitness mark speech.wav marked.wav`, then `earwitness verify marked.wav`
    - `earwitness doctor` looks whether everything works here
    """


def run(args: Iterable[str] | None = None) -> None:
    """Entry point of the shell command: always ends in SystemExit with one of our codes."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # replaced streams need not have it
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        with whole_output():
            app(args=None if args is None else list(args), prog_name="earwitness")
    except EarWitnessError as error:
        _say(f"earwitness: {error}")
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        _say("earwitness: interrupted")
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:  # the reader (head, less) left: nobody is there to be told
        into_the_void()
        raise SystemExit(ExitCode.ERROR) from None


def _say(message: str) -> None:
    from earwitness.wording import clean

    with contextlib.suppress(OSError):
        print(clean(message), file=sys.stderr)


if __name__ == "__main__":
    run()
