"""What the vocoder is trained with: spectra at several resolutions, and what the critics say."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from earwitness.generators.mel import FLOOR, MelConfig, mel_matrix
from earwitness.generators.training.discriminators import Judged

__all__ = ["critics_loss", "fooling_loss", "mel_of", "spectral_loss"]

RESOLUTIONS = ((2048, 512), (1024, 256), (512, 128), (256, 64))
MEL_WEIGHT = 15.0
FEATURE_WEIGHT = 2.0


def mel_of(samples: Tensor, config: MelConfig) -> Tensor:
    """As ``generators.mel.log_mel``, for (batch, n) samples with gradients: (batch, bands, frames)."""
    spectrum = torch.stft(
        samples,
        config.window,
        config.hop,
        window=torch.hann_window(config.window),
        pad_mode="reflect",
        return_complex=True,
    )
    return torch.log((_matrix(config) @ _magnitude(spectrum)).clamp(min=FLOOR))


def spectral_loss(made: Tensor, real: Tensor, config: MelConfig) -> Tensor:
    """Log mel distance, and multi-resolution STFT loss (Yamamoto et al. 2020, eq. 4-6). (batch, n) each."""
    loss = MEL_WEIGHT * functional.l1_loss(mel_of(made, config), mel_of(real, config))
    for window, hop in RESOLUTIONS:
        shape = torch.hann_window(window)
        a = _magnitude(torch.stft(made, window, hop, window=shape, return_complex=True))
        b = _magnitude(torch.stft(real, window, hop, window=shape, return_complex=True))
        loss = loss + torch.linalg.norm(b - a) / torch.linalg.norm(b).clamp(min=1e-3)
        loss = loss + functional.l1_loss(a.clamp(min=FLOOR).log(), b.clamp(min=FLOOR).log())
    return loss


def critics_loss(real: Judged, made: Judged) -> Tensor:
    """Least squares: one for recorded, zero for made (Mao et al. 2017)."""
    terms = [((1 - r) ** 2).mean() + (m**2).mean() for r, m in zip(real[0], made[0], strict=True)]
    return torch.stack(terms).mean()


def fooling_loss(real: Judged, made: Judged) -> Tensor:
    """What the vocoder wants: critics that are fooled, and whose layers see the same in both."""
    fooled = torch.stack([((1 - score) ** 2).mean() for score in made[0]]).mean()
    matched = [
        functional.l1_loss(m, r.detach())
        for many_m, many_r in zip(made[1], real[1], strict=True)
        for m, r in zip(many_m, many_r, strict=True)
    ]
    return fooled + FEATURE_WEIGHT * torch.stack(matched).mean()


@cache
def _matrix(config: MelConfig) -> Tensor:
    return torch.from_numpy(mel_matrix(config))


def _magnitude(spectrum: Tensor) -> Tensor:
    """Not ``abs``, whose gradient at zero is none."""
    return torch.sqrt(spectrum.real**2 + spectrum.imag**2 + 1e-9)
