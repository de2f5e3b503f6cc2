"""provenance/private_file.py; the rest of it is tested where keys lie in it (test_key_file.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.errors import KeyFileError
from earwitness.provenance import private_file


def test_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    assert private_file.read(path, 99, remedy="r", leaked="l") is None
    with private_file.locked(path, remedy="r"):
        private_file.write(path, b"hush", remedy="r")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert private_file.read(path, 99, remedy="r", leaked="l") == b"hush"
    assert private_file.read(path, 2, remedy="r", leaked="l") == b"hu"


def test_what_to_do_is_said(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"x")
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match=r"chmod 600.*somebody else may have read it: make another"):
        private_file.read(path, 9, remedy="r", leaked="make another")
    with pytest.raises(KeyFileError, match="Go elsewhere"):
        private_file.write(path / "inside", b"x", remedy="go elsewhere")
