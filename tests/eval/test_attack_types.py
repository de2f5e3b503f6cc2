"""Attacks hand on what they are given: numbers, chance, material, benchmarks."""

import numpy as np
import pytest

from earwitness.eval.attack_types import AMB, RAW, Material, mixing, plain, random

X = np.full(1_000, 0.1, np.float32)
NOTHING = Material(X, -X, X)


def test_numbers_and_benchmarks_arrive() -> None:
    attack = plain("louder", "gain", lambda x, a, b: x * a + b, 2, 1, by=f"{AMB},{RAW}")
    assert np.allclose(attack.run(X, NOTHING, np.random.default_rng(0)), 1.2)
    assert attack.sources == (AMB, RAW)
    assert attack.scope == "some"


def test_chance_arrives() -> None:
    attack = random("noise", "noise", lambda x, rng, level: x + level * rng.standard_normal(x.size), 0.1)
    first, again, other = (attack.run(X, NOTHING, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert attack.sources == ()


def test_material_is_added_at_its_level() -> None:
    out = mixing("music_20db", "mix", "music", 20).run(X, NOTHING, np.random.default_rng(0))
    assert out == pytest.approx(0.09, abs=1e-6)
