"""Two kinds of critics: on every p-th sample (HiFi-GAN), and on spectra of three resolutions (UnivNet).

Small ones: they train on a CPU and are thrown away afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

__all__ = ["Critics", "Judged"]

Judged = tuple[list[Tensor], list[list[Tensor]]]
"""Scores of every critic, and what every layer of every critic saw."""

PERIODS = (2, 3, 5, 7, 11)
RESOLUTIONS = ((1024, 256), (512, 128), (256, 64))  # window and hop in samples
SLOPE = 0.1


class _Stack(nn.Module):
    def __init__(self, layers: Sequence[nn.Module], last: nn.Module) -> None:
        super().__init__()
        self.layers = nn.ModuleList(weight_norm(layer) for layer in layers)
        self.last = weight_norm(last)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        seen = []
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), SLOPE)
            seen.append(x)
        return self.last(x).flatten(1), seen


def _period_stack(width: int) -> _Stack:
    sizes = (1, width, 2 * width, 4 * width, 4 * width)
    layers = [nn.Conv2d(a, b, (5, 1), (3, 1), padding=(2, 0)) for a, b in pairwise(sizes)]
    return _Stack(layers, nn.Conv2d(4 * width, 1, (3, 1), padding=(1, 0)))


def _spectrum_stack(width: int) -> _Stack:
    half = max(1, width // 2)
    layers = [
        nn.Conv2d(1, half, (3, 9), (1, 2), padding=(1, 4)),
        nn.Conv2d(half, width, (3, 9), (1, 2), padding=(1, 4)),
        nn.Conv2d(width, width, (3, 9), (2, 2), padding=(1, 4)),
        nn.Conv2d(width, width, (3, 3), padding=(1, 1)),
    ]
    return _Stack(layers, nn.Conv2d(width, 1, (3, 3), padding=(1, 1)))


class Critics(nn.Module):
    """Samples (batch, n) to scores: high for what they take for recorded."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.by_period = nn.ModuleList(_period_stack(width) for _ in PERIODS)
        self.by_resolution = nn.ModuleList(_spectrum_stack(width) for _ in RESOLUTIONS)

    def forward(self, samples: Tensor) -> Judged:
        """Scores and layers of all critics, periods first."""
        views = [_folded(samples, period) for period in PERIODS]
        views += [_magnitudes(samples, *sizes) for sizes in RESOLUTIONS]
        judged = [
            critic(view) for critic, view in zip([*self.by_period, *self.by_resolution], views, strict=True)
        ]
        return [score for score, _ in judged], [seen for _, seen in judged]


def _folded(samples: Tensor, period: int) -> Tensor:
    """(batch, 1, n / period, period), the end mirrored to fill the last row."""
    short = -samples.shape[1] % period
    padded = functional.pad(samples[:, None], (0, short), mode="reflect") if short else samples[:, None]
    return padded.reshape(len(samples), 1, -1, period)


def _magnitudes(samples: Tensor, window: int, hop: int) -> Tensor:
    """(batch, 1, frames, bins), compressed so that quiet parts count."""
    spectrum = torch.stft(samples, window, hop, window=torch.hann_window(window), return_complex=True)
    return spectrum.abs().clamp(min=1e-5).pow(0.3)[:, None].transpose(2, 3)
