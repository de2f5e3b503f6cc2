"""core/target.py: the target is whole or untouched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from earwitness.errors import TargetError
from earwitness.target import refuse_target, replacing

not_root = pytest.mark.skipif(
    hasattr(os, "geteuid") and os.geteuid() == 0, reason="the administrator may write everywhere"
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_appears_only_when_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.wav"
    with replacing(target) as aside:
        aside.write_bytes(b"half")
        assert not target.exists()
        assert aside.parent == tmp_path
        assert aside.suffix == ".wav"
        aside.write_bytes(b"whole")
    assert target.read_bytes() == b"whole"
    umask = os.umask(0)
    os.umask(umask)
    assert target.stat().st_mode & 0o777 == 0o666 & ~umask
    assert names(tmp_path) == ["out.wav"]


def interrupted(target: Path, error: type[BaseException]) -> None:
    with replacing(target) as aside:
        aside.write_bytes(b"new")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_an_error_the_old_one_stays(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "out.wav"
    target.write_bytes(b"old")
    with pytest.raises(error):
        interrupted(target, error)
    assert target.read_bytes() == b"old"
    assert names(tmp_path) == ["out.wav"]


def test_an_old_file_keeps_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "out.wav"
    target.write_bytes(b"old")
    target.chmod(0o600)
    with replacing(target) as aside:
        aside.write_bytes(b"new")
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_full_disk_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="disk is full"), replacing(tmp_path / "out.wav"):
        raise OSError(28, "No space left on device")
    assert names(tmp_path) == []


@not_root
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(TargetError, match="cannot be written"), replacing(tmp_path / "out.wav"):
            pass
    finally:
        tmp_path.chmod(0o700)


def test_bad_targets_are_refused_before_any_work(tmp_path: Path) -> None:
    source = tmp_path / "in.wav"
    source.write_bytes(b"x")
    link = tmp_path / "link.wav"
    link.symlink_to(source)
    hard = tmp_path / "hard.wav"
    os.link(source, hard)
    for same in (source, link, hard, tmp_path / "." / "in.wav"):
        with pytest.raises(TargetError, match="the file that is read"):
            refuse_target(same, source)
    with pytest.raises(TargetError, match="is a folder"):
        refuse_target(tmp_path, source)
    with pytest.raises(TargetError, match="mkdir"):
        refuse_target(tmp_path / "none" / "out.wav", source)
    with pytest.raises(TargetError, match="device"):
        refuse_target(Path(os.devnull), source)
    refuse_target(tmp_path / "out.wav", source)
