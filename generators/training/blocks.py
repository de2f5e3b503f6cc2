"""What the networks of several generators are built of."""

from __future__ import annotations

import contextlib
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["ConvNeXt", "mixed", "start_small"]


class ConvNeXt(nn.Module):
    """Each channel over time, then all channels of a frame, added to what came in (Liu et al. 2022).

    depth: of the network; the deeper, the less each block adds at first.
    """

    def __init__(self, dim: int, inner: int, kernel: int, depth: int) -> None:
        super().__init__()
        self.over_time = nn.Conv1d(dim, dim, kernel, padding=kernel // 2, groups=dim)
        self.norm = nn.LayerNorm(dim)
        self.widen = nn.Linear(dim, inner)
        self.narrow = nn.Linear(inner, dim)
        self.scale = nn.Parameter(torch.full((dim,), 1 / depth))

    def forward(self, x: Tensor) -> Tensor:
        """(batch, dim, frames) to the same."""
        y = self.norm(self.over_time(x).transpose(1, 2))
        y = self.narrow(functional.gelu(self.widen(y)))
        return x + (self.scale * y).transpose(1, 2)


def mixed(*, wanted: bool) -> contextlib.AbstractContextManager[object]:
    """Matrix products in bfloat16 inside, where this processor has them (then 1.6 times as quick)."""
    return torch.autocast("cpu", torch.bfloat16, enabled=wanted and _has_bfloat16())


@cache
def _has_bfloat16() -> bool:
    return "avx512_bf16" in torch.backends.cpu.get_cpu_capability().lower() or bool(
        torch.ops.mkldnn._is_mkldnn_bf16_supported()
    )


def start_small(*modules: nn.Module) -> None:
    """Small random weights and no biases for the convolutions and linear layers among ``modules``."""
    for module in modules:
        if isinstance(module, nn.Conv1d | nn.Linear):
            nn.init.trunc_normal_(module.weight, std=0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
