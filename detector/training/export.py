"""Export a trained network to ONNX, with its head in the metadata.

python -m earwitness.detector.training.export RUN/best.pt OUT.onnx
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from earwitness.detector.training.network import NetConfig, SpectrogramNet

__all__ = ["export", "load_network", "main"]


class _Trunk(nn.Module):
    """Features (1, 256, frames) to vectors (1, frames / 8, dim) and attention (1, frames / 8)."""

    def __init__(self, net: SpectrogramNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        vectors = self.net.trunk(features)
        return vectors, self.net.attention(vectors).squeeze(-1)


def load_network(checkpoint: Path) -> SpectrogramNet:
    """The averaged weights of a checkpoint written by ``train``."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = SpectrogramNet(NetConfig())
    net.load_state_dict(state["average"])
    return net.eval()


def export(net: SpectrogramNet, target: Path) -> None:
    """Write the trunk as ONNX (opset 17, batch norms folded by the exporter) with the head as metadata."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the classic exporter announces its successor
        torch.onnx.export(
            _Trunk(net).eval(),  # the exporter puts back the mode it finds: all of it must be eval
            (torch.zeros(1, 256, 240),),
            str(target),
            input_names=["features"],
            output_names=["vectors", "attention"],
            dynamic_axes={"features": {2: "frames"}, "vectors": {1: "steps"}, "attention": {1: "steps"}},
            opset_version=17,
            dynamo=False,
        )
    model = onnx.load(str(target))
    first, last = net.head[0], net.head[3]
    for key, value in (("w1", first.weight), ("b1", first.bias), ("w2", last.weight), ("b2", last.bias)):
        entry = model.metadata_props.add()
        entry.key, entry.value = (
            key,
            json.dumps(
                [[round(float(v), 7) for v in row] for row in value.detach()]
                if value.dim() == 2
                else [round(float(v), 7) for v in value.detach()]
            ),
        )
    onnx.save(model, str(target))


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.detector.training.export", description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("target", type=Path)
    args = parser.parse_args(argv)
    export(load_network(args.checkpoint), args.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
