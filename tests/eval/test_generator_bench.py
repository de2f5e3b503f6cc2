"""Every sound is made once, for the right clip; voices are those of others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earwitness.eval.generator_bench import Bench
from earwitness.eval.generator_material import Clip
from earwitness.eval.generator_systems import open_systems
from earwitness.eval.kept import Kept


def clip(name: str, speaker: str) -> Clip:
    return Clip(name, "c", speaker, "en", np.full(16_000, 0.1, np.float32), f"hash of {name}")


@pytest.fixture
def bench(tmp_path: Path, fake_generators: list[tuple[str, str]]) -> Bench:
    assert fake_generators == []
    clips = [clip("one", "s1"), clip("two", "s1"), clip("three", "s2")]
    return Bench(clips, ["Hello there."], open_systems(["fake", "vocoder"]), Kept(tmp_path))


def test_targets_are_other_speakers(bench: Bench) -> None:
    names = [target.name for k in range(3) if (target := bench.target(k)) is not None]
    assert names == ["three", "three", "one"]
    bench.clips = bench.clips[:2]
    assert bench.target(0) is None


def test_all_sounds_once(bench: Bench, fake_generators: list[tuple[str, str]]) -> None:
    made = list(bench.every(["fake"]))
    assert [(one.what, one.of) for one in made] == [
        ("copy", "one"), ("copy", "two"), ("copy", "three"),
        ("convert", "one"), ("convert", "two"), ("convert", "three"), ("text", "Hello there."),
    ]  # fmt: skip
    assert [one.speaker for one in made] == ["s1", "s1", "s2", "s1", "s1", "s2", ""]
    assert len({one.key for one in made}) == len(made)
    asked = len(fake_generators)
    assert asked == 7
    again = list(bench.every(["fake"]))
    assert len(fake_generators) == asked
    assert np.array_equal(again[0].samples, made[0].samples)
    assert [one.system.name for one in bench.every(["vocoder"])] == ["vocoder"] * 3


def test_judged_once(bench: Bench) -> None:
    (first, *_) = bench.every(["fake"])
    assert bench.judged(first, "ear", lambda: 1) == 1
    assert bench.judged(first, "ear", lambda: 2) == 1
    assert bench.judged(first, "eye", lambda: 3) == 3
    assert bench.judged(bench.clips[0], "ear", lambda: 4) == 4
