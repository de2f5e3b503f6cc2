"""Turn a shipped model back into checkpoints that training can begin with (``train --init``).

    python -m earwitness.detector.training.restore detector/weights/spectro.onnx REAL/real.tsv OUT/

Writes ``OUT/<view>.pt`` for every member. The exporter folded each batch norm into the convolution before it;
here it comes back as a norm that does nothing to what it sees: its mean and variance are measured on
recordings, and scale and shift undo them. The network gives the scores it gave, and learns on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from earwitness.detector.frontend import VIEWS
from earwitness.detector.training.network import NetConfig, SpectrogramNet
from earwitness.detector.training.quantise import some_sounds
from earwitness.errors import ModelError

__all__ = ["main", "restored"]

KEYS = ("w1", "b1", "w2", "b2", "local", "views")


def restored(
    model: Path, recordings: Sequence[np.ndarray[Any, np.dtype[np.float32]]]
) -> list[SpectrogramNet]:
    """The members of a model, in its order, in evaluation mode. recordings: (n,) at 16 kHz, 3 s each.

    Raises ModelError for a graph that ``export`` did not write.
    """
    graph = onnx.load(str(model))
    arrays = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.graph.initializer}
    arrays |= dict(_unpacked(graph.graph.node, arrays))
    convolutions = [n for n in graph.graph.node if n.op_type == "Conv"]
    heads = {p.key: json.loads(p.value) for p in graph.metadata_props if p.key in KEYS}
    views = [entry.name for entry in graph.graph.input]
    members = len(heads.get("b2", []))
    try:
        order = _views(views, members, heads)
        nets = [SpectrogramNet(NetConfig(view=view)).eval() for view in order]
        weights = iter([[arrays[name] for name in node.input[1:]] for node in convolutions])
        linear = iter(_linear(graph.graph.node, arrays))
        with torch.no_grad():
            for index, net in enumerate(nets):
                _fill(net, weights)
                _fill_heads(net, linear, {key: heads[key][index] for key in heads if key != "views"})
                _settle(net, [VIEWS[net.config.view](x) for x in recordings])
    except (KeyError, StopIteration, RuntimeError, IndexError) as error:
        raise ModelError(f"this is no model of ours ({error}).", subject=str(model)) from error
    return nets


def _unpacked(nodes: Sequence[Any], arrays: dict[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    """What integers (``quantise``) stand for, by the names that convolutions use."""
    for node in nodes:
        if node.op_type == "DequantizeLinear" and node.input[0] in arrays:
            whole, scale, zero = (arrays[name].float() for name in node.input[:3])
            axis = next((a.i for a in node.attribute if a.name == "axis"), 0)
            shape = [-1 if scale.ndim and k == axis else 1 for k in range(whole.ndim)]
            yield node.output[0], (whole - zero.reshape(shape)) * scale.reshape(shape)


def _views(inputs: list[str], members: int, heads: dict[str, Any]) -> list[str]:
    """The view of each member; edition 2 did not say it, but had as many views as members."""
    if "views" in heads:
        return [str(view) for view in heads["views"]]
    if not members or len(inputs) != members:
        raise KeyError("which member sees what is not known")
    return inputs


def _linear(nodes: Sequence[Any], arrays: dict[str, Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
    """Weight and bias of each matrix product, in order."""
    nodes = list(nodes)
    for index, node in enumerate(nodes):
        if node.op_type == "MatMul":
            add = next(n for n in nodes[index:] if n.op_type == "Add" and node.output[0] in n.input)
            bias = next(arrays[name] for name in add.input if name in arrays)
            yield arrays[node.input[1]], bias


def _fill(net: SpectrogramNet, weights: Iterator[list[Tensor]]) -> None:
    """Put folded convolutions in place, and norms behind them that only add their bias."""
    layers = list(net.modules())
    for index, layer in enumerate(layers):
        if not isinstance(layer, nn.Conv2d | nn.Conv1d):
            continue
        weight, bias = next(weights)
        layer.weight.copy_(weight.reshape(layer.weight.shape))
        if layer.bias is not None:
            layer.bias.copy_(bias)
            continue
        norm = layers[index + 1]
        assert isinstance(norm, nn.BatchNorm2d | nn.BatchNorm1d)
        norm.running_mean.zero_()  # type: ignore[union-attr]
        norm.running_var.fill_(1 - norm.eps)  # type: ignore[union-attr]
        norm.weight.fill_(1.0)
        norm.bias.copy_(bias)


def _fill_heads(net: SpectrogramNet, linear: Iterator[tuple[Tensor, Tensor]], heads: dict[str, Any]) -> None:
    """Put in place what comes after the frame vectors. heads: a member's, by their keys in the metadata."""
    for layer in (net.attention[0], net.attention[2]):
        weight, bias = next(linear)
        layer.weight.copy_(weight.T)
        layer.bias.copy_(bias)
    for layer, (w, b) in ((net.head[0], ("w1", "b1")), (net.head[3], ("w2", "b2"))):
        layer.weight.copy_(torch.tensor(heads[w]).reshape(layer.weight.shape))
        layer.bias.copy_(torch.tensor(heads[b]).reshape(layer.bias.shape))
    local = torch.tensor(heads.get("local", [0.0]))
    net.learnt_steps = bool(local.any())
    if net.learnt_steps:
        net.local.weight.copy_(local[:-1].reshape(net.local.weight.shape))
        net.local.bias.copy_(local[-1:])


def _settle(net: SpectrogramNet, features: Sequence[Any]) -> None:
    """Give the norms the statistics of what they see, without changing what they give."""
    seen: dict[nn.Module, list[Tensor]] = {}

    def note(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        seen.setdefault(layer, []).append(inputs[0].transpose(0, 1).flatten(1))

    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d | nn.BatchNorm1d)]
    hooks = [norm.register_forward_pre_hook(note) for norm in norms]
    for one in features:
        net(torch.from_numpy(one[None]))
    for hook in hooks:
        hook.remove()
    for norm in norms:
        values = torch.cat(seen[norm], 1)
        mean, variance = values.mean(1), values.var(1)
        norm.running_mean.copy_(mean)  # type: ignore[union-attr]
        norm.running_var.copy_(variance)  # type: ignore[union-attr]
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.add_(mean)


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.detector.training.restore", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("real", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    for net in restored(args.model, some_sounds(args.real, "train")):
        view = net.config.view
        torch.save({"average": net.learnt(), "view": view}, args.out / f"{view}.pt")
        print(args.out / f"{view}.pt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
