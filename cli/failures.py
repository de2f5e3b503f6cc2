"""A file that failed, told on the screen or as a JSON line; the others go on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from earwitness.cli.console import PatientConsole, write_line

if TYPE_CHECKING:
    from earwitness.errors import EarWitnessError

__all__ = ["tell_failure"]


def tell_failure(err: PatientConsole, name: str, error: EarWitnessError, *, as_json: bool) -> None:
    """Say what went wrong with one file. err: where people are told; JSON goes to standard output.

    name: as the person typed it.
    """
    from earwitness.cli.check_run import error_object
    from earwitness.cli.panel import print_error

    if as_json:
        write_line(json.dumps(error_object(name, error), ensure_ascii=False))
    else:
        print_error(err, str(error))
