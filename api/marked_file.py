"""Answers that are a marked file: the bytes, their record in a header, and nothing left behind."""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path, PurePath
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

__all__ = ["PAYLOAD_HEADER", "RECORD_HEADER", "MarkedFile", "answer_of", "marked_answer"]

RECORD_HEADER = "EarWitness-Record"
PAYLOAD_HEADER = "EarWitness-Payload"
_LONGEST_HEADER = 6000  # bytes; servers and proxies refuse 8 kB and more


class MarkedFile(FileResponse):
    """A file that is gone once it was sent, or the client has left."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, then remove it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await run_in_threadpool(Path(self.path).unlink, missing_ok=True)


def marked_answer(path: Path, filename: str, record: dict[str, Any]) -> MarkedFile:
    """The answer that sends ``path`` as ``filename``. record: JSON types, with ``file`` and ``marks``."""
    return MarkedFile(
        path,
        media_type=mimetypes.guess_type(PurePath(filename).name)[0] or "application/octet-stream",
        filename=filename,
        headers={"Cache-Control": "no-store", **_headers(record)},
    )


def answer_of(schema: str, about: str) -> dict[str, Any]:
    """OpenAPI's description of such an answer. schema: of the record; about: what it tells."""
    return {
        "description": "The marked file, read back and verified before it was sent",
        "content": {"audio/*": {"schema": {"type": "string", "format": "binary"}}},
        "headers": {
            PAYLOAD_HEADER: {
                "description": "The record id that the mark carries, decimal; left out for schemes "
                "without one.",
                "schema": {"type": "integer"},
            },
            RECORD_HEADER: {
                "description": f"The record ({schema}) as JSON in ASCII, without the files' tags: {about}.",
                "schema": {"type": "string"},
            },
        },
    }


def _headers(record: dict[str, Any]) -> dict[str, str]:
    for part in ("source", "file"):
        if part in record:
            record[part]["tags"] = {}
    text = json.dumps(record, separators=(",", ":"))
    if len(text) > _LONGEST_HEADER:
        record["warnings"] = []
        text = json.dumps(record, separators=(",", ":"))
    payload = record["marks"][0]["payload"]  # None where the scheme carries none
    return {RECORD_HEADER: text} | ({} if payload is None else {PAYLOAD_HEADER: str(payload)})
