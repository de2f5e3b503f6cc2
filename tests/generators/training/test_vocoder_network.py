"""generators/training/vocoder_network.py: frames in, as many frames out, and a spectrum's sound."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from earwitness.generators.mel import MelConfig, stft
from earwitness.generators.training.vocoder_network import VocoderConfig, VocoderNet, to_samples

SMALL = VocoderConfig(dim=16, inner=32, blocks=2)


@pytest.mark.parametrize("frames", [1, 7, 49])
def test_as_many_frames_come_out(frames: int) -> None:
    torch.manual_seed(0)
    real, imaginary = VocoderNet(SMALL)(torch.randn(2, 80, frames))
    assert real.shape == imaginary.shape == (2, 401, frames)
    assert torch.isfinite(real).all()


def test_samples_are_those_of_the_spectrum() -> None:
    sound = np.random.default_rng(0).standard_normal(9_600).astype(np.float32)
    spectrum = torch.from_numpy(stft(sound, MelConfig()))[None]
    made = to_samples(spectrum.real, spectrum.imag, 9_600, MelConfig())
    np.testing.assert_allclose(made[0].numpy(), sound, atol=1e-4)
