"""generators/catalogue.py: what is there, and why something is not; one broken plug-in hides nothing."""

from __future__ import annotations

import pytest

from earwitness.errors import MissingDependencyError
from earwitness.generators import catalogue as module
from earwitness.generators.base import Ability, Family, Generator, GeneratorInfo
from earwitness.generators.catalogue import catalogue
from earwitness.generators.chain import VocoderGenerator

INFO = GeneratorInfo("good", Family.GAN, frozenset({Ability.RESYNTHESIZE}), 16_000, "Apache-2.0")


def _load(name: str) -> Generator:
    if name == "absent":
        raise MissingDependencyError("its program is not installed.", subject="absent", hint="Install it.")
    if name == "broken":
        raise ZeroDivisionError("oh")
    return VocoderGenerator(INFO, object())


def test_each_is_told_of_whatever_is_wrong_with_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "load_generator", _load)
    monkeypatch.setattr(module, "generator_names", lambda: ["absent", "broken", "good"])
    absent, broken, good = catalogue()
    assert absent.why == "absent: its program is not installed. Install it."
    assert broken.why is not None
    assert "ZeroDivisionError: oh" in broken.why
    assert (good.info, good.why) == (INFO, None)
    assert [entry.name for entry in catalogue(["good", "absent", "good"])] == ["absent", "good"]


def test_what_ships_is_in_it() -> None:
    found = {entry.name: entry for entry in catalogue(["gan", "vae", "autoregressive", "griffin-lim"])}
    assert all(entry.info is not None for entry in found.values()), found
    assert found["gan"].info is not None
    assert found["gan"].info.ours
