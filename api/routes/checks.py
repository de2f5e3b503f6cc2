"""``POST /v1/checks``: a recording in, its report out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from earwitness.api.problems import (
    BadFieldError,
    BadUploadError,
    NotReadyError,
    UnsupportedMediaTypeError,
    UploadTimeoutError,
    responses,
)
from earwitness.api.runner import CheckRunner
from earwitness.api.settings import Settings
from earwitness.api.uploads import receive_upload
from earwitness.errors import (
    AudioDecodeError,
    DecodeTimeoutError,
    EmptyAudioError,
    EncryptedAudioError,
    InputTooLargeError,
    InputTooLongError,
    NotAudioError,
    ServerBusyError,
    WorkerDiedError,
)
from earwitness.report import Report

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["checks"])

_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "The recording: any common audio or video format.",
                        },
                        "prior": {
                            "type": "number",
                            "exclusiveMinimum": 0,
                            "exclusiveMaximum": 1,
                            "default": 0.5,
                            "description": "Chance of synthetic speech before looking.",
                        },
                    },
                },
                "example": {"file": "(the bytes of call.wav)", "prior": 0.5},
            }
        },
    }
}
_ERRORS = responses(
    BadUploadError,
    UploadTimeoutError,
    InputTooLargeError,
    NotAudioError,
    UnsupportedMediaTypeError,
    EmptyAudioError,
    EncryptedAudioError,
    AudioDecodeError,
    InputTooLongError,
    DecodeTimeoutError,
    BadFieldError,
    WorkerDiedError,
    ServerBusyError,
    NotReadyError,
)


@router.post(
    "/checks",
    summary="Check a recording",
    response_model=Report,
    responses={
        200: {"description": "The report, whatever the verdict"},
        **_ERRORS,
    },
    openapi_extra=_FORM,
)
async def create_check(request: Request) -> Response:
    """Judge one recording. The answer is the same report that ``earwitness check --json`` prints.

    The recording is kept only while it is checked.
    """
    runner: CheckRunner = request.app.state.runner
    settings: Settings = request.app.state.settings
    runner.models()  # refuses now, not after the upload, while nothing can be checked
    with runner.place():
        async with receive_upload(
            request,
            max_bytes=settings.max_upload_bytes,
            timeout_s=settings.upload_timeout_s,
            folder=runner.folder,
        ) as upload:
            prior = _prior(upload.fields.get("prior"))
            report = await runner.check(upload.path, upload.name, prior)
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
