"""provenance/key_file.py: the owner's alone, never half-written, one writer at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from earwitness.errors import KeyFileError
from earwitness.provenance import key_file
from earwitness.provenance.keys import KeyRing

not_root = pytest.mark.skipif(
    hasattr(os, "geteuid") and os.geteuid() == 0, reason="the administrator may write everywhere"
)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"EARWITNESS_KEYS": "/a/b.json", "XDG_CONFIG_HOME": "/c"}, "/a/b.json"),
        ({"XDG_CONFIG_HOME": "/c"}, "/c/earwitness/keys.json"),
    ],
)
def test_where_the_file_lies(environment: dict[str, str], expected: str) -> None:
    assert key_file.default_path(environment) == Path(expected)


def test_without_settings_it_lies_below_the_home_folder() -> None:
    assert key_file.default_path({}).is_relative_to(Path.home())


def test_no_file_means_no_keys(tmp_path: Path) -> None:
    assert key_file.read(tmp_path / "none.json") == []
    assert key_file.read(tmp_path / "none" / "none.json") == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o620])
def test_a_file_open_to_others_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.json"
    KeyRing(path, {}).create("studio")
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600") as caught:
        key_file.read(path)
    assert str(path) in str(caught.value)
    with pytest.raises(KeyFileError, match="chmod 600"):
        KeyRing(path, {}).create("other")
    path.chmod(0o600)
    assert len(key_file.read(path)) == 1


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"format":"x"}', '{"format":"earwitness.keys/1","keys":[1]}']
)
def test_a_foreign_file_is_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="no key file"):
        KeyRing(path, {}).create("studio")
    assert path.read_text() == content


def test_a_folder_in_its_place_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError):
        key_file.read(tmp_path)


@not_root
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(KeyFileError, match="EARWITNESS_KEYS"):
            KeyRing(tmp_path / "keys.json", {}).create("studio")
    finally:
        tmp_path.chmod(0o700)


def test_a_full_disk_keeps_the_old_ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = KeyRing(tmp_path / "keys.json", {})
    ring.create("studio")
    before = ring.path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(KeyFileError, match="No space left"):
        ring.create("other")
    assert ring.path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["keys.json", "keys.json.lock"]


def test_a_linked_file_stays_linked(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "keys.json"
    link.symlink_to(tmp_path / "real" / "keys.json")
    KeyRing(link, {}).create("studio")
    assert link.is_symlink()
    assert len(key_file.read(link)) == 1


def test_threads_do_not_overwrite_each_other(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    threads = [
        threading.Thread(target=lambda n=n: KeyRing(path, {}).create(f"key{n}"))  # type: ignore[misc]
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(key_file.read(path)) == 12


def test_processes_do_not_overwrite_each_other(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    code = (
        "import sys; from pathlib import Path; from earwitness.provenance.keys import KeyRing\n"
        "ring = KeyRing(Path(sys.argv[1]), {})\n"
        "for n in range(5): ring.create(f'p{sys.argv[2]}-{n}')\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), str(n)]) for n in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert len(key_file.read(path)) == 15
