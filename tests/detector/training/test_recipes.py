"""Every method has a source and a family."""

from __future__ import annotations

import pytest

from earwitness.detector.training import speak
from earwitness.detector.training.recipes import FAMILIES, RECIPES, engine_of, family, kind_of
from earwitness.eval.corpora import FAMILIES as OF_CORPORA
from earwitness.generation import Family


def test_every_method_has_a_family_and_no_family_is_idle() -> None:
    assert {family(method) for method in RECIPES} == set(FAMILIES.values())


def test_names_of_one_maker_share_a_family() -> None:
    assert family("lyra_3200") == family("lyra_9200") == "neural codec"
    assert family("hifigan_fr") == family("own_gan") == "GAN vocoder"
    assert family("own_codec_ar") == "neural codec"
    assert family("own_ar") == "autoregressive vocoder"


SHAKEN = {name for name in RECIPES if name.startswith("shaken")}


@pytest.mark.parametrize("name", sorted(RECIPES.keys() - SHAKEN) + sorted(speak.ENGINES))
def test_every_method_and_engine_has_a_name_and_a_kind(name: str) -> None:
    engine, kind = engine_of(name)
    assert engine
    assert kind in set(Family)


@pytest.mark.parametrize("name", sorted(SHAKEN))
def test_errors_without_an_engine_are_not_named_as_one(name: str) -> None:
    assert family(name) == "errors of decoders"
    with pytest.raises(KeyError):
        engine_of(name)


def test_trainings_and_rates_of_one_engine_have_one_name() -> None:
    assert engine_of("lyra_3200") == engine_of("lyra_9200") == ("Lyra", "codec")
    assert engine_of("hifigan_bent")[0] == engine_of("hifigan_lj")[0]
    assert engine_of("own_codec_ar") == engine_of("own_codec")
    assert engine_of("own_ar")[1] == "autoregressive"


def test_families_of_corpora_are_those_of_reports_or_undisclosed() -> None:
    known = {kind_of(name) for name in OF_CORPORA} - {"undisclosed"}
    assert known <= {family.value for family in Family}
    assert kind_of("commercial") == kind_of("unknown") == "undisclosed"
