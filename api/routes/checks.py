"""``POST /v1/checks``: a recording in, its report out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from earwitness.api.intake import UPLOAD_ERRORS, flag, recording, recording_form
from earwitness.api.problems import BadFieldError, responses
from earwitness.api.runner import CheckRunner
from earwitness.report import Report

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["checks"])

_FORM = recording_form(
    "The recording: any common audio or video format.",
    {
        "prior": {
            "type": "number",
            "exclusiveMinimum": 0,
            "exclusiveMaximum": 1,
            "default": 0.5,
            "description": "Chance of synthetic speech before looking. It moves the probability, the "
            "thresholds and so the verdict, never the log-likelihood ratio.",
        },
        "explain": {
            "type": "boolean",
            "default": False,
            "description": "Also find out which bands of frequency the detector reacted to, in the report's "
            "'explanation'. It takes about a second.",
        },
    },
    {"file": "(the bytes of call.wav)", "prior": 0.5},
)


@router.post(
    "/checks",
    summary="Check a recording",
    response_model=Report,
    responses={200: {"description": "The report, whatever the verdict"}, **responses(*UPLOAD_ERRORS)},
    openapi_extra=_FORM,
)
async def create_check(request: Request) -> Response:
    """Judge one recording. The answer is the same report that ``earwitness check --json`` prints.

    The recording is kept only while it is checked. Marks of private keys are looked for only where the
    server's administrator allows it (EARWITNESS_READ_KEYS=all; the default on an address of this machine
    only).
    """
    runner: CheckRunner = request.app.state.runner
    async with recording(request, _FORM) as upload:
        prior = _prior(upload.fields.get("prior"))
        explain = bool(flag(upload.fields, "explain"))
        report = await runner.check(upload.path, upload.name, prior, explain=explain)
    return Response(report, media_type="application/json", headers={"Cache-Control": "no-store"})


def _prior(text: str | None) -> float:
    if text is None or not text.strip():
        return 0.5
    try:
        prior = float(text)
    except ValueError:
        prior = -1.0
    if not 0 < prior < 1:
        raise BadFieldError("The field 'prior' must be a number between 0 and 1, both excluded.")
    return prior
