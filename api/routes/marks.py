"""``POST /v1/marks``: a recording in, the same recording with a mark out."""

from __future__ import annotations

import json
from pathlib import Path, PurePath

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from earwitness.api.intake import UPLOAD_ERRORS, flag, recording, recording_form
from earwitness.api.marked_file import MarkedFile, answer_of, marked_answer
from earwitness.api.problems import BadFieldError, KeyNotOfferedError, SchemeNotOfferedError, responses
from earwitness.api.runner import CheckRunner
from earwitness.api.scheme_field import one_scheme
from earwitness.api.settings import Settings
from earwitness.api.uploads import Upload
from earwitness.errors import (
    CannotHoldMarkError,
    CertificateExpiredError,
    KeyFileError,
    KeyRevokedError,
    MarkNotReadBackError,
    MissingDependencyError,
    RecordConflictError,
    RegistryBusyError,
    TargetError,
)
from earwitness.mark_tasks import MarkTask
from earwitness.marks import Strength

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["marks"])

_LONGEST_TEXT = 200

_FORM = recording_form(
    "The recording. Its name's ending tells the format of the answer.",
    {
        "key": {
            "type": "string",
            "description": "Name of a private key that this server offers (EARWITNESS_MARK_KEYS). "
            "Without it the published signpost is put in.",
        },
        "signpost": {
            "type": "boolean",
            "description": "Put the signpost in beside the private key. Default: only without a key.",
        },
        "payload": {
            "type": "integer",
            "minimum": 0,
            "maximum": 4294967295,
            "description": "Record id to carry; drawn at random if left out.",
        },
        "scheme": {
            "type": "string",
            "default": "default",
            "description": "Name of a watermark scheme that this server offers (EARWITNESS_SCHEMES). Those "
            "of others take no key, and no payload or a shorter one.",
        },
        "generator": {
            "type": "string",
            "maxLength": 200,
            "description": 'What made the sound, e.g. "Piper 1.2"; for its record and its credentials.',
        },
        "strength": {"type": "string", "enum": list(Strength), "default": "default"},
        "require": {
            "type": "boolean",
            "default": False,
            "description": "Refuse audio whose mark would be weak, or that carries one of this key already.",
        },
    },
    {"file": "(the bytes of speech.wav)", "strength": "default"},
)
_ANSWER = answer_of("earwitness.mark/1", "keys, record id, p-values of the read-back, warnings")
_ERRORS = responses(
    *UPLOAD_ERRORS,
    TargetError,
    KeyNotOfferedError,
    SchemeNotOfferedError,
    MissingDependencyError,
    KeyRevokedError,
    CannotHoldMarkError,
    MarkNotReadBackError,
    KeyFileError,
    CertificateExpiredError,
    RecordConflictError,
    RegistryBusyError,
)


@router.post(
    "/marks",
    summary="Mark a recording",
    response_class=MarkedFile,
    responses={200: _ANSWER, **_ERRORS},
    openapi_extra=_FORM,
)
async def create_mark(request: Request) -> MarkedFile:
    """Put a mark into a recording; the answer is the file in its own format, tags and all.

    The published signpost says "AI-generated" to everybody and can be forged by anybody; a private key
    attributes. Neither is tamper-proof: somebody with a reader and time can remove a mark.
    """
    runner: CheckRunner = request.app.state.runner
    settings: Settings = request.app.state.settings
    async with recording(request, _FORM) as upload:
        task = _task(upload, settings)
        record = json.loads(await runner.mark(task))
        # Out of the upload's folder, which goes away here, into the server's.
        kept = runner.folder / f"{upload.path.parent.name}-marked{upload.path.suffix}"
        await run_in_threadpool(Path(task.target).replace, kept)
    return marked_answer(kept, _marked_name(upload.name), record)


def _task(upload: Upload, settings: Settings) -> MarkTask:
    fields = upload.fields
    key = fields.get("key", "").strip() or None
    if key is not None and key not in settings.offered_keys:
        raise KeyNotOfferedError(
            f"This server does not mark with a key {key!r}.",
            hint="Its administrator names the keys in EARWITNESS_MARK_KEYS.",
        )
    strength = fields.get("strength", "").strip() or Strength.DEFAULT
    if strength not in list(Strength):
        raise BadFieldError(f"The field 'strength' must be one of {', '.join(Strength)}.")
    return MarkTask(
        path=str(upload.path),
        target=str(upload.path.with_stem("marked")),
        name=upload.name,
        key=key,
        signpost=flag(fields, "signpost"),
        scheme=one_scheme(fields, settings),
        payload=_payload(fields.get("payload", "")),
        strength=strength,
        require=bool(flag(fields, "require")),
        max_seconds=settings.max_seconds,
        record=settings.mark_record,
        registry=settings.registry,
        credentials=settings.mark_credentials,
        generator=_generator(fields.get("generator", "")),
    )


def _generator(text: str) -> str | None:
    if len(text) > _LONGEST_TEXT or not text.isprintable():
        raise BadFieldError(
            f"The field 'generator' must be plain text of at most {_LONGEST_TEXT} characters."
        )
    return text.strip() or None


def _payload(text: str) -> int | None:
    if not text.strip():
        return None
    try:
        payload = int(text, 0)
    except ValueError:
        payload = -1
    if not 0 <= payload < 2**32:
        raise BadFieldError("The field 'payload' must be a whole number from 0 to 4294967295.")
    return payload


def _marked_name(name: str) -> str:
    path = PurePath(name)
    return f"{path.stem}.marked{path.suffix}"
