"""The list: no doubles, every attack runs, repeats itself and changes the sound; the benchmarks are there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import MissingDependencyError
from earwitness.eval.attack_list import ENGINES, EVERYWHERE, OVERWRITE, attacks
from earwitness.eval.attack_types import AMB, OMNI, RAW, Material
from earwitness.eval.watermark_attacks import GROUPS

Float32 = npt.NDArray[np.float32]
TABLE = attacks()
LIBROSA = ("stretch", "pitch")
QUICK = [name for name in TABLE if name not in ENGINES and not name.startswith(LIBROSA)]
SLOW = [name for name in TABLE if name.startswith(LIBROSA)]


def material(x: Float32) -> Material:
    other = np.roll(x, 5_000)[::-1].copy()
    return Material(other, other, other, remark=lambda samples: samples * np.float32(0.99))


@pytest.mark.parametrize("name", QUICK)
def test_attack_changes_the_sound_and_repeats_itself(name: str, speech_like: Callable[..., Float32]) -> None:
    x = speech_like(4.0, level=0.5)
    before = x.copy()
    heard, again = (TABLE[name].run(x, material(x), np.random.default_rng(7)) for _ in range(2))
    assert heard.ndim == 1
    assert heard.dtype == np.float32
    assert heard.size > 0
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 1.5
    assert np.array_equal(heard, again)
    assert np.array_equal(x, before)
    assert np.array_equal(heard, x) == (name == "none")


@pytest.mark.parametrize("name", SLOW)
def test_attack_of_librosa(name: str, speech_like: Callable[..., Float32]) -> None:
    pytest.importorskip("librosa", reason="part of the train extra")
    x = speech_like(2.0)
    heard = TABLE[name].run(x, material(x), np.random.default_rng(7))
    assert heard.dtype == np.float32
    assert np.isfinite(heard).all()


def test_scopes_and_groups() -> None:
    assert {name for name, attack in TABLE.items() if attack.scope == "all"} == EVERYWHERE
    assert {name for name, attack in TABLE.items() if attack.scope == "few"} == set(ENGINES)
    assert {attack.group for attack in TABLE.values()} == set(GROUPS)
    for source in (AMB, RAW, OMNI):
        assert sum(source in attack.sources for attack in TABLE.values()) >= 15, source


def test_what_is_missing_is_told(speech_like: Callable[..., Float32]) -> None:
    x = speech_like(1.0)
    for name in (OVERWRITE, "hifigan_univ"):
        with pytest.raises(MissingDependencyError):
            TABLE[name].run(x, Material(x, x, x), np.random.default_rng(0))
