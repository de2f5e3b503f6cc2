"""Takes request bodies that are no forms, counting each byte: recordings to a file, small texts to memory."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from earwitness.api.problems import BadUploadError, UnsupportedMediaTypeError, UploadTimeoutError
from earwitness.errors import InputTooLargeError

__all__ = ["media_kind", "receive_file", "receive_small"]


def media_kind(request: Request) -> str:
    """The media type of the body in lower case, without parameters; "" when none is named."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


@asynccontextmanager
async def receive_file(
    request: Request, *, max_bytes: int, timeout_s: float, folder: Path
) -> AsyncIterator[Path]:
    """The recording that is the body of a request, as a file that is gone when the context ends.

    Raises UnsupportedMediaTypeError, InputTooLargeError (counted, whatever Content-Length says),
    UploadTimeoutError and BadUploadError.
    """
    if not media_kind(request).startswith(("audio/", "video/", "application/")):
        raise UnsupportedMediaTypeError(
            "Send the recording itself as the body.",
            hint="For example: curl -H 'Content-Type: audio/mpeg' --data-binary @call.mp3 URL",
        )
    _refuse_announced(request, max_bytes)
    place = Path(await run_in_threadpool(tempfile.mkdtemp, prefix="upload-", dir=folder))
    try:
        path = place / "recording"
        with path.open("xb") as file:
            async for chunk in _chunks(request, max_bytes, timeout_s):
                await run_in_threadpool(file.write, chunk)
        yield path
    finally:
        await asyncio.shield(run_in_threadpool(shutil.rmtree, place, ignore_errors=True))


async def receive_small(request: Request, *, max_bytes: int, timeout_s: float) -> bytes:
    """A body that fits into memory. Raises InputTooLargeError, UploadTimeoutError and BadUploadError."""
    _refuse_announced(request, max_bytes)
    return b"".join([chunk async for chunk in _chunks(request, max_bytes, timeout_s)])


async def _chunks(request: Request, max_bytes: int, timeout_s: float) -> AsyncIterator[bytes]:
    received = 0
    body = request.stream()
    deadline = asyncio.get_running_loop().time() + timeout_s
    try:
        while True:
            # Around each wait and not around the whole: what is done with a chunk is not the client's time.
            async with asyncio.timeout_at(deadline):
                chunk = await anext(body, None)
            if chunk is None:
                return
            received += len(chunk)
            if received > max_bytes:
                raise _too_large(max_bytes)
            if chunk:
                yield chunk
    except TimeoutError:
        raise UploadTimeoutError(f"The body did not arrive within {timeout_s:g} s.") from None
    except ClientDisconnect:
        raise BadUploadError("The connection was closed before the body was complete.") from None


def _refuse_announced(request: Request, max_bytes: int) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise _too_large(max_bytes)


def _too_large(max_bytes: int) -> InputTooLargeError:
    return InputTooLargeError(f"The body is larger than the limit of {max_bytes:,} bytes.")
