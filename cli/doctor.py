"""``earwitness doctor``: does everything work on this machine, and how fast?"""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["doctor"]


def doctor(
    json: Annotated[bool, typer.Option("--json", help="One JSON object with every result.")] = False,
) -> None:
    """Test this installation: versions, formats that decode, weights, speed.

    Formats are not looked up but tried: a short tone is made in each and decoded. Weights are compared
    with the hash on their card. The speed is measured on a clip made on the spot.

    Examples:

    - `earwitness doctor`
    - `earwitness doctor --json | jq .problems`

    Exit codes: 0 everything works, 2 something does not.
    """
    from earwitness.cli.doctor_run import examine_installation
    from earwitness.cli.exit_codes import ExitCode

    findings = examine_installation()
    if json:
        from json import dumps

        from earwitness.cli.console import write_line

        write_line(dumps(findings.to_dict(), indent=2, ensure_ascii=False))
    else:
        from earwitness.cli.doctor_table import print_findings

        print_findings(findings)
    raise typer.Exit(ExitCode.ERROR if findings.problems else ExitCode.NOTHING_FOUND)
