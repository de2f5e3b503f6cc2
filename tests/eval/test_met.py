"""Engines that training met do not count in figures over the lists of others."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

from earwitness.detector.training.recipes import RECIPES
from earwitness.eval.corpora import corpora
from earwitness.eval.met import met, unmet
from earwitness.eval.protocols import Clip


def clip(system: str, *, synthetic: bool = True) -> Clip:
    return Clip(Path(f"{system}.flac"), synthetic, "site", "family", system, "", "en")


def test_met_systems_are_left_out_and_counted() -> None:
    clips = [clip("human", synthetic=False), clip("vits"), clip("vits"), clip("vall-e"), clip("kokoro")]
    left, told = unmet(clips)
    assert [one.system for one in left] == ["human", "vall-e"]
    assert told == {"left_out": {"clips": 3, "trained_on": {"kokoro": "Kokoro", "vits": "VITS"}}}


def test_people_stay_whatever_their_clips_are_called() -> None:
    clips = [clip("vits", synthetic=False)]
    assert unmet(clips) == (clips, {"left_out": {"clips": 0, "trained_on": {}}})


def test_every_system_is_named_once_and_its_engine_was_trained_on() -> None:
    table = tomllib.loads(resources.files("earwitness.eval").joinpath("met.toml").read_text("utf-8"))
    named = [system for entry in table.values() for system in entry["systems"]]
    assert len(named) == len(set(named)) == len(met())
    trained = [corpus.system for corpus in corpora().values() if corpus.role == "train"]
    known = " ".join([*trained, *RECIPES]).lower().replace("_", "-").replace("hifigan", "hifi-gan")
    for engine in table:
        assert engine.lower() in known, engine
