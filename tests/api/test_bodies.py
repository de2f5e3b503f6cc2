"""api/bodies.py: bodies that stall, break off or lie about their length (the rest: test_resolution.py)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from earwitness.api.bodies import media_kind, receive_file, receive_small
from earwitness.api.problems import BadUploadError, UnsupportedMediaTypeError, UploadTimeoutError
from earwitness.errors import InputTooLargeError


def request(messages: Sequence[dict[str, Any]], **headers: str) -> Request:
    """A request whose body comes in these messages; after the last one nothing more ever comes."""
    left = list(messages)

    async def receive() -> dict[str, Any]:
        if not left:
            await asyncio.sleep(60)
        return left.pop(0)

    names = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": names}, receive)


def chunk(body: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def small(wanted: Request) -> bytes:
    return asyncio.run(receive_small(wanted, max_bytes=10, timeout_s=0.3))


def test_small_bodies() -> None:
    assert small(request([chunk(b"ab"), chunk(b""), chunk(b"cd", more=False)])) == b"abcd"
    with pytest.raises(InputTooLargeError, match="10 bytes"):
        small(request([chunk(b"abcdef"), chunk(b"abcdef")]))
    with pytest.raises(InputTooLargeError):
        small(request([], content_length="11"))
    with pytest.raises(UploadTimeoutError):
        small(request([chunk(b"ab")]))
    with pytest.raises(BadUploadError, match="closed"):
        small(request([chunk(b"ab"), {"type": "http.disconnect"}]))


@pytest.mark.parametrize("rest", [[chunk(b"", more=False)], [{"type": "http.disconnect"}], []])
def test_files_are_gone_afterwards(tmp_path: Path, rest: list[dict[str, Any]]) -> None:
    wanted = request([chunk(b"abc"), *rest], content_type="Audio/WAV; x=1")
    assert media_kind(wanted) == "audio/wav"

    async def take() -> bytes:
        async with receive_file(wanted, max_bytes=10, timeout_s=0.3, folder=tmp_path) as path:
            return path.read_bytes()

    if rest and rest[0]["type"] == "http.request":
        assert asyncio.run(take()) == b"abc"
    else:
        with pytest.raises((BadUploadError, UploadTimeoutError)):
            asyncio.run(take())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["", "text/plain", "image/png", "multipart/form-data; boundary=x"])
def test_other_kinds_are_refused_before_they_are_read(tmp_path: Path, kind: str) -> None:
    async def take() -> None:
        async with receive_file(request([], content_type=kind), max_bytes=10, timeout_s=9, folder=tmp_path):
            pass

    with pytest.raises(UnsupportedMediaTypeError, match="data-binary"):
        asyncio.run(take())
