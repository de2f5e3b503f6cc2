"""Systems are timed in turns, over the same material, and factors are of the sound that they made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earwitness.eval.generator_bench import Bench
from earwitness.eval.generator_material import Clip
from earwitness.eval.generator_speed import speed
from earwitness.eval.generator_systems import open_systems
from earwitness.eval.kept import Kept


def test_factors(tmp_path: Path, fake_generators: list[tuple[str, str]]) -> None:
    lengths = (16_000, 32_000, 24_000)
    clips = [Clip(str(n), "c", str(n), "en", np.zeros(n, np.float32), str(n)) for n in lengths]
    bench = Bench(clips, ["Hello there."], open_systems(["fake", "vocoder"]), Kept(tmp_path))
    found = speed(bench, repeats=3)
    assert set(found["copy"]) == {"fake", "vocoder"}
    assert set(found["text"]) == {"fake"}
    copied = found["copy"]["vocoder"]
    assert copied["sound_s"] == pytest.approx(3.5)  # the two longest
    assert len(copied["repeats_s"]) == 3
    assert copied["rtf"] == pytest.approx(copied["median_s"] / 3.5)
    assert 0 < copied["lowest"] <= copied["rtf"] <= copied["highest"]
    assert ("synthesize", "Hello there.") in fake_generators
