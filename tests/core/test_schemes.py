"""core/schemes.py: schemes come from the registry, once, and what breaks in them has a name."""

from __future__ import annotations

import pytest
from fake_marks import FakeWatermark

from earwitness import plugins, schemes
from earwitness.errors import MissingDependencyError, PluginError
from earwitness.schemes import load_scheme, scheme_names, why_not


@pytest.mark.usefixtures("fake_scheme")
def test_it_is_built_once() -> None:
    assert load_scheme() is load_scheme()
    assert isinstance(load_scheme(), FakeWatermark)


def test_an_unknown_scheme_is_told_with_the_known_ones() -> None:
    with pytest.raises(PluginError, match="default"):
        load_scheme("no-such-scheme")


def test_what_breaks_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("no weights")

    def wanting() -> None:
        raise MissingDependencyError("torch is needed.")

    monkeypatch.setattr(schemes, "_built", {})
    monkeypatch.setattr(plugins, "load", lambda *_: broken)
    with pytest.raises(PluginError, match="RuntimeError: no weights"):
        load_scheme("mine")
    monkeypatch.setattr(plugins, "load", lambda *_: wanting)
    with pytest.raises(MissingDependencyError):
        load_scheme("mine")


@pytest.mark.usefixtures("fake_scheme")
def test_what_keeps_a_scheme_from_working() -> None:
    assert why_not("default") is None
    assert why_not("absent") == "absent: pip install absent"
    assert "no installed package" in str(why_not("nonsense"))


def test_the_installed_names() -> None:
    assert {"audioseal", "default", "perth"} <= set(scheme_names())
