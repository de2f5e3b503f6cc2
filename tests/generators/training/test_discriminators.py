"""generators/training/discriminators.py: eight critics for any length, each with its layers."""

from __future__ import annotations

import pytest
import torch

from earwitness.generators.training.discriminators import PERIODS, RESOLUTIONS, Critics


@pytest.mark.parametrize("length", [9_600, 9_601, 4_321])
def test_every_critic_judges_every_clip(length: int) -> None:
    torch.manual_seed(0)
    scores, seen = Critics(width=4)(torch.randn(3, length))
    assert len(scores) == len(seen) == len(PERIODS) + len(RESOLUTIONS)
    for score, layers in zip(scores, seen, strict=True):
        assert score.shape[0] == 3
        assert score.shape[1] > 1
        assert len(layers) == 4
