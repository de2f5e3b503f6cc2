"""generators/training/vae_network.py: shapes, what the two encoders can and cannot see."""

from __future__ import annotations

import pytest
import torch

from earwitness.generators.training.vae_network import VaeConfig, VaeNet, divergence

SMALL = VaeConfig(dim=16, inner=32, depth=2, latent=6, voice=5, books=2, codes=16)


@pytest.mark.parametrize("frames", [4, 8, 52])
def test_a_latent_for_four_frames_and_back(frames: int) -> None:
    torch.manual_seed(0)
    net = VaeNet(SMALL)
    mean, voice = net(torch.randn(3, 80, frames))
    assert mean.shape == (3, 6, frames // 4)
    torch.testing.assert_close(voice.norm(dim=1), torch.ones(3))
    assert net.decoder(mean, voice).shape == (3, 80, frames)


def test_what_is_said_hardly_depends_on_the_colour_of_the_voice() -> None:
    torch.manual_seed(0)
    net = VaeNet(SMALL)
    mel = torch.randn(1, 80, 64)
    colour = torch.randn(1, 80, 1)
    colour -= colour.mean()  # as loud as before
    (mean, voice), (coloured, other) = net(mel), net(mel + colour)
    torch.testing.assert_close(mean, coloured, atol=1e-4, rtol=1e-3)
    assert (voice - other).abs().max() > 1e-3


def test_the_divergence_is_none_for_the_unit_normal_alone() -> None:
    zero = torch.zeros(2, 3, 4)
    assert float(divergence(zero, zero)) == 0
    assert float(divergence(zero + 1, zero)) == pytest.approx(0.5)
    assert float(divergence(zero, zero - 1)) > 0
