"""What a person has fetched: files of a git repository, or of an unpacked package, by path.

``github:OWNER/NAME[@REVISION]`` lies in ``OWNER+NAME`` (a clone, a bare mirror, or a mirror below
``repo/``), ``deb:PACKAGE`` in ``PACKAGE`` (unpacked with ``dpkg -x``).
"""

from __future__ import annotations

import csv
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from earwitness.errors import SourceNotFoundError

__all__ = ["Origin", "open_origin", "speakers"]

_SPEAKER, _PATH = "client_id", "path"
_ID_LENGTH = 16  # of a client id of Common Voice's 128 digits


@dataclass(frozen=True, slots=True)
class Origin:
    """A fetched source. blobs: the object of each path; None where the files lie in ``folder`` itself."""

    folder: Path
    blobs: dict[str, str] | None

    def paths(self, pattern: str) -> list[str]:
        """Paths that the expression finds, in a fixed order; of a repository, one for the same content."""
        wanted = re.compile(pattern)
        if self.blobs is not None:
            found = {blob: path for path, blob in sorted(self.blobs.items()) if wanted.search(path)}
            return sorted(found.values())
        inside = (p.relative_to(self.folder) for p in self.folder.rglob("*") if p.is_file())
        names = [p.as_posix() for p in sorted(inside, key=lambda p: p.parts)]
        return [name for name in names if wanted.search(name)]

    def read(self, path: str) -> bytes:
        """The content of a path of this origin."""
        if self.blobs is None:
            return (self.folder / path).read_bytes()
        command = ["git", "--git-dir", str(self.folder), "cat-file", "blob", self.blobs[path]]
        return subprocess.run(command, capture_output=True, check=True).stdout


def open_origin(origin: str, sources: Path) -> Origin:
    """An origin as ``corpora.toml`` names it. Raises SourceNotFoundError when it was not fetched."""
    kind, _, name = origin.partition(":")
    if kind == "github":
        name, _, revision = name.partition("@")
        folder = sources / name.replace("/", "+")
        git_dir = _git_dir(folder)
        if git_dir is None:
            raise SourceNotFoundError(
                "no git directory here.", subject=str(folder), hint=f"Clone {name} there."
            )
        return Origin(git_dir, _git_listing(git_dir, revision or "HEAD"))
    folder = sources / name
    if not folder.is_dir():
        raise SourceNotFoundError("not there.", subject=str(folder), hint=f"Unpack {name} with dpkg -x.")
    return Origin(folder, None)


def speakers(origin: Origin, pattern: str) -> dict[str, str]:
    """Who speaks in which file (its name without folders), as the tables at these paths say.

    Tables without the two columns say nothing, and so do pointers to a table that lies elsewhere.
    """
    found: dict[str, str] = {}
    for path in origin.paths(pattern):
        lines = origin.read(path).decode("utf-8", "replace").splitlines()
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            speaker, name = row.get(_SPEAKER), row.get(_PATH)
            if speaker and name:
                found[PurePosixPath(name).name] = speaker[:_ID_LENGTH]
    return found


def _git_dir(folder: Path) -> Path | None:
    for candidate in (folder / ".git", folder / "repo" / ".git", folder / "repo", folder):
        if (candidate / "objects").is_dir():
            return candidate
    return None


def _git_listing(git_dir: Path, revision: str) -> dict[str, str]:
    base = ["git", "--git-dir", str(git_dir)]
    # A partial mirror lists files whose blobs are absent: ask which objects are really here.
    check = subprocess.run(
        [*base, "cat-file", "--batch-all-objects", "--batch-check"],
        capture_output=True,
        text=True,
        check=True,
    )
    present = {line.split()[0] for line in check.stdout.splitlines() if " blob " in line}
    tree = subprocess.run([*base, "ls-tree", "-r", "-z", revision], capture_output=True, check=True).stdout
    found: dict[str, str] = {}
    for entry in tree.decode("utf-8", "replace").split("\0"):
        if entry:
            meta, path = entry.split("\t", 1)
            blob = meta.split()[2]
            if blob in present:
                found[path] = blob
    return found
