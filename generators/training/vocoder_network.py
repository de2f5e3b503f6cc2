"""The GAN vocoder's generator: mel spectrogram and pitch in, filters for pulses and noise out.

After Vocos (Siuzdak 2023, arXiv 2306.00814) and ConvNeXt (Liu et al. 2022): everything runs at the frame
rate, which is what makes it quick on a CPU; upsampling is left to the inverse short-time Fourier transform.
Pulses at the pitch are given (``generators.excitation``): a network without them spends most of its training
on learning what a period is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from earwitness.generators.mel import MelConfig
from earwitness.generators.training.blocks import ConvNeXt, mixed, start_small
from earwitness.generators.training.pitch_network import PitchNet

__all__ = ["VocoderConfig", "VocoderNet", "spectrum_of", "to_samples"]

LOUDEST = 6.0  # natural logarithm of the largest magnitude, above that of full-scale noise
LOWEST_HZ, MIDDLE_HZ = 40.0, 150.0
STARTS = (-1.0, 0.0, -3.0, -5.0, 0.0)  # of the filters: at first nearly all of the sound comes from pulses


@dataclass(frozen=True, slots=True)
class VocoderConfig:
    """Sizes. dim: channels; inner: channels inside a block; blocks: how many; kernel: frames a block sees.

    pitch_dim: channels of the network that reads the pitch.
    """

    dim: int = 256
    inner: int = 768
    blocks: int = 8
    kernel: int = 7
    pitch_dim: int = 128


class VocoderNet(nn.Module):
    """Log mel (batch, bands, frames) and pitch (batch, frames) in Hz to filters, (batch, bins, frames) each.

    They are those of ``generators.excitation.Filters``, in its order.
    """

    def __init__(self, config: VocoderConfig | None = None, mel: MelConfig | None = None) -> None:
        super().__init__()
        self.mixed = False  # precision of the blocks while training
        self.config, self.mel = config or VocoderConfig(), mel or MelConfig()
        self.pitch = PitchNet(self.config.pitch_dim, bands=self.mel.bands)
        self.enter = nn.Conv1d(self.mel.bands + 2, self.config.dim, 7, padding=3)
        self.norm_in = nn.LayerNorm(self.config.dim)
        self.blocks = nn.Sequential(*(self._block() for _ in range(self.config.blocks)))
        self.norm_out = nn.LayerNorm(self.config.dim)
        self.head = nn.Linear(self.config.dim, len(STARTS) * self.mel.bins)
        start_small(self.enter, self.head, *self.blocks.modules())
        with torch.no_grad():
            self.head.bias.copy_(torch.tensor(STARTS).repeat_interleave(self.mel.bins))

    def _block(self) -> ConvNeXt:
        config = self.config
        return ConvNeXt(config.dim, config.inner, config.kernel, config.blocks)

    def forward(self, mel: Tensor, pitch: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Magnitudes as logarithms, phases as angles: without limits that gradients die at."""
        voiced = (pitch > 0).to(mel.dtype)
        height = torch.log(pitch.clamp(min=LOWEST_HZ) / MIDDLE_HZ) * voiced
        x = torch.cat([(mel + 5.0) / 2.5, height[:, None], voiced[:, None]], dim=1)
        x = self.norm_in(self.enter(x).transpose(1, 2)).transpose(1, 2)
        with mixed(wanted=self.mixed):
            x = self.blocks(x)
        x = self.norm_out(x.transpose(1, 2).float())
        harmonic, turn, noise, free, angle = self.head(x).transpose(1, 2).chunk(5, dim=1)
        return harmonic.clamp(max=LOUDEST), turn, noise.clamp(max=LOUDEST), free.clamp(max=LOUDEST), angle


def spectrum_of(filters: Sequence[Tensor], pulses: Tensor, noise: Tensor) -> Tensor:
    """As ``generators.excitation.filtered``, with gradients: complex (batch, bins, frames)."""
    harmonic, turn, noisy, free, angle = filters
    return (
        torch.polar(torch.exp(harmonic), torch.pi * torch.tanh(turn)) * pulses
        + torch.exp(noisy) * noise
        + torch.polar(torch.exp(free), angle)
    )


def to_samples(spectrum: Tensor, length: int, mel: MelConfig) -> Tensor:
    """Samples (batch, length) of short-time spectra (batch, bins, frames), as ``generators.mel.waveform``."""
    return torch.istft(
        spectrum,
        mel.window,
        mel.hop,
        window=torch.hann_window(mel.window),
        length=length,
    )
