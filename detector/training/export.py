"""Export one or several trained networks to one ONNX graph, with their heads in the metadata.

python -m earwitness.detector.training.export OUT.onnx RUN/best.pt [RUN2/best.pt ...]
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn

from earwitness.detector.training.network import NetConfig, SpectrogramNet

__all__ = ["export", "load_network", "main", "view_of"]


class _Trunks(nn.Module):
    """One input a view; vectors (1, steps, members, dim) and attention (1, steps, members)."""

    def __init__(self, nets: Sequence[SpectrogramNet], views: list[str]) -> None:
        super().__init__()
        self.nets = nn.ModuleList(nets)
        self.views = views

    def forward(self, *features: Tensor) -> tuple[Tensor, Tensor]:
        seen = dict(zip(self.views, features, strict=True))
        vectors = [net.trunk(seen[view_of(net)]) for net in self.nets]
        attention = [net.attention(v).squeeze(-1) for net, v in zip(self.nets, vectors, strict=True)]
        return torch.stack(vectors, dim=2), torch.stack(attention, dim=2)


def view_of(net: SpectrogramNet) -> str:
    """Name of the view that a network was trained on, see ``frontend.VIEWS``."""
    return net.config.view


def load_network(checkpoint: Path) -> SpectrogramNet:
    """The averaged weights of a checkpoint written by ``train``."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = SpectrogramNet(NetConfig(view=state["view"]))
    net.load(state["average"])
    return net.eval()


def export(nets: Sequence[SpectrogramNet], target: Path) -> None:
    """Write the trunks as ONNX (opset 17, batch norms folded by the exporter) with the heads as metadata.

    The networks may differ in their view, not in their sizes.
    """
    views = sorted({view_of(net) for net in nets})
    examples = {
        "features": torch.zeros(1, 256, 240),
        "wideband": torch.zeros(1, 128, 480),
        "phases": torch.zeros(1, 5, 256, 240),
        "full": torch.zeros(1, 9, 256, 240),
    }
    axes = {view: {example.ndim - 1: f"{view}_frames"} for view, example in examples.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the classic exporter announces its successor
        torch.onnx.export(
            _Trunks(nets, views).eval(),  # the exporter puts back the mode it finds: all of it must be eval
            tuple(examples[view] for view in views),
            str(target),
            input_names=views,
            output_names=["vectors", "attention"],
            dynamic_axes={
                **{view: axes[view] for view in views},
                "vectors": {1: "steps"},
                "attention": {1: "steps"},
            },
            opset_version=17,
            dynamo=False,
        )
    model = onnx.load(str(target))
    heads = [
        (net.head[0].weight, net.head[0].bias, net.head[3].weight[0], net.head[3].bias[0]) for net in nets
    ]
    for key, values in zip(("w1", "b1", "w2", "b2"), zip(*heads, strict=True), strict=True):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, json.dumps(_rounded(torch.stack(values).tolist()))
    entry = model.metadata_props.add()
    entry.key, entry.value = "local", json.dumps(_rounded([_local(net) for net in nets]))
    entry = model.metadata_props.add()
    entry.key, entry.value = "views", json.dumps([view_of(net) for net in nets])
    onnx.save(model, str(target))


def _local(net: SpectrogramNet) -> list[float]:
    """Weights and offset of a step's score; zeros from a network that never learnt one."""
    weights = [*net.local.weight[0].tolist(), *net.local.bias.tolist()]
    return weights if net.learnt_steps else [0.0] * len(weights)


def _rounded(value: Any) -> Any:
    return [_rounded(v) for v in value] if isinstance(value, list) else round(value, 7)


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.detector.training.export", description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("checkpoints", type=Path, nargs="+")
    args = parser.parse_args(argv)
    export([load_network(path) for path in args.checkpoints], args.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
