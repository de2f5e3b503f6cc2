"""generators/training/vocoder_losses.py: the mel of run time, zero for the same, gradients everywhere."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import torch

from earwitness.generators.mel import MelConfig, log_mel
from earwitness.generators.training.discriminators import Critics
from earwitness.generators.training.vocoder_losses import critics_loss, fooling_loss, mel_of, spectral_loss

Float32 = npt.NDArray[np.float32]


def test_the_mel_of_training_is_that_of_run_time(speech_like: Callable[..., Float32]) -> None:
    sound = speech_like(1.0)
    trained = mel_of(torch.from_numpy(sound)[None], MelConfig())[0].numpy()
    np.testing.assert_allclose(trained, log_mel(sound), atol=0.06)  # it adds a little where nothing is
    assert np.abs(trained - log_mel(sound)).mean() < 5e-3


def test_the_same_costs_nothing_and_more_noise_costs_more(speech_like: Callable[..., Float32]) -> None:
    real = torch.from_numpy(speech_like(0.6))[None]
    noise = torch.randn(real.shape, generator=torch.Generator().manual_seed(0))
    losses = [float(spectral_loss(real + level * noise, real, MelConfig())) for level in (0.0, 0.001, 0.1)]
    assert losses[0] < 1e-3
    assert losses[0] < losses[1] < losses[2]


def test_gradients_are_finite_in_silence() -> None:
    made = torch.zeros(1, 9_600, requires_grad=True)
    spectral_loss(made, torch.zeros(1, 9_600), MelConfig()).backward()
    assert made.grad is not None
    assert torch.isfinite(made.grad).all()


def test_critics_learn_to_tell_and_the_vocoder_to_fool(speech_like: Callable[..., Float32]) -> None:
    torch.manual_seed(0)
    critics = Critics(width=4)
    real = torch.from_numpy(speech_like(0.6))[None]
    made = 0.1 * torch.randn(1, real.shape[1])
    optimizer = torch.optim.Adam(critics.parameters(), 3e-3)
    for _ in range(80):
        loss = critics_loss(critics(real), critics(made))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert float(critics_loss(critics(real), critics(made)).detach()) < 0.4  # 0.5 would be guessing
    fooling = float(fooling_loss(critics(real), critics(made)).detach())
    assert fooling > float(fooling_loss(critics(real), critics(real)).detach())
