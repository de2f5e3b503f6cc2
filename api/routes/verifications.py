"""``POST /v1/verifications``: a recording in, the marks in it out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from earwitness.api.intake import UPLOAD_ERRORS, recording, recording_form
from earwitness.api.problems import BadFieldError, SchemeNotOfferedError, responses
from earwitness.api.runner import CheckRunner
from earwitness.api.scheme_field import schemes_of
from earwitness.api.settings import Settings
from earwitness.errors import KeyFileError, KeyNotFoundError, MissingDependencyError, UsageError
from earwitness.mark_report import Verification
from earwitness.mark_tasks import VerifyTask
from earwitness.marks import Search

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["marks"])

_FORM = recording_form(
    "The recording: any common audio or video format.",
    {
        "key": {
            "type": "string",
            "description": "Look only for marks of this key. Default: all keys that the server reads with "
            "(EARWITNESS_READ_KEYS), the published signpost among them.",
        },
        "scheme": {
            "type": "string",
            "default": "default",
            "description": "Names of watermark schemes to look for, separated by commas, of those that this "
            "server offers (EARWITNESS_SCHEMES).",
        },
        "search": {
            "type": "string",
            "enum": list(Search),
            "default": "hint",
            "description": "How far to look for audio that was sped up, stretched or shifted in pitch.",
        },
    },
    {"file": "(the bytes of speech.mp3)", "search": "hint"},
)
_ERRORS = responses(
    *UPLOAD_ERRORS, UsageError, SchemeNotOfferedError, KeyNotFoundError, KeyFileError, MissingDependencyError
)


@router.post(
    "/verifications",
    summary="Read the marks in a recording",
    response_model=Verification,
    responses={200: {"description": "What was read, whether a mark was found or not"}, **_ERRORS},
    openapi_extra=_FORM,
)
async def create_verification(request: Request) -> Response:
    """Whose marks are in it, which records they name, where they are: as ``earwitness verify --json``.

    A verified mark of a private key is proof, a signpost mark a claim that anybody can make; no mark says
    nothing. The recording is kept only while it is read.

    Private keys are read with only where the server's administrator allows it (EARWITNESS_READ_KEYS=all; the
    default on an address of this machine only): whoever may ask without end learns how to remove a mark.
    """
    runner: CheckRunner = request.app.state.runner
    settings: Settings = request.app.state.settings
    async with recording(request, _FORM) as upload:
        search = upload.fields.get("search", "").strip() or Search.HINT
        if search not in list(Search):
            raise BadFieldError(f"The field 'search' must be one of {', '.join(Search)}.")
        task = VerifyTask(
            path=str(upload.path),
            name=upload.name,
            key=upload.fields.get("key", "").strip() or None,
            search=search,
            schemes=schemes_of(upload.fields, settings),
            max_seconds=settings.max_seconds,
            signposts_only=settings.signposts_only,
        )
        found = await runner.verify(task)
    return Response(found, media_type="application/json", headers={"Cache-Control": "no-store"})
