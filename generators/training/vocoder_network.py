"""The GAN vocoder's generator: mel spectrogram in, short-time spectrum out, an inverse FFT does the rest.

After Vocos (Siuzdak 2023, arXiv 2306.00814) and ConvNeXt (Liu et al. 2022): everything runs at the frame
rate, which is what makes it quick on a CPU; upsampling is left to the inverse short-time Fourier transform.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from earwitness.generators.mel import MelConfig

__all__ = ["VocoderConfig", "VocoderNet", "to_samples"]

LOUDEST = 6.0  # natural logarithm of the largest magnitude, above that of full-scale noise


@dataclass(frozen=True, slots=True)
class VocoderConfig:
    """Sizes. dim: channels; inner: channels inside a block; blocks: how many; kernel: frames a block sees."""

    dim: int = 256
    inner: int = 768
    blocks: int = 8
    kernel: int = 7


class _Block(nn.Module):
    """ConvNeXt: each channel over time, then all channels of a frame, added to what came in."""

    def __init__(self, config: VocoderConfig) -> None:
        super().__init__()
        self.over_time = nn.Conv1d(
            config.dim, config.dim, config.kernel, padding=config.kernel // 2, groups=config.dim
        )
        self.norm = nn.LayerNorm(config.dim)
        self.widen = nn.Linear(config.dim, config.inner)
        self.narrow = nn.Linear(config.inner, config.dim)
        self.scale = nn.Parameter(torch.full((config.dim,), 1 / config.blocks))

    def forward(self, x: Tensor) -> Tensor:
        """(batch, dim, frames) to the same."""
        y = self.norm(self.over_time(x).transpose(1, 2))
        y = self.narrow(functional.gelu(self.widen(y)))
        return x + (self.scale * y).transpose(1, 2)


class VocoderNet(nn.Module):
    """Log mel spectrogram (batch, bands, frames) to real and imaginary parts, each (batch, bins, frames)."""

    def __init__(self, config: VocoderConfig | None = None, mel: MelConfig | None = None) -> None:
        super().__init__()
        self.config, self.mel = config or VocoderConfig(), mel or MelConfig()
        self.enter = nn.Conv1d(self.mel.bands, self.config.dim, 7, padding=3)
        self.norm_in = nn.LayerNorm(self.config.dim)
        self.blocks = nn.Sequential(*(_Block(self.config) for _ in range(self.config.blocks)))
        self.norm_out = nn.LayerNorm(self.config.dim)
        self.head = nn.Linear(self.config.dim, 2 * self.mel.bins)
        for module in self.modules():
            if isinstance(module, nn.Conv1d | nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """Magnitude as an exponential, phase as an angle: both without limits that gradients die at."""
        x = self.norm_in(self.enter((mel + 5.0) / 2.5).transpose(1, 2)).transpose(1, 2)
        x = self.norm_out(self.blocks(x).transpose(1, 2))
        loudness, angle = self.head(x).transpose(1, 2).chunk(2, dim=1)
        magnitude = torch.exp(loudness.clamp(max=LOUDEST))
        return magnitude * torch.cos(angle), magnitude * torch.sin(angle)


def to_samples(real: Tensor, imaginary: Tensor, length: int, mel: MelConfig) -> Tensor:
    """Samples (batch, length) of short-time spectra (batch, bins, frames), as ``generators.mel.waveform``."""
    return torch.istft(
        torch.complex(real, imaginary),
        mel.window,
        mel.hop,
        window=torch.hann_window(mel.window),
        length=length,
    )
