"""The detector networks, in torch, for training and export only.

``SpectrogramNet``: residual CNN over the linear-frequency log spectrogram, with
squeeze-and-excitation (Hu et al. 2018), frequency folded into channels at the end, and attentive
statistics pooling (Okabe et al. 2018) over time. The trunk gives one vector every 80 ms, so that a
time line costs no second pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

__all__ = ["CHANNELS", "NetConfig", "SpectrogramNet"]

CHANNELS = {"features": 1, "wideband": 1, "phases": 5, "full": 9}
"""Of the views in ``frontend.VIEWS``."""


@dataclass(frozen=True)
class NetConfig:
    """Widths of the four stages, size of a frame vector, dropout before the score.

    view: the input, a name of ``frontend.VIEWS``. The wide one has 128 bins and twice the frames: the stem
    halves the time axis instead of the frequency axis, and everything after it is the same.
    """

    widths: tuple[int, int, int, int] = (24, 48, 96, 128)
    stem: int = 16
    frame_dim: int = 128
    dropout: float = 0.2
    view: str = "features"


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )
        self.squeeze = nn.Sequential(
            nn.Conv2d(width, width // 4, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(width // 4, width, 1),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(x)
        # Squeezed over frequency only: what a frame looks like must not depend on the rest of the file.
        y = y * self.squeeze(y.mean(dim=2, keepdim=True))
        return torch.relu(x + y)


def _stage(inside: int, outside: int, stride: tuple[int, int]) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(inplace=True),
        _Residual(outside),
    )


class SpectrogramNet(nn.Module):
    """(batch, 256, frames) -> trunk: (batch, frames / 8, frame_dim); score: (batch,) logits.

    The wide view: (batch, 128, 2 * frames); views of several channels have them after the batch.
    """

    def __init__(self, config: NetConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or NetConfig()
        a, b, c, d = config.widths
        self.stem = nn.Sequential(
            nn.Conv2d(
                CHANNELS[config.view],
                config.stem,
                3,
                stride=(1, 2) if config.view == "wideband" else (2, 1),
                padding=1,
                bias=False,
            ),
            nn.BatchNorm2d(config.stem),
            nn.ReLU(inplace=True),
        )
        self.stages = nn.Sequential(
            _stage(config.stem, a, (2, 2)), _stage(a, b, (2, 2)), _stage(b, c, (2, 2)), _stage(c, d, (2, 1))
        )
        self.fold = nn.Sequential(
            nn.Conv1d(d * 8, config.frame_dim, 1), nn.BatchNorm1d(config.frame_dim), nn.ReLU()
        )
        self.attention = nn.Sequential(nn.Linear(config.frame_dim, 64), nn.Tanh(), nn.Linear(64, 1))
        self.head = nn.Sequential(
            nn.Linear(2 * config.frame_dim, 64), nn.ReLU(), nn.Dropout(config.dropout), nn.Linear(64, 1)
        )
        self.local = nn.Linear(config.frame_dim, 1)
        self.learnt_steps = True

    def load(self, weights: dict[str, Tensor]) -> None:
        """Take over the weights of a network that may have seen fewer channels (new ones count nothing at
        first) or have had no scores of steps."""
        stem = weights["stem.0.weight"]
        wider = torch.zeros_like(self.stem[0].weight)
        with torch.no_grad():
            wider[:, : stem.shape[1]] = stem
        self.learnt_steps = "local.weight" in weights
        steps = {f"local.{name}": value for name, value in self.local.state_dict().items()}
        self.load_state_dict(steps | weights | {"stem.0.weight": wider})

    def learnt(self) -> dict[str, Tensor]:
        """The weights, without those of a score of steps that was never learnt: what ``load`` takes."""
        found = self.state_dict()
        return {k: v for k, v in found.items() if self.learnt_steps or not k.startswith("local.")}

    def trunk(self, x: Tensor) -> Tensor:
        """Frame vectors, (batch, frames / 8, frame_dim)."""
        y = self.stages(self.stem(x if x.ndim == 4 else x.unsqueeze(1)))
        y = self.fold(y.flatten(1, 2))
        return y.transpose(1, 2)

    def pooled(self, frames: Tensor, weight: Tensor | None = None) -> Tensor:
        """Statistics (batch, 2 * frame_dim) of a window of vectors (batch, n, frame_dim).

        weight (batch, n) in 0..1 mutes pauses.
        """
        logits = self.attention(frames).squeeze(-1)
        if weight is not None:
            logits = logits + torch.log(weight.clamp_min(1e-4))
        share = torch.softmax(logits, dim=1).unsqueeze(-1)
        mean = (share * frames).sum(1)
        spread = ((share * frames**2).sum(1) - mean**2).clamp_min(1e-5).sqrt()
        return torch.cat([mean, spread], dim=1)

    def steps(self, frames: Tensor) -> Tensor:
        """Logit (batch, n) of each vector by itself: is what sounds just there synthetic?"""
        logits: Tensor = self.local(frames).squeeze(-1)
        return logits

    def score(self, frames: Tensor, weight: Tensor | None = None) -> Tensor:
        """Logit (batch,) of a window of vectors, as in ``pooled``."""
        logit: Tensor = self.head(self.pooled(frames, weight)).squeeze(-1)
        return logit

    def forward(self, x: Tensor) -> Tensor:
        return self.score(self.trunk(x))
