"""generators/training/blocks.py: shapes stay, and how far a block sees."""

from __future__ import annotations

import torch
from torch import nn

from earwitness.generators.training.blocks import ConvNeXt, start_small


def test_a_frame_is_heard_three_frames_away_and_no_further() -> None:
    torch.manual_seed(0)
    block = ConvNeXt(8, 16, 7, 2)
    before, after = torch.zeros(1, 8, 21), torch.zeros(1, 8, 21)
    after[0, :, 10] = 1.0
    changed = (block(after) - block(before)).abs().sum(1)[0] > 1e-7
    assert changed.nonzero().flatten().tolist() == list(range(7, 14))


def test_small_starts() -> None:
    layers = nn.Sequential(nn.Linear(50, 50), nn.Conv1d(5, 5, 3), nn.LayerNorm(5))
    start_small(*layers.modules())
    assert all(layer.weight.abs().max() <= 0.2 for layer in layers[:2])
    assert not any(layer.bias.any() for layer in layers[:2])
    assert torch.equal(layers[2].weight, torch.ones(5))
