"""generators/training/vocoder_network.py: frames in, as many frames out, and a spectrum's sound."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from earwitness.generators.excitation import Filters, excite, filtered
from earwitness.generators.mel import MelConfig, stft
from earwitness.generators.training.vocoder_network import VocoderConfig, VocoderNet, spectrum_of, to_samples

SMALL = VocoderConfig(dim=16, inner=32, blocks=2)


@pytest.mark.parametrize("frames", [1, 7, 49])
def test_as_many_frames_come_out(frames: int) -> None:
    torch.manual_seed(0)
    pitch = 100 * torch.rand(2, frames)
    pitch[:, ::3] = 0.0
    filters = VocoderNet(SMALL)(torch.randn(2, 80, frames), pitch)
    assert {tuple(part.shape) for part in filters} == {(2, 401, frames)}
    assert all(torch.isfinite(part).all() for part in filters)


def test_training_filters_as_run_time_does() -> None:
    rng = np.random.default_rng(0)
    parts = [rng.standard_normal((401, 9)).astype(np.float32) for _ in range(5)]
    sources = excite(np.full(9, 120.0, np.float32), MelConfig(), rng)
    wanted = filtered(Filters(*parts), *sources)
    tensors = [torch.from_numpy(part)[None] for part in (*parts, *sources)]
    made = spectrum_of(tensors[:5], tensors[5], tensors[6])
    np.testing.assert_allclose(made[0].numpy(), wanted, rtol=1e-3, atol=1e-3)


def test_samples_are_those_of_the_spectrum() -> None:
    sound = np.random.default_rng(0).standard_normal(9_600).astype(np.float32)
    spectrum = torch.from_numpy(stft(sound, MelConfig()))[None]
    made = to_samples(spectrum, 9_600, MelConfig())
    np.testing.assert_allclose(made[0].numpy(), sound, atol=1e-4)
