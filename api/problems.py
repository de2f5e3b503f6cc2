"""Every error as ``application/problem+json`` (RFC 9457), also those of the framework."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earwitness.errors import EarWitnessError, ServerBusyError

__all__ = [
    "PROBLEM_TYPE",
    "BadFieldError",
    "BadUploadError",
    "GeneratorNotOfferedError",
    "KeyNotOfferedError",
    "NotReadyError",
    "Problem",
    "QueryTooLongError",
    "SchemeNotOfferedError",
    "UnsupportedMediaTypeError",
    "UploadTimeoutError",
    "install",
    "responses",
]

PROBLEM_TYPE = "application/problem+json"
RETRY_AFTER_S = 2

log = logging.getLogger("earwitness.api")


class Problem(BaseModel):
    """What an error response says."""

    type: str = Field(examples=["urn:earwitness:problem:not-audio"])
    """Stable identifier of the kind of problem; ``about:blank`` when the status says it all."""
    title: str = Field(examples=["This is not an audio file"])
    status: int = Field(examples=[415])
    detail: str = Field(
        examples=["letter.pdf: this is a PDF document, not audio. Give an audio or video file."]
    )
    instance: str = Field(examples=["urn:uuid:5d0f0b2e-6f0e-4f43-9f4f-0a4c2a1f7b11"])
    """Identifier of this one occurrence; the server's log has the same one for its own failures."""


class BadUploadError(EarWitnessError):
    """The body is no well-formed multipart form."""

    http_status = 400
    slug = "bad-upload"
    title = "The upload cannot be read"


class UploadTimeoutError(EarWitnessError):
    """The body did not arrive in time."""

    http_status = 408
    slug = "upload-timeout"
    title = "The upload took too long"


class UnsupportedMediaTypeError(EarWitnessError):
    """The request body is of another media type than this route takes."""

    http_status = 415
    slug = "unsupported-media-type"
    title = "The request has another media type than is taken here"


class BadFieldError(EarWitnessError):
    """A form field is missing or has a value that makes no sense."""

    http_status = 422
    slug = "bad-field"
    title = "A form field is missing or wrong"


class QueryTooLongError(EarWitnessError):
    """A value in the address is longer than one that should be sent that way."""

    http_status = 414
    slug = "query-too-long"
    title = "The query is too long"


class KeyNotOfferedError(EarWitnessError):
    """A private key that requests may not mark with, whether the server has it or not."""

    http_status = 403
    slug = "key-not-offered"
    title = "The server does not mark with this key"


class SchemeNotOfferedError(EarWitnessError):
    """A watermark scheme that requests may not ask for, whether the server has it or not."""

    http_status = 403
    slug = "scheme-not-offered"
    title = "The server does not offer this watermark scheme"


class GeneratorNotOfferedError(EarWitnessError):
    """A speech generator that requests may not ask for, whether the server has it or not."""

    http_status = 403
    slug = "generator-not-offered"
    title = "The server does not offer this generator"


class NotReadyError(EarWitnessError):
    """The models are still being loaded."""

    http_status = 503
    slug = "not-ready"
    title = "The server is not ready"


def responses(*errors: type[EarWitnessError]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI descriptions of these errors, for a route's ``responses``."""
    table: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        entry = table.setdefault(
            error.http_status,
            {"description": "", "content": {PROBLEM_TYPE: {"schema": _PROBLEM_REFERENCE}}},
        )
        entry["description"] = "; ".join(filter(None, (entry["description"], error.title)))
    return table


_PROBLEM_REFERENCE = {"$ref": "#/components/schemas/Problem"}


def install(app: FastAPI) -> None:
    """Make ``app`` answer all errors as problems."""
    app.add_exception_handler(EarWitnessError, _on_our_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_middleware(_LastResort)


def _answer(
    status: int, detail: str, *, kind: str = "about:blank", title: str | None = None,
    instance: str | None = None, headers: Mapping[str, str] | None = None,
) -> JSONResponse:  # fmt: skip
    problem = Problem(
        type=kind,
        title=title or HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=instance or uuid.uuid4().urn,
    )
    return JSONResponse(problem.model_dump(), status, headers, media_type=PROBLEM_TYPE)


async def _on_our_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, EarWitnessError)
    headers = {}
    if isinstance(error, ServerBusyError | NotReadyError):
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if isinstance(error, UploadTimeoutError):
        headers["Connection"] = "close"
    instance = uuid.uuid4().urn
    if error.http_status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s: %s", instance, type(error).__name__)
    return _answer(
        error.http_status,
        str(error),
        kind=f"urn:earwitness:problem:{error.slug}",
        title=error.title,
        instance=instance,
        headers=headers,
    )


async def _on_validation_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    detail = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
    return _answer(
        422, detail, kind=f"urn:earwitness:problem:{BadFieldError.slug}", title=BadFieldError.title
    )


async def _on_http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    details = {
        404: f"There is nothing at {request.url.path}.",
        405: f"{request.method} is not possible at {request.url.path}.",
    }
    return _answer(
        error.status_code, details.get(error.status_code, str(error.detail)), headers=error.headers
    )


class _LastResort:
    """Turns what nobody caught into a 500 problem.

    Only the error's class is logged: a message or a trace could hold content of a recording.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 (the last one to catch it)
            instance = uuid.uuid4().urn
            log.error("%s: unexpected %s", instance, type(error).__name__)
            if not started:
                detail = "An unexpected failure; the server's log has it under this instance."
                await _answer(500, detail, instance=instance)(scope, receive, send)
