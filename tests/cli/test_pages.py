"""Pages are written whole or not at all, and never where a recording lies."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from earwitness.cli.pages import PageWriter, write_atomically
from earwitness.errors import UsageError


def test_written_whole_and_readable_by_others(tmp_path: Path) -> None:
    target = tmp_path / "new" / "x.html"
    write_atomically(target, "häßlich")
    assert target.read_text(encoding="utf-8") == "häßlich"
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~umask
    write_atomically(target, "again")
    assert [path.read_text() for path in target.parent.iterdir()] == ["again"]


def test_a_failure_leaves_the_old_page_and_no_rest(tmp_path: Path) -> None:
    target = tmp_path / "x.html"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(target, "\udc80")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("x.html", "old")]


def test_a_folder_in_place_of_the_page_is_our_error(tmp_path: Path) -> None:
    (tmp_path / "x.html").mkdir()
    with pytest.raises(UsageError, match=r"x\.html: the page cannot be written"):
        write_atomically(tmp_path / "x.html", "text")


@pytest.mark.parametrize("name", ["call.wav", "report", "report.txt"])
def test_one_page_must_be_called_html(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="does not end in"):
        PageWriter(tmp_path / name, ["a.wav"], 0.5)


def test_several_need_a_folder(tmp_path: Path) -> None:
    (tmp_path / "call.wav").touch()
    with pytest.raises(UsageError, match="need a folder"):
        PageWriter(tmp_path / "call.wav", ["a.wav", "b.wav"], 0.5)


def test_a_recording_with_the_name_of_a_page_stays(tmp_path: Path) -> None:
    (tmp_path / "call.html").write_bytes(b"ID3\x04 sound")
    with pytest.raises(UsageError, match="would be overwritten"):
        PageWriter(tmp_path / "call.html", ["a.wav"], 0.5)


def test_a_folder_of_pages_is_not_called_html(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"several recordings need a folder.*both/"):
        PageWriter(tmp_path / "both.html", ["a.wav", "b.wav"], 0.5)
    (tmp_path / "both.html").mkdir()  # made by whoever wants it
    PageWriter(tmp_path / "both.html", ["a.wav", "b.wav"], 0.5)
