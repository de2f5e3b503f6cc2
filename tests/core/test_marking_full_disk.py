"""core/marking.py on a full disk, or in a folder that takes nothing: one clear error, nothing left."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import TargetError
from earwitness.marking import mark
from earwitness.provenance.keys import KeyRing

Sound = Callable[..., np.ndarray]
pytestmark = pytest.mark.usefixtures("fake_scheme")


@pytest.mark.parametrize(
    ("name", "container", "codec", "limit"),
    [
        ("a.wav", "wav", "pcm_s16le", 30_000),
        ("a.wav", "wav", "pcm_s16le", 0),
        ("a.flac", "flac", "flac", 20_000),
        ("a.m4a", "ipod", "aac", 10_000),
        ("a.mp3", "mp3", "libmp3lame", 8_000),
        ("a.mka", "matroska", "pcm_s16le", 100_000),
    ],
)
def test_a_full_disk_leaves_nothing(
    place: Callable[..., Path], ring: KeyRing, tmp_path: Path, name: str, container: str, codec: str,
    limit: int,
) -> None:  # fmt: skip
    source = place(name, container, codec)
    before = source.read_bytes()
    with full_disk(limit), pytest.raises(TargetError, match=rf"b\{source.suffix}"):
        mark(source, tmp_path / f"b{source.suffix}", keys=ring)
    assert source.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [name, "keys"]


@pytest.mark.parametrize(("ending", "form", "limit"), [("ogg", "VORBIS", 5_000), ("wav", "GSM610", 3_000)])
def test_a_full_disk_under_libsndfile_too(
    ring: KeyRing, tmp_path: Path, speech_like: Sound, ending: str, form: str, limit: int
) -> None:
    import soundfile

    source = tmp_path / f"a.{ending}"
    soundfile.write(source, speech_like(4.0, 8000, 0.3), 8000, subtype=form)
    with full_disk(limit), pytest.raises(TargetError, match=rf"b\.{ending}"):
        mark(source, tmp_path / f"b.{ending}", keys=ring)
    assert sorted(path.name for path in tmp_path.iterdir()) == [source.name, "keys"]


@contextlib.contextmanager
def full_disk(limit: int) -> Iterator[None]:
    """The system refuses to let files grow beyond ``limit`` bytes, as a full disk does."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


def test_a_folder_that_takes_no_file(
    place: Callable[..., Path], ring: KeyRing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = place("a.wav", "wav", "pcm_s16le")

    def refused(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refused)
    with pytest.raises(TargetError, match=r"b\.wav: cannot be written: Permission denied"):
        mark(source, tmp_path / "b.wav", keys=ring)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "keys"]
