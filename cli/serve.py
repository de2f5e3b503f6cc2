"""``earwitness serve``: the HTTP API on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["serve"]

GRACE_S = 10
"""Seconds that running checks get to finish after Ctrl-C."""


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
    from earwitness.errors import UsageError

    levels = ("critical", "error", "warning", "info", "debug", "trace")
    if log_level not in levels:
        raise UsageError(
            f"{log_level!r} is not known.", subject="--log-level", hint=f"Choose from {', '.join(levels)}."
        )
    import uvicorn

    from earwitness.api.app import create_app
    from earwitness.api.settings import Settings

    settings = Settings.from_environment()
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
    uvicorn.run(
        app, host=host, port=port, log_level=log_level, timeout_graceful_shutdown=GRACE_S, server_header=False
    )
