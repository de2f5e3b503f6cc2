"""Where the bytes come from, and every way in which that fails."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pytest

from earwitness import source as module
from earwitness.errors import (
    EmptyAudioError,
    EncryptedAudioError,
    InputTooLargeError,
    SourceNotFoundError,
    SourceUnreadableError,
    UsageError,
)
from earwitness.source import open_source, readable_again

DATA = b"RIFF" + bytes(range(256)) * 20


class Pipe(io.RawIOBase):
    """Bytes that come once and cannot be sought."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1) -> bytes:
        return self._data.read(size)


class Broken(Pipe):
    """A pipe that breaks."""

    def read(self, size: int = -1) -> bytes:
        if size == 0:
            return b""
        raise OSError("broken")


def test_path(tmp_path: Path) -> None:
    path = tmp_path / "ö sound.wav"
    path.write_bytes(DATA)
    for given in (path, str(path)):
        opened = open_source(given)
        assert (opened.name, opened.size_bytes) == ("ö sound.wav", len(DATA))
        opened.file.seek(7)
        assert opened.sha256() == hashlib.sha256(DATA).hexdigest()
        assert opened.peek(0, 4) == b"RIFF"
        assert opened.file.tell() == 7  # looking does not move
        opened.close()
        assert opened.file.closed


def test_seekable_streams_are_read_from_the_start_and_left_open() -> None:
    stream = io.BytesIO(DATA)
    stream.seek(100)
    opened = open_source(stream, "upload.wav")
    assert (opened.name, opened.size_bytes) == ("upload.wav", len(DATA))
    assert opened.sha256() == hashlib.sha256(DATA).hexdigest()
    opened.close()
    assert not stream.closed


def test_pipes_are_spooled() -> None:
    opened = open_source(Pipe(DATA))  # type: ignore[arg-type]
    assert (opened.name, opened.size_bytes) == ("-", len(DATA))
    assert opened.file.read() == DATA
    assert opened.sha256() == hashlib.sha256(DATA).hexdigest()
    opened.close()


def test_named_pipes_are_spooled(tmp_path: Path) -> None:
    import threading

    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    thread = threading.Thread(target=lambda: fifo.write_bytes(DATA))
    thread.start()
    opened = open_source(fifo)
    thread.join()
    assert opened.size_bytes == len(DATA)
    opened.close()


def test_what_can_be_read_once_is_kept_to_be_read_again(tmp_path: Path) -> None:
    with readable_again(Pipe(DATA), "call.wav") as (again, name):  # type: ignore[arg-type]
        for _ in range(2):
            opened = open_source(again, name)
            assert (opened.name, opened.file.read()) == ("call.wav", DATA)
            opened.close()
    assert again.closed  # type: ignore[union-attr]
    with readable_again(tmp_path / "none.wav") as (same, _):  # whoever opens it says what is wrong
        assert same == tmp_path / "none.wav"


def test_the_limit_holds_for_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPOOL_LIMIT", 1000)
    with pytest.raises(InputTooLargeError), readable_again(Pipe(DATA)):  # type: ignore[arg-type]
        pass


def test_endless_pipes_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPOOL_LIMIT", 1000)
    with pytest.raises(InputTooLargeError, match="pipe"):
        open_source(Pipe(DATA))  # type: ignore[arg-type]


def test_a_broken_pipe_is_told() -> None:
    with pytest.raises(SourceUnreadableError, match="reading failed: broken"):
        open_source(Broken(b""))  # type: ignore[arg-type]


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match=r"missing\.wav: no such file"):
        open_source(tmp_path / "missing.wav")
    (tmp_path / "file").write_bytes(DATA)
    with pytest.raises(SourceNotFoundError):
        open_source(tmp_path / "file" / "below.wav")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadableError, match="is a folder"):
        open_source(tmp_path)


def test_device() -> None:
    with pytest.raises(SourceUnreadableError, match="is a device"):
        open_source("/dev/zero")


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.wav"
    path.write_bytes(DATA)
    path.chmod(0)
    if os.access(path, os.R_OK):  # root reads everything: let the system call say no

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceUnreadableError, match=r"secret\.wav: cannot be opened \(Permission denied\)"):
        open_source(path)


def test_impossible_names() -> None:
    with pytest.raises(SourceUnreadableError):
        open_source("a\0b.wav")


@pytest.mark.parametrize("url", ["https://example.org/a.wav", "s3://bucket/a.mp3"])
def test_urls_are_refused_with_a_hint(url: str) -> None:
    with pytest.raises(UsageError, match="Download the file"):
        open_source(url)


def test_zero_bytes(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    path.touch()
    with pytest.raises(EmptyAudioError, match=r"empty\.wav: the file has zero bytes"):
        open_source(path)
    with pytest.raises(EmptyAudioError):
        open_source(Pipe(b""))  # type: ignore[arg-type]


def test_audible_books_are_protected() -> None:
    with pytest.raises(EncryptedAudioError, match="DRM"):
        open_source(io.BytesIO(b"\x00\x00\x00\x24ftypaax " + bytes(100)))


def test_protected_windows_media() -> None:
    """A header object that holds a Content Encryption object."""
    encryption = bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e") + (24).to_bytes(8, "little")
    magic = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
    size = 30 + len(encryption)
    header = magic + size.to_bytes(8, "little") + (1).to_bytes(4, "little") + b"\x01\x02" + encryption
    with pytest.raises(EncryptedAudioError, match="protected"):
        open_source(io.BytesIO(header + bytes(5000)))
