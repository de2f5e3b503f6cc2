"""The speech VAE: what is said at 20 frames a second, by whom as one vector, and back to a mel spectrogram.

A variational autoencoder (Kingma and Welling 2014) whose latents also pass a residual quantiser: then it is
a neural codec, and its codes are tokens. What is said and who says it are kept apart as in AdaIN-VC (Chou
et al. 2019): the encoder of what is said sees each band without its mean and spread over time.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from earwitness.generators.training.blocks import ConvNeXt, start_small
from earwitness.generators.training.quantizer import ResidualQuantizer
from earwitness.generators.vae import STRIDE

__all__ = ["Decoder", "Encoder", "VaeConfig", "VaeNet", "Voice", "divergence"]


@dataclass(frozen=True, slots=True)
class VaeConfig:
    """dim: channels. latent, voice: sizes of the latents and of a voice. books: of ``codes`` codes each;
    eight of 1,024 at 20 frames a second are 1.6 kbit/s. depth: blocks of the encoder, and of the decoder."""

    bands: int = 80
    dim: int = 256
    inner: int = 512
    depth: int = 6
    latent: int = 32
    voice: int = 64
    books: int = 8
    codes: int = 1024


class VaeNet(nn.Module):
    """The whole of it; parts are called by the trainer and exported one by one."""

    def __init__(self, config: VaeConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or VaeConfig()
        self.encoder, self.voice, self.decoder = Encoder(config), Voice(config), Decoder(config)
        self.quantizer = ResidualQuantizer(config.latent, config.books, config.codes)

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """Log mel (batch, bands, frames), frames divisible by STRIDE: mean latents and voices."""
        mean, _ = self.encoder(mel)
        return mean, self.voice(mel)


class Encoder(nn.Module):
    """What is said."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.enter = nn.Conv1d(config.bands + 1, config.dim, 7, padding=3)
        half = config.depth // 2
        self.fine = nn.Sequential(*(ConvNeXt(config.dim, config.inner, 7, config.depth) for _ in range(half)))
        self.down = nn.Conv1d(config.dim, config.dim, STRIDE, STRIDE)
        self.coarse = nn.Sequential(
            *(ConvNeXt(config.dim, config.inner, 7, config.depth) for _ in range(config.depth - half))
        )
        self.norm = nn.LayerNorm(config.dim)
        self.head = nn.Linear(config.dim, 2 * config.latent)
        start_small(*self.modules())

    def forward(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the variance of latents, (batch, latent, frames / STRIDE) each."""
        spread = torch.sqrt(mel.var(2, unbiased=False, keepdim=True) + 0.1)
        plain = (mel - mel.mean(2, keepdim=True)) / spread
        loudness = (mel.mean(1, keepdim=True) + 5.0) / 2.5  # how loud is what is said, not who says it
        x = self.fine(self.enter(torch.cat([plain, loudness], 1)))
        x = self.norm(self.coarse(self.down(x)).transpose(1, 2))
        mean, spread = self.head(x).transpose(1, 2).chunk(2, dim=1)
        return mean, spread.clamp(-8.0, 4.0)


class Voice(nn.Module):
    """Who says it."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        half = config.dim // 2
        self.enter = nn.Conv1d(config.bands, half, 7, padding=3)
        self.blocks = nn.Sequential(*(ConvNeXt(half, config.dim, 7, 3) for _ in range(3)))
        self.head = nn.Linear(2 * half, config.voice)
        start_small(*self.modules())

    def forward(self, mel: Tensor) -> Tensor:
        """(batch, voice), of length 1: from mean and spread over time."""
        x = self.blocks(self.enter((mel + 5.0) / 2.5))
        spread = torch.sqrt(x.var(2, unbiased=False) + 1e-5)
        return functional.normalize(self.head(torch.cat([x.mean(2), spread], 1)), dim=1)


class Decoder(nn.Module):
    """A spectrogram of what is said, said by whom."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.enter = nn.Conv1d(config.latent, config.dim, 5, padding=2)
        self.who = nn.Linear(config.voice, 2 * config.dim)
        half = config.depth // 2
        self.coarse = nn.Sequential(
            *(ConvNeXt(config.dim, config.inner, 7, config.depth) for _ in range(half))
        )
        self.up = nn.ConvTranspose1d(config.dim, config.dim, STRIDE, STRIDE)
        self.fine = nn.Sequential(
            *(ConvNeXt(config.dim, config.inner, 7, config.depth) for _ in range(config.depth - half))
        )
        self.norm = nn.LayerNorm(config.dim)
        self.head = nn.Linear(config.dim, config.bands)
        start_small(*self.modules())

    def forward(self, latents: Tensor, voice: Tensor) -> Tensor:
        """Latents (batch, latent, n) and voices (batch, voice) to log mel (batch, bands, 4 n)."""
        scale, shift = self.who(voice)[:, :, None].chunk(2, dim=1)
        x = self.coarse(self.enter(latents) * (1 + scale) + shift)
        x = self.fine(self.up(x) * (1 + scale) + shift)
        made: Tensor = self.head(self.norm(x.transpose(1, 2))).transpose(1, 2) * 2.5 - 5.0
        return made


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback-Leibler divergence from the unit normal in nats a latent value (their app. B)."""
    return 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).mean()
