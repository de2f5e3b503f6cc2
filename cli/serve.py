"""``earwitness serve``: the HTTP API on this machine."""

from __future__ import annotations

import errno
import os
import socket
from typing import Annotated, Any

import typer

from earwitness.cli.exit_codes import ExitCode
from earwitness.errors import UsageError

__all__ = ["refuse_address", "serve"]

GRACE_S = 10
"""Seconds that running checks get to finish after Ctrl-C."""

_HINTS = {
    errno.EADDRINUSE: "Choose another --port, or end what listens on this one.",
    errno.EACCES: "Choose a --port from 1024 on.",
    errno.EADDRNOTAVAIL: "Give an address of this machine to --host: 127.0.0.1, or 0.0.0.0 for all.",
}


def serve(
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to listen on; 0.0.0.0 opens it to the network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", "-p", metavar="N", min=0, max=65535)] = 8000,
    log_level: Annotated[
        str, typer.Option(metavar="LEVEL", help="critical, error, warning, info, debug or trace.")
    ] = "info",
) -> None:
    """Serve the HTTP API: POST /v1/checks, /v1/marks, /v1/verifications, /v1/generations; GET /v1/models.

    Limits (upload size, time, jobs) are set by environment variables, e.g. `EARWITNESS_MAX_UPLOAD_BYTES`.

    Examples:

    - `earwitness serve`
    - `earwitness serve --port 9000`
    - `curl -F file=@call.wav http://127.0.0.1:8000/v1/checks`

    Requests mark with the published signpost, and with the private keys named in `EARWITNESS_MARK_KEYS`.
    Marks of your private keys are read for requests while the server listens to this machine alone; with
    another `--host` only signposts are, because whoever may ask without end learns how to remove a mark.
    `EARWITNESS_READ_KEYS=all` or `signposts` decides otherwise.
    Texts are spoken (always marked) while the server listens to this machine alone, or with
    `EARWITNESS_GENERATIONS=1`; `EARWITNESS_GENERATE_WITH` names the generators, `EARWITNESS_MAX_TEXT`
    the longest text. GET /openapi.json describes everything.
    `EARWITNESS_RESOLVER=1` gives the Content Credentials of your registry to whoever asks for a mark's (the
    C2PA Soft Binding Resolution API, under /v1/c2pa); `EARWITNESS_RECORDS=public` offers GET /v1/records/ID.
    There is no access control yet: put a proxy with access control in front before you open it to a network.
    """
    levels = ("critical", "error", "warning", "info", "debug", "trace")
    if log_level not in levels:
        raise UsageError(
            f"{log_level!r} is not known.", subject="--log-level", hint=f"Choose from {', '.join(levels)}."
        )
    import uvicorn

    from earwitness.api.app import create_app
    from earwitness.api.settings import Settings

    settings = Settings.from_environment()
    refuse_address(host, port)
    if host in ("127.0.0.1", "localhost", "::1"):
        settings = settings.model_copy(
            update={
                "read_keys": settings.read_keys or "all",
                "generations": settings.generations is not False,
            }
        )
    else:
        typer.echo(
            f"earwitness: listening on {host}: anyone who reaches this machine can send recordings.", err=True
        )
    app = create_app(settings)
    try:
        uvicorn.run(
            app,
            host=host,
            port=port,
            log_level=log_level,
            timeout_graceful_shutdown=GRACE_S,
            server_header=False,
        )
    except SystemExit as ended:  # uvicorn's codes 1 and 3 would say something about a recording here
        raise typer.Exit(ExitCode.ERROR if ended.code else ExitCode.NOTHING_FOUND) from ended


def refuse_address(host: str, port: int) -> None:
    """Raise UsageError where nothing can listen: uvicorn would say so in its log, with a code of its own."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise UsageError(
            "there is no such address.", subject=f"--host {host}", hint="Give one of this machine: 127.0.0.1."
        ) from error
    # A name may stand for addresses that this machine does not have (localhost without IPv6): one will do.
    errors = [_try_to_listen(family, address) for family, _, _, _, address in found]
    worst = next((one for one in errors if one is not None and one.errno != errno.EADDRNOTAVAIL), None)
    if worst is None and None in errors:
        return
    worst = worst or next(one for one in errors if one is not None)
    raise UsageError(
        f"cannot listen there: {worst.strerror or worst}.",
        subject=f"{host}:{port}",
        hint=_HINTS.get(worst.errno or 0, "Choose others with --host and --port."),
    )


def _try_to_listen(family: int, address: Any) -> OSError | None:
    """Take the address and let it go again; what went wrong."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            if os.name == "posix":  # as uvicorn does: one that was left a moment ago is free
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            trial.bind(address)
            trial.listen()
    except OSError as error:
        return error
    return None
