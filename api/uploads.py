"""Takes a multipart upload to a temporary file while it streams in, counting every byte."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from earwitness.api.problems import (
    BadFieldError,
    BadUploadError,
    UnsupportedMediaTypeError,
    UploadTimeoutError,
)
from earwitness.errors import InputTooLargeError

__all__ = ["MOST_NAMED", "Upload", "receive_upload"]

FORM_OVERHEAD_BYTES = 64 * 1024  # part headers, boundaries and small fields beside the file
MAX_FIELD_BYTES = 1024
MAX_PARTS = 16
MAX_NAME = 255
MOST_NAMED = 60  # characters of a name of the client's that a message repeats
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A form that came in whole.

    path: the file's bytes, on this machine. name: what the client calls it, without folders.
    fields: the other form fields.
    """

    path: Path
    name: str
    fields: dict[str, str]


@asynccontextmanager
async def receive_upload(
    request: Request, *, max_bytes: int, timeout_s: float, folder: Path, known: tuple[str, ...]
) -> AsyncIterator[Upload]:
    """The upload of a request with the form field ``file``; its file is gone when the context ends.

    known: names of all fields that are read, ``file`` among them.
    Raises UnsupportedMediaTypeError, InputTooLargeError (counted, whatever Content-Length says),
    UploadTimeoutError, BadUploadError and BadFieldError.
    """
    boundary = _boundary(request)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes + FORM_OVERHEAD_BYTES:
        raise _too_large(max_bytes)
    place = Path(await run_in_threadpool(tempfile.mkdtemp, prefix="upload-", dir=folder))
    form = _Form(place, max_bytes, known)
    try:
        try:
            async with asyncio.timeout(timeout_s):
                await _read_body(request, boundary, form)
        except TimeoutError:
            raise UploadTimeoutError(f"The upload did not arrive within {timeout_s:g} s.") from None
        finally:
            form.close()
        yield form.upload()
    finally:
        await asyncio.shield(run_in_threadpool(shutil.rmtree, place, ignore_errors=True))


async def _read_body(request: Request, boundary: bytes, form: _Form) -> None:
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": form.on_part_begin,
            "on_part_data": form.on_part_data,
            "on_part_end": form.on_part_end,
            "on_header_field": form.on_header_field,
            "on_header_value": form.on_header_value,
            "on_header_end": form.on_header_end,
            "on_headers_finished": form.on_headers_finished,
            "on_end": form.on_end,
        },
    )
    received = 0
    try:
        async for chunk in request.stream():
            received += len(chunk)
            if received > form.max_bytes + FORM_OVERHEAD_BYTES:
                raise _too_large(form.max_bytes)
            if chunk:
                await run_in_threadpool(parser.write, chunk)
        parser.finalize()
    except FormParserError as error:
        raise BadUploadError(f"The form is malformed: {error}.") from None
    except ClientDisconnect:
        raise BadUploadError("The connection was closed before the upload was complete.") from None
    if not form.ended:
        raise BadUploadError("The form ends early: its closing boundary is missing.")


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind.lower() != b"multipart/form-data" or not options.get(b"boundary"):
        raise UnsupportedMediaTypeError(
            "Send the recording as multipart/form-data in the field 'file'.",
            hint="For example: curl -F file=@call.wav URL/v1/checks",
        )
    return options[b"boundary"]


def _too_large(max_bytes: int) -> InputTooLargeError:
    return InputTooLargeError(f"The upload is larger than the limit of {max_bytes:,} bytes.")


@dataclass(slots=True)
class _Form:
    """Receives the parser's events: the file part goes to disk, small fields to memory."""

    place: Path
    max_bytes: int
    known: tuple[str, ...]
    ended: bool = False
    _file: BinaryIO | None = None
    _name: str | None = None
    _path: Path | None = None
    _size: int = 0
    _parts: int = 0
    _fields: dict[str, str] = field(default_factory=dict)
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _header: tuple[bytearray, bytearray] = field(default_factory=lambda: (bytearray(), bytearray()))
    _field: str | None = None
    _value: bytearray = field(default_factory=bytearray)

    def on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise BadUploadError(f"The form has more than {MAX_PARTS} parts.")
        self._headers, self._header = {}, (bytearray(), bytearray())
        self._field, self._value = None, bytearray()

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def on_header_end(self) -> None:
        self._headers[bytes(self._header[0]).lower()] = bytes(self._header[1])
        self._header = (bytearray(), bytearray())

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._field = options.get(b"name", b"").decode("utf-8", "replace")
        if self._field not in self.known:
            raise self._unknown(options)
        if self._field != "file":
            return
        if self._path is not None:
            raise BadFieldError("The field 'file' is there twice.", hint="Send one recording a request.")
        self._name = _file_name(options.get(b"filename", b""))
        # The suffix helps formats without a signature (raw G.711); the rest of the name is ours.
        suffix = PurePosixPath(self._name).suffix
        self._path = self.place / f"recording{suffix if _SUFFIX.fullmatch(suffix) else ''}"
        self._file = self._path.open("xb")

    def _unknown(self, options: dict[bytes, bytes]) -> BadFieldError:
        """A field that nobody reads would be taken for one that counted, or is the recording's by mistake."""
        name = (self._field or "")[:MOST_NAMED]
        if b"filename" in options and self._path is None:
            return BadFieldError(
                f"The field 'file' is missing: a file came in the field '{name}'.",
                hint="Send the recording in the field 'file'.",
            )
        return BadFieldError(f"There is no field '{name}'.", hint=f"Fields: {', '.join(self.known)}.")

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._field == "file" and self._file is not None:
            self._size += end - start
            if self._size > self.max_bytes:
                raise _too_large(self.max_bytes)
            self._file.write(data[start:end])
            return
        self._value.extend(data[start:end])
        if len(self._value) > MAX_FIELD_BYTES:
            raise BadFieldError(f"The field '{self._field}' is longer than {MAX_FIELD_BYTES} bytes.")

    def on_part_end(self) -> None:
        if self._field == "file":
            self.close()
        elif self._field:
            self._fields[self._field] = self._value.decode("utf-8", "replace")

    def on_end(self) -> None:
        self.ended = True

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def upload(self) -> Upload:
        if self._path is None or self._name is None:
            raise BadFieldError("The field 'file' is missing.", hint="Send the recording in it.")
        return Upload(self._path, self._name, self._fields)


def _file_name(raw: bytes) -> str:
    """The client's file name as a label: no folders, never used as a path."""
    text = raw.decode("utf-8", "replace")
    name = PureWindowsPath(PurePosixPath(text).name).name.replace("\x00", "")
    return name[-MAX_NAME:] or "upload"
