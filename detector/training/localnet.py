"""The localiser's network, in torch, for training and export only; see ``earwitness.detector.localiser``.

Vectors less their mean over what is heard of the recording go through dilated convolutions with gates (van
den Oord et al. 2016, eq. 2) and skips: 61 steps (4.9 s) around a step have a say in its score.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["LocalNet", "export"]

KERNEL = 5
DILATIONS = (1, 2, 4, 8)


class _Residual(nn.Module):
    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        # Over the channels of one step alone: neither padding nor the length of a block may matter.
        self.norm = nn.LayerNorm(width)
        self.gated = nn.Conv1d(width, 2 * width, KERNEL, padding=KERNEL // 2 * dilation, dilation=dilation)
        self.out = nn.Conv1d(width, width, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.norm(x.transpose(1, 2)).transpose(1, 2))
        y = functional.glu(self.gated(y), dim=1)
        return x + self.dropout(self.out(y))


class LocalNet(nn.Module):
    """vectors (batch, n, size), heard (batch, n), 1 where somebody speaks; gives logits (batch, n)."""

    scale: Tensor

    def __init__(self, size: int, width: int = 64, dropout: float = 0.3) -> None:
        super().__init__()
        self.register_buffer("scale", torch.ones(size))
        self.dropped = nn.Dropout1d(dropout)  # whole components, so that none is relied on
        self.enter = nn.Conv1d(size, width, 1)
        self.body = nn.ModuleList([_Residual(width, dilation, dropout) for dilation in DILATIONS])
        self.leave = nn.Conv1d(width, 1, 1)

    def forward(self, vectors: Tensor, heard: Tensor) -> Tensor:
        weight = heard.unsqueeze(-1)
        scaled = vectors / self.scale
        mean = (scaled * weight).sum(1, keepdim=True) / weight.sum(1, keepdim=True).clamp(min=1.0)
        x = self.enter(self.dropped(((scaled - mean) * weight).transpose(1, 2)))
        for block in self.body:
            x = block(x)
        logits: Tensor = self.leave(x).squeeze(1)
        return logits


def export(net: LocalNet, target: Path) -> None:
    """Write it as ONNX (opset 17) for one block of any length."""
    size = len(net.scale)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the classic exporter announces its successor
        torch.onnx.export(
            net.eval(),
            (torch.zeros(1, 40, size), torch.ones(1, 40)),
            str(target),
            input_names=["vectors", "heard"],
            output_names=["scores"],
            dynamic_axes={"vectors": {1: "steps"}, "heard": {1: "steps"}, "scores": {1: "steps"}},
            opset_version=17,
            dynamo=False,
        )
