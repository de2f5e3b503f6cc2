"""What every route that takes a recording shares: form, possible errors, a place in line, the upload."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Request

from earwitness.api.problems import (
    BadFieldError,
    BadUploadError,
    NotReadyError,
    UnsupportedMediaTypeError,
    UploadTimeoutError,
)
from earwitness.api.runner import CheckRunner
from earwitness.api.settings import Settings
from earwitness.api.uploads import MOST_NAMED, Upload, receive_upload
from earwitness.errors import (
    AudioDecodeError,
    DecodeTimeoutError,
    EarWitnessError,
    EmptyAudioError,
    EncryptedAudioError,
    InputTooLargeError,
    InputTooLongError,
    NotAudioError,
    ServerBusyError,
    WorkerDiedError,
)

__all__ = ["UPLOAD_ERRORS", "flag", "recording", "recording_form", "refuse_query"]

UPLOAD_ERRORS: tuple[type[EarWitnessError], ...] = (
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
"""What any upload may be answered with, whatever is done with the recording."""


def recording_form(about: str, fields: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    """A route's ``openapi_extra``: a form with the recording in ``file`` and these other fields.

    about: what to send. fields: JSON Schema a field. example: values a field, ``file`` among them.
    """
    file = {"type": "string", "format": "binary", "description": about}
    schema = {"type": "object", "required": ["file"], "properties": {"file": file, **fields}}
    content = {"multipart/form-data": {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def refuse_query(request: Request, known: Collection[str] = ()) -> None:
    """Raise BadFieldError for anything in the address behind "?": nothing there is read, and what is not read
    must not look as if it were. known: names of form fields.
    """
    name = next(iter(request.query_params), None)
    if name is not None:
        hint = f"Send it in the form: -F {name}=…" if name in known else "Leave it out."
        raise BadFieldError(f"The query parameter '{name[:MOST_NAMED]}' is not read here.", hint=hint)


@asynccontextmanager
async def recording(request: Request, form: dict[str, Any]) -> AsyncIterator[Upload]:
    """The upload of a request, with a place in line held until the context ends; then its file is gone.

    form: of ``recording_form``; other fields are refused.
    Raises NotReadyError and ServerBusyError before a byte of it is read, and what ``receive_upload`` raises.
    """
    runner: CheckRunner = request.app.state.runner
    settings: Settings = request.app.state.settings
    known = tuple(form["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"])
    refuse_query(request, known)
    runner.models()  # refuses now, not after the upload, while nothing can be done
    with runner.place():
        async with receive_upload(
            request,
            max_bytes=settings.max_upload_bytes,
            timeout_s=settings.upload_timeout_s,
            folder=runner.folder,
            known=known,
        ) as upload:
            yield upload


def flag(fields: dict[str, str], name: str) -> bool | None:
    """A yes-or-no field; None when it is missing or empty. Raises BadFieldError."""
    text = fields.get(name, "").strip().lower()
    if not text:
        return None
    if text in ("true", "1", "yes", "on"):
        return True
    if text in ("false", "0", "no", "off"):
        return False
    raise BadFieldError(f"The field {name!r} must be true or false.")
