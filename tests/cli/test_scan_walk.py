"""What a scan finds, in which order, and what it survives."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from earwitness.cli.scan_walk import WalkOptions, display_name, walk

MEDIA = b"ID3 audio"
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file systems")


def lay(root: Path, *names: str, content: bytes = MEDIA) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def found(root: Path, options: WalkOptions | None = None) -> list[str]:
    candidates = list(walk([str(root)], options or WalkOptions()))
    return [os.path.relpath(candidate.path, root) for candidate in candidates]


def test_sorted_depth_first_and_the_same_every_time(tmp_path: Path) -> None:
    lay(tmp_path, "b/2.wav", "b/10.wav", "a.wav", "c.wav", "b/a/x.wav", "B.wav")
    expected = ["B.wav", "a.wav", "b/10.wav", "b/2.wav", "b/a/x.wav", "c.wav"]
    assert found(tmp_path) == expected
    assert found(tmp_path) == expected


def test_content_decides_and_the_rest_is_counted(tmp_path: Path) -> None:
    lay(tmp_path, "audio_without_extension", "named.wav")
    lay(tmp_path, "text.txt", "noext", content=b"words")
    lay(tmp_path, "broken.mp3", "empty.ogg", content=b"")
    options = WalkOptions()
    assert found(tmp_path, options) == ["audio_without_extension", "broken.mp3", "empty.ogg", "named.wav"]
    assert options.skipped == 2
    assert len(found(tmp_path, WalkOptions(all_files=True))) == 6


def test_hidden_names_only_when_asked(tmp_path: Path) -> None:
    lay(tmp_path, ".hidden.wav", ".folder/a.wav", "b.wav")
    assert found(tmp_path) == ["b.wav"]
    assert found(tmp_path, WalkOptions(hidden=True)) == [".folder/a.wav", ".hidden.wav", "b.wav"]


def test_names_are_the_folder_as_given_plus_the_path_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, "calls/x/a.wav", "b.wav")
    monkeypatch.chdir(tmp_path)
    names = [candidate.name for candidate in walk(["./calls/", "b.wav"], WalkOptions())]
    assert names == ["calls/x/a.wav", "b.wav"]
    assert [candidate.name for candidate in walk(["."], WalkOptions())] == ["b.wav", "calls/x/a.wav"]


def test_size_and_time_are_noted(tmp_path: Path) -> None:
    lay(tmp_path, "a.wav")
    (candidate,) = walk([str(tmp_path)], WalkOptions())
    facts = (tmp_path / "a.wav").stat()
    assert (candidate.size, candidate.mtime_ns) == (facts.st_size, facts.st_mtime_ns)


@posix
def test_links_to_folders_are_entered_only_when_asked_and_once(tmp_path: Path) -> None:
    lay(tmp_path, "real/a.wav")
    (tmp_path / "real" / "loop").symlink_to(tmp_path)
    (tmp_path / "alias").symlink_to(tmp_path / "real")
    (tmp_path / "file_link.wav").symlink_to(tmp_path / "real" / "a.wav")
    assert found(tmp_path) == ["file_link.wav", "real/a.wav"]
    assert found(tmp_path, WalkOptions(follow_links=True)) == ["alias/a.wav", "file_link.wav"]


@posix
def test_pipes_do_not_block_and_broken_links_are_errors(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "gone.wav").symlink_to(tmp_path / "nowhere")
    (candidate,) = walk([str(tmp_path)], WalkOptions())
    assert candidate.name.endswith("gone.wav")
    assert candidate.error is not None
    assert "No such file" in candidate.error


@posix
def test_a_name_that_is_no_unicode_gets_a_readable_one(tmp_path: Path) -> None:
    raw = os.path.join(os.fsencode(tmp_path), b"caf\xe9.wav")  # noqa: PTH118 (bytes)
    with open(raw, "wb") as file:  # noqa: PTH123
        file.write(MEDIA)
    (candidate,) = walk([str(tmp_path)], WalkOptions())
    assert candidate.name.endswith("caf\\xe9.wav")
    candidate.name.encode()
    assert Path(candidate.path).read_bytes() == MEDIA


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_read_is_an_error_and_the_walk_goes_on(tmp_path: Path) -> None:
    lay(tmp_path, "a.wav", "closed/b.wav", "z.wav")
    (tmp_path / "a.wav").chmod(0)
    (tmp_path / "closed").chmod(0)
    candidates = list(walk([str(tmp_path)], WalkOptions()))
    (tmp_path / "closed").chmod(0o700)
    assert [candidate.error is None for candidate in candidates] == [False, False, True]


def test_a_folder_that_disappears_during_the_walk_is_an_error(tmp_path: Path) -> None:
    lay(tmp_path, "a.wav", "b/c.wav", "d.wav")
    candidates = walk([str(tmp_path)], WalkOptions())
    seen = [next(candidates)]
    (tmp_path / "b" / "c.wav").unlink()
    (tmp_path / "b").rmdir()
    seen += candidates
    assert [candidate.error is None for candidate in seen] == [True, False, True]


def test_display_name_normalises() -> None:
    assert display_name("./a//b/../c.wav") == "a/c.wav"
