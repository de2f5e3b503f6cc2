"""Every method has a source and a family."""

from __future__ import annotations

from earwitness.detector.training.recipes import FAMILIES, RECIPES, family


def test_every_method_has_a_family_and_no_family_is_idle() -> None:
    assert {family(method) for method in RECIPES} == set(FAMILIES.values())


def test_names_of_one_maker_share_a_family() -> None:
    assert family("lyra_3200") == family("lyra_9200") == "neural codec"
    assert family("hifigan_fr") == family("own_gan") == "GAN vocoder"
    assert family("own_codec_ar") == "neural codec"
    assert family("own_ar") == "autoregressive vocoder"
