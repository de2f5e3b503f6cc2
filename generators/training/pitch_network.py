"""The network that reads pitch from a mel spectrogram, and what it learns from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from earwitness.generators.mel import MelConfig
from earwitness.generators.pitch import BIN_HZ, BINS, LOWEST_HZ, OCTAVES

__all__ = ["PitchNet", "pitch_loss", "track"]

Float32 = npt.NDArray[np.float32]


class PitchNet(nn.Module):
    """Log mel spectrogram (batch, bands, frames) to logits (batch, BINS + 1, frames); the last: voiced."""

    def __init__(self, dim: int = 128, layers: int = 4, bands: int = 80) -> None:
        super().__init__()
        self.enter = nn.Conv1d(bands, dim, 5, padding=2)
        self.layers = nn.ModuleList(nn.Conv1d(dim, dim, 5, padding=2) for _ in range(layers))
        self.head = nn.Conv1d(dim, BINS + 1, 1)

    def forward(self, mel: Tensor) -> Tensor:
        """Loudness is no matter: the mean of the spectrogram is taken away."""
        x = functional.gelu(self.enter((mel - mel.mean((1, 2), keepdim=True)) / 2.5))
        for layer in self.layers:
            x = x + functional.gelu(layer(x))
        logits: Tensor = self.head(x)
        return logits


def pitch_loss(logits: Tensor, pitch: Tensor) -> Tensor:
    """Cross-entropy with a bell one bin wide around the true pitch (batch, frames) in Hz, 0 where unvoiced,
    and with whether the frame is voiced."""
    voiced = pitch > 0
    place = torch.log2(pitch.clamp(min=LOWEST_HZ) / LOWEST_HZ) * ((BINS - 1) / OCTAVES)
    away = torch.arange(BINS)[:, None] - place[:, None]
    target = torch.softmax(-0.5 * away**2, dim=1)
    wrong = -(target * functional.log_softmax(logits[:, :BINS], dim=1)).sum(1)
    heard = functional.binary_cross_entropy_with_logits(logits[:, BINS], voiced.float())
    return (wrong * voiced).sum() / voiced.sum().clamp(min=1) + heard


def track(samples: Float32, config: MelConfig) -> Float32:
    """Pitch in Hz, n // hop + 1 frames, 0 where unvoiced, of (n,) samples: what the network is taught.

    DIO (Morise et al. 2009) with StoneMask, within the range that the network can say.
    """
    import pyworld

    wide = samples.astype(np.float64)
    frames = samples.size // config.hop + 1
    period = 1000 * config.hop / config.rate
    rough, times = pyworld.dio(
        wide, config.rate, f0_floor=LOWEST_HZ + 5, f0_ceil=float(BIN_HZ[-1]) - 10, frame_period=period
    )
    fine = pyworld.stonemask(wide, rough, times, config.rate)[:frames]
    inside = (fine > LOWEST_HZ) & (fine < BIN_HZ[-1])
    kept = np.where(inside, fine, 0.0).astype(np.float32)
    return np.pad(kept, (0, frames - kept.size))
