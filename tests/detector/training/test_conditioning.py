"""What a channel does to scores is learnt, also for corpora that were not there."""

import numpy as np
import pytest

from earwitness.detector.training.conditioning import fit_conditions


def material(seed: int, count: int = 1_200) -> tuple[np.ndarray, ...]:
    """Scores that noise moves up by 3 and squeezes, and statistics that tell noise and corpus."""
    rng = np.random.default_rng(seed)
    synthetic, noisy = rng.random(count) < 0.5, rng.random(count) < 0.5
    corpus = rng.integers(6, size=count)
    clean = np.where(synthetic, 1.5, -1.5) + rng.normal(size=count)
    raw = np.where(noisy, 3.0 + 0.4 * clean, clean)
    statistics = rng.normal(size=(count, 8))
    statistics[:, 0] += np.where(noisy, 4.0, 0.0)
    statistics[:, 1] += corpus
    names = np.where(noisy, "noise", "clean")
    return raw, statistics, synthetic, names, np.array([f"corpus {k}" for k in corpus])


def test_conditions_undo_what_a_channel_does() -> None:
    raw, statistics, synthetic, names, corpora = material(0)
    found = fit_conditions(raw, statistics, synthetic, names, corpora)
    assert found.names == ("clean", "noise")
    raw, statistics, synthetic, names, _ = material(1)
    llr = np.array([found.llr(r, s) for r, s in zip(raw, statistics, strict=True)])
    for name in ("clean", "noise"):
        wrong = ((llr > 0) != synthetic)[names == name].mean()
        assert wrong < 0.12, "one slope and offset for all would have half of the noisy ones wrong"
    assert found.slope[1] > found.slope[0] > 0


def test_one_corpus_or_one_class_is_not_enough() -> None:
    raw, statistics, synthetic, names, corpora = material(0, 60)
    with pytest.raises(ValueError, match="several corpora"):
        fit_conditions(raw, statistics, synthetic, names, np.full(60, "one"))
    with pytest.raises(ValueError, match="both classes"):
        fit_conditions(raw, statistics, np.ones(60, dtype=bool), names, corpora)
