"""What remakes a recording: lengths and places stay, and absent weights are named.

Methods with weights of others are not run here; WORLD and Griffin-Lim need none, and ours are in the package.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.training.channels import fit_length
from earwitness.detector.training.ours import OWN
from earwitness.detector.training.recipes import FAMILIES, RECIPES, family
from earwitness.detector.training.shaken import WAYS
from earwitness.detector.training.vocoders import (
    Engines,
    align,
    perturb_mel,
    resample,
)
from earwitness.errors import MissingDependencyError

Float32 = npt.NDArray[np.float32]
SHAKEN = tuple(f"shaken_{way}" for way in WAYS)
AT_HAND = ("world", "griffin_lim", *OWN, *SHAKEN)


def envelope(x: Float32) -> Float32:
    return np.sqrt(np.convolve(x * x, np.ones(320) / 320, "same")[::80]).astype(np.float32)


def test_every_method_has_a_recipe_and_a_family(tmp_path: Path) -> None:
    methods = Engines(tmp_path).methods()
    assert set(methods) == set(RECIPES)
    assert {family(m) for m in methods} == set(FAMILIES.values())


@pytest.mark.parametrize("method", sorted(set(RECIPES) - set(AT_HAND)))
def test_absent_weights_are_named(tmp_path: Path, speech: Float32, method: str) -> None:
    with pytest.raises(MissingDependencyError, match="weights are missing") as caught:
        Engines(tmp_path).methods()[method](speech[:16_000], np.random.default_rng(0))
    assert str(tmp_path) in str(caught.value)
    assert "Get: " in str(caught.value)


@pytest.mark.parametrize("method", AT_HAND)
def test_copies_have_the_length_and_the_places_of_the_original(
    tmp_path: Path, speech: Float32, method: str
) -> None:
    x = speech[:24_001]
    copy = Engines(tmp_path).methods()[method](x, np.random.default_rng(1))
    assert copy.shape == x.shape
    assert copy.dtype == np.float32
    assert np.isfinite(copy).all()
    assert not np.allclose(copy, x, atol=0.001 if method in SHAKEN else 0.01)
    assert np.corrcoef(envelope(copy), envelope(x))[0, 1] > 0.8
    again = Engines(tmp_path).methods()[method](x, np.random.default_rng(1))
    assert np.array_equal(copy, again)


@pytest.mark.parametrize(("have", "want"), [(10, 10), (10, 4), (4, 10), (0, 3)])
def test_fit_length_cuts_or_pads_the_end(have: int, want: int) -> None:
    x = np.arange(1, have + 1, dtype=np.float32)
    fitted = fit_length(x, want)
    assert fitted.shape == (want,)
    assert np.array_equal(fitted[: min(have, want)], x[: min(have, want)])
    assert not fitted[have:].any()


def test_resampling_there_and_back_keeps_the_speech_band(speech: Float32) -> None:
    assert resample(speech, 16_000, 16_000) is speech
    there = resample(speech, 16_000, 22_050)
    assert len(there) == pytest.approx(len(speech) * 22_050 / 16_000, abs=2)
    back = fit_length(resample(there, 22_050, 16_000), len(speech))
    assert float(np.mean(np.square(back - speech))) < 5e-3 * float(np.mean(np.square(speech)))


@pytest.mark.parametrize("late", [-1_200, -400, 0, 40, 800, 1_600])
def test_align_takes_out_a_delay(speech: Float32, late: int) -> None:
    x = speech[8_000:32_000]
    y = np.concatenate([np.zeros(late, np.float32), x]) if late > 0 else x[-late:]
    assert float(np.abs(align(y, x) - x)[1_600:-1_600].max()) < 1e-6


@pytest.mark.parametrize("n", [1, 50, 400, 1_700])
def test_align_of_very_short_clips_keeps_their_length(speech: Float32, n: int) -> None:
    x = speech[10_000 : 10_000 + n]
    assert align(x, x).shape == x.shape


def test_a_perturbed_mel_is_near_the_mel_and_never_the_same() -> None:
    mel = np.cumsum(np.random.default_rng(0).normal(0, 0.1, (80, 60)), axis=1).astype(np.float32)
    differences = []
    for seed in range(12):
        changed = perturb_mel(mel, np.random.default_rng(seed))
        assert changed.shape == mel.shape
        assert changed.dtype == np.float32
        differences.append(float(np.abs(changed - mel).mean()))
        assert np.array_equal(changed, perturb_mel(mel, np.random.default_rng(seed)))
    assert min(differences) > 1e-3
    assert max(differences) < 0.5


def test_a_blur_leaves_a_flat_mel_flat() -> None:
    flat = np.full((80, 40), -3.0, dtype=np.float32)
    kinds = [perturb_mel(flat, np.random.default_rng(seed)) for seed in range(12)]
    spreads = [float(np.ptp(k)) for k in kinds]
    assert min(spreads) < 1e-4, "blurs, which keep edges"
    assert max(spreads) > 0.1, "noise"
