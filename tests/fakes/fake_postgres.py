"""A PostgreSQL server of its own for tests: a temporary cluster, reached by a socket, run without root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The folder of initdb and pg_ctl: on the path, or where Debian puts them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    return None


def _user() -> tuple[str, ...]:
    """The words before a command that run it as somebody who is not root; () when nobody needs to change."""
    if os.getuid() != 0:
        return ()
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return ("runuser", "-u", name, "--")
    raise LookupError("there is no user to run a server as")


def _run(words: list[str], folder: Path) -> None:
    """Quietly, in a folder that the user may enter."""
    subprocess.run(words, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


@contextmanager
def server() -> Iterator[str]:
    """A running server's address, without a database: append the name of one (``postgres`` is there).

    Raises LookupError, with the reason, where none can be had.
    """
    folder = programs()
    if folder is None:
        raise LookupError("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    before = _user()
    place = Path(tempfile.mkdtemp(prefix="earwitness-pg-"))  # short: a socket's path has 107 characters
    try:
        if before:
            entry = pwd.getpwnam(before[2])
            os.chown(place, entry.pw_uid, entry.pw_gid)
        data = place / "data"
        make = [str(folder / "initdb"), "-D", str(data), "-U", "tester", "-A", "trust", "-E", "UTF8", "-N"]
        options = f"-k {place} -c listen_addresses= -c fsync=off -c max_connections=250"
        control = [*before, str(folder / "pg_ctl"), "-D", str(data), "-w", "-l", str(place / "log")]
        _run([*before, *make], place)
        _run([*control, "-o", options, "start"], place)
        try:
            yield f"postgresql://tester@/{{}}?host={place}"
        finally:
            _run([*control, "-m", "immediate", "stop"], place)
    except subprocess.CalledProcessError as error:
        raise LookupError(f"PostgreSQL does not start here: {error.stderr.decode()[-300:]}") from error
    finally:
        shutil.rmtree(place, ignore_errors=True)
