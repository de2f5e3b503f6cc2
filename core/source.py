"""The bytes as they came in: opened once, hashed in small pieces, spooled to disk when they cannot seek."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from earwitness.errors import (
    EmptyAudioError,
    EncryptedAudioError,
    InputTooLargeError,
    NotAudioError,
    SourceNotFoundError,
    SourceUnreadableError,
    UsageError,
)

__all__ = ["Source", "open_source", "readable_again"]

_PIECE = 1 << 20  # bytes read at a time
_SPOOL_IN_MEMORY = 8 << 20  # bytes of a pipe kept in memory before a temporary file takes over
SPOOL_LIMIT = 16 << 30  # bytes taken from a pipe: 12 h of 48-kHz stereo PCM is 8 GB; more fills the disk
_HEAD = 4096  # bytes looked at to tell what a file is

_URL = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]+://")

# Things people drop on an audio tool by mistake, told by their first bytes, so that the error can name
# them and FFmpeg's guessing never finds "MP3 frames" inside a picture.
_NOT_AUDIO: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a bitmap picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"8BPS", "a Photoshop picture"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"PK\x05\x06", "a ZIP archive or an office document"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3\x00", "a database"),
)
_ARCHIVES = ("archive", "office")

# ASF objects that announce protected content: Content Encryption, Extended and Advanced Content Encryption.
_ASF_MAGIC = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_PROTECTION = (
    bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e"),
    bytes.fromhex("14e68a292226174cb935dae07ee9289c"),
    bytes.fromhex("b69b077a a4da124e a5ca91d38dc11a8d".replace(" ", "")),
)
_ASF_HEADER = 1 << 16


@dataclass(slots=True)
class Source:
    """Readable, seekable bytes with a name for messages. Close it (only closes what it opened itself)."""

    file: IO[bytes]
    name: str
    size_bytes: int
    _owned: bool
    _sha256: str | None = None

    def sha256(self) -> str:
        """Hex digest of all bytes, read in pieces; the reading position stays where it was."""
        if self._sha256 is None:
            at = self.file.tell()
            digest = hashlib.sha256()
            try:
                self.file.seek(0)
                while piece := self.file.read(_PIECE):
                    digest.update(piece)
            except OSError as error:
                raise SourceUnreadableError(f"reading failed: {error}.", subject=self.name) from error
            self._sha256 = digest.hexdigest()
            self.file.seek(at)
        return self._sha256

    def peek(self, start: int, count: int) -> bytes:
        """Up to ``count`` bytes from ``start`` on; the reading position stays where it was."""
        at = self.file.tell()
        try:
            self.file.seek(start)
            return self.file.read(count)
        except OSError as error:
            raise SourceUnreadableError(f"reading failed: {error}.", subject=self.name) from error
        finally:
            self.file.seek(at)

    def close(self) -> None:
        """Close the file if it was opened here."""
        if self._owned:
            self.file.close()


def open_source(source: str | os.PathLike[str] | BinaryIO, name: str | None = None) -> Source:
    """Open a path or a binary stream. A seekable stream is read from its beginning, a pipe is spooled.

    Raises SourceNotFoundError, SourceUnreadableError, UsageError (a URL, a text stream),
    InputTooLargeError (endless pipe), EmptyAudioError (zero bytes), NotAudioError and
    EncryptedAudioError (told by the first bytes).
    """
    if isinstance(source, str | os.PathLike):  # noqa: SIM108 - one line would be too long
        opened = _open_path(source, name)
    else:
        opened = _open_stream(source, name)
    try:
        _reject_by_content(opened)
    except BaseException:
        opened.close()
        raise
    return opened


@contextlib.contextmanager
def readable_again(
    source: str | os.PathLike[str] | BinaryIO, name: str | None = None
) -> Iterator[tuple[str | os.PathLike[str] | BinaryIO, str | None]]:
    """What to open instead of ``source``, as often as need be, and what to call it.

    A pipe, by path or as a stream, gives its bytes only once: they are spooled before anybody else reads.
    All else stays what it is: a path leads to the side-car beside the file. Raises as ``open_source``.
    """
    if not _gives_once(source):
        yield source, name
        return
    opened = open_source(source, name)
    try:
        yield cast(BinaryIO, opened.file), opened.name
    finally:
        opened.close()


def _gives_once(source: str | os.PathLike[str] | BinaryIO) -> bool:
    if isinstance(source, str | os.PathLike):
        try:
            return stat.S_ISFIFO(Path(source).stat().st_mode)
        except (OSError, ValueError):  # opening it says what is wrong
            return False
    return hasattr(source, "seekable") and not source.seekable()


def _open_path(source: str | os.PathLike[str], name: str | None) -> Source:
    text = os.fspath(source)
    if _URL.match(text):
        raise UsageError("URLs are not fetched.", subject=text, hint="Download the file and give its path.")
    path = Path(text)
    label = name or path.name or text
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise SourceUnreadableError("is a folder.", subject=text, hint="Give a file, or use `scan`.")
        if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
            raise SourceUnreadableError("is a device, not a file.", subject=text, hint="Give a file.")
        file = path.open("rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SourceNotFoundError("no such file.", subject=text, hint="Check the path.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SourceUnreadableError(
            f"cannot be opened ({reason}).", subject=text, hint="Check its permissions."
        ) from error
    if stat.S_ISREG(mode):
        return Source(file, label, path.stat().st_size, True)
    with file:
        return _spool(file, label)


def _open_stream(source: BinaryIO, name: str | None) -> Source:
    own_name = getattr(source, "name", None)
    label = name or (Path(own_name).name if isinstance(own_name, str) else "") or "-"
    if not hasattr(source, "read") or isinstance(source.read(0), str):
        raise UsageError("a binary stream is needed.", subject=label, hint="Open the file with mode 'rb'.")
    if not source.seekable():
        return _spool(source, label)
    try:
        size = source.seek(0, os.SEEK_END)
        source.seek(0)
    except (OSError, ValueError) as error:
        raise SourceUnreadableError(f"reading failed: {error}.", subject=label) from error
    return Source(source, label, size, False)


def _spool(stream: IO[bytes], label: str) -> Source:
    """Copy what cannot seek to a temporary file, hashing on the way."""
    digest = hashlib.sha256()
    # Closed by Source.close(); a with-block would close it too early.
    spool: Any = tempfile.SpooledTemporaryFile(max_size=_SPOOL_IN_MEMORY)  # noqa: SIM115
    size = 0
    try:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > SPOOL_LIMIT:
                raise InputTooLargeError(
                    f"more than {SPOOL_LIMIT >> 30} GB came through the pipe.",
                    subject=label,
                    hint="Save it as a file.",
                )
            digest.update(piece)
            spool.write(piece)
        spool.seek(0)
    except OSError as error:
        spool.close()
        raise SourceUnreadableError(f"reading failed: {error}.", subject=label) from error
    except BaseException:
        spool.close()
        raise
    return Source(cast(IO[bytes], spool), label, size, True, digest.hexdigest())


def _reject_by_content(source: Source) -> None:
    if source.size_bytes == 0:
        raise EmptyAudioError(
            "the file has zero bytes.", subject=source.name, hint="Copy or download it again."
        )
    head = source.peek(0, _HEAD)
    hint = "Give an audio or video file."
    for magic, what in _NOT_AUDIO:
        if head.startswith(magic):
            if any(word in what for word in _ARCHIVES):
                hint = "Unpack it and give the recording."
            raise NotAudioError(f"this is {what}, not audio.", subject=source.name, hint=hint)
    if _is_text(head):
        raise NotAudioError("this is text, not audio.", subject=source.name, hint=hint)
    _reject_protected(source, head)


def _is_text(head: bytes) -> bool:
    """True when the first bytes are plain text (but not NIST SPHERE: audio with a text head)."""
    if head.startswith(b"NIST_1A"):
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\x00" in head:  # UTF-16 with its byte-order mark
        try:
            text = head[: len(head) & ~1].decode("utf-16")
        except UnicodeDecodeError:
            return False
    else:
        try:
            text = head.decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start < len(head) - 3:  # not merely a character cut in two at the end of the piece
                return False
            text = head[: error.start].decode("utf-8")
    return all(char.isprintable() or char in "\r\n\t\f\ufeff" for char in text)


def _reject_protected(source: Source, head: bytes) -> None:
    protected = head[4:8] == b"ftyp" and head[8:11] == b"aax"
    if head.startswith(_ASF_MAGIC):
        header = source.peek(0, _ASF_HEADER)
        header_size = int.from_bytes(header[16:24], "little")
        protected = any(mark in header[:header_size] for mark in _ASF_PROTECTION)
    if protected:
        raise EncryptedAudioError(
            "the sound is protected (DRM).", subject=source.name, hint="Give an unprotected copy."
        )
