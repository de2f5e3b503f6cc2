"""generators/engines/packages.py: packages and files that are there, and those that are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from earwitness.errors import MissingDependencyError, ModelError
from earwitness.generators.engines.packages import load_network, named_path, package, version_of


def test_packages_are_imported_or_named(no_module: Callable[[str], None]) -> None:
    assert package("json", "kazoo", "").dumps([]) == "[]"
    no_module("humming")
    with pytest.raises(MissingDependencyError, match=r"kazoo: its package cannot be imported .* pip install"):
        package("humming", "kazoo", "pip install humming")


def test_versions_are_told_where_there_are_any() -> None:
    assert version_of("numpy")
    assert version_of("no-such-package-anywhere") == ""


def test_paths_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert named_path("EARWITNESS_KAZOO", "kazoo") is None
    monkeypatch.setenv("EARWITNESS_KAZOO", "")
    assert named_path("EARWITNESS_KAZOO", "kazoo") is None
    monkeypatch.setenv("EARWITNESS_KAZOO", str(tmp_path))
    assert named_path("EARWITNESS_KAZOO", "kazoo") == tmp_path
    monkeypatch.setenv("EARWITNESS_KAZOO", str(tmp_path / "nowhere"))
    with pytest.raises(ModelError, match=r"kazoo: EARWITNESS_KAZOO names .*nowhere"):
        named_path("EARWITNESS_KAZOO", "kazoo")


def test_a_file_that_is_no_network_is_said(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    for content in (None, b"no network"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ModelError, match=r"kazoo: model\.onnx cannot be loaded"):
            load_network(path, 1, "kazoo")
