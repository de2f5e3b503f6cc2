"""core/plugins.py: finding, loading and naming what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from earwitness import plugins
from earwitness.errors import PluginError, UsageError

GROUP = "earwitness.test_group"

Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Returns a function that lays a distribution with one entry point on the import path."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def lay(distribution: str, entry_point: str) -> None:
        info = tmp_path / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\n{entry_point}\n")

    return lay


def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, source: str) -> None:
    (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.delitem(sys.modules, name, raising=False)


def test_our_own_parts_are_registered_like_plugins() -> None:
    assert "default" in plugins.names(plugins.DETECTORS)
    assert "default" in plugins.names(plugins.JUDGES)


def test_unknown_group_has_no_names() -> None:
    assert plugins.names(GROUP) == []


def test_a_foreign_plugin_is_found_and_loaded(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module(tmp_path, monkeypatch, "foreign_a", "answer = 42\n")
    install("foreign-a", "mine = foreign_a:answer")
    assert plugins.names(GROUP) == ["mine"]
    assert plugins.load(GROUP, "mine") == 42


def test_unknown_name_lists_the_known_ones(install: Install) -> None:
    install("foreign-b", "mine = foreign_b:answer")
    with pytest.raises(PluginError, match=r"earwitness\.test_group:other.*Known names: mine\."):
        plugins.load(GROUP, "other")


def test_empty_group_says_so() -> None:
    with pytest.raises(PluginError, match="Known names: none"):
        plugins.load(GROUP)


@pytest.mark.parametrize(
    "source",
    ["raise RuntimeError('boom')\n", "import no_such_module_anywhere\n", "other = 1\n"],
    ids=["crashes on import", "misses a module", "misses the name"],
)
def test_broken_plugin_becomes_a_plugin_error(
    source: str, install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module(tmp_path, monkeypatch, "foreign_c", source)
    install("foreign-c", "mine = foreign_c:answer")
    with pytest.raises(PluginError, match=r"foreign_c:answer.*cannot be loaded") as caught:
        plugins.load(GROUP, "mine")
    assert caught.value.__cause__ is not None


def test_errors_of_our_own_tree_pass_through(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module(
        tmp_path,
        monkeypatch,
        "foreign_d",
        "from earwitness.errors import UsageError\nraise UsageError('set the option')\n",
    )
    install("foreign-d", "mine = foreign_d:answer")
    with pytest.raises(UsageError, match="set the option"):
        plugins.load(GROUP, "mine")


def test_the_same_entry_point_listed_twice_is_one_plugin(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module(tmp_path, monkeypatch, "foreign_e", "answer = 'e'\n")
    install("foreign-e", "mine = foreign_e:answer")
    install("foreign-e-again", "mine = foreign_e:answer")
    assert plugins.names(GROUP) == ["mine"]
    assert plugins.load(GROUP, "mine") == "e"


def test_two_packages_with_one_name_are_refused(install: Install) -> None:
    install("foreign-f", "mine = foreign_f:answer")
    install("foreign-g", "mine = foreign_g:answer")
    with pytest.raises(PluginError, match="foreign_f:answer; foreign_g:answer"):
        plugins.load(GROUP, "mine")
