"""Make an exported model smaller and faster: its convolutions in 8 bits.

    python -m earwitness.detector.training.quantise MODEL.onnx OUT.onnx --real SET/manifest.tsv

Weights are quantised for each output channel, activations for each tensor, by the range they take on real
sound (static quantisation: Jacob et al. 2018, arXiv 1712.05877); only the 3 x 3 convolutions, which are
nearly all of the work. What comes after them (folding, attention, heads) stays as it is.
"""

from __future__ import annotations

import argparse
import csv
import heapq
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnx
import soundfile

from earwitness.contracts import Float32
from earwitness.detector.frontend import SAMPLE_RATE, views_of

__all__ = ["main", "quantise", "some_sounds"]

HEARD = 64  # recordings that ranges (and the norms of ``restore``) are measured on
SECONDS = 3.0


def quantise(model: Path, target: Path, sounds: Sequence[Float32]) -> None:
    """Write ``model``, as ``export`` wrote it, in 8 bits to ``target`` (may be the same file).

    sounds: (n,) at 16 kHz, of both classes; their ranges are what 8 bits are spread over.
    """
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as folder:
        prepared, made = Path(folder) / "prepared.onnx", Path(folder) / "made.onnx"
        # Norms are folded already; further optimisation would rename what ``_in_order`` goes by.
        quant_pre_process(str(model), str(prepared), skip_optimization=True, skip_symbolic_shape=True)
        graph = onnx.load(str(prepared))
        quantize_static(
            str(prepared),
            str(made),
            _Sounds([entry.name for entry in graph.graph.input], sounds),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            weight_type=QuantType.QInt8,
            activation_type=QuantType.QUInt8,
            calibrate_method=CalibrationMethod.MinMax,
            nodes_to_quantize=_convolutions(graph),
        )
        result = onnx.load(str(made))
    _in_order(result.graph, [node.name for node in graph.graph.node])
    del result.metadata_props[:]
    result.metadata_props.extend(onnx.load(str(model)).metadata_props)
    onnx.save(result, str(target))


def _convolutions(graph: Any) -> list[str]:
    """Names of the 3 x 3 convolutions."""
    shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.graph.initializer}
    return [n.name for n in graph.graph.node if n.op_type == "Conv" and shapes[n.input[1]][2:] == (3, 3)]


def _in_order(graph: Any, names: list[str]) -> None:
    """Sort the nodes as they were before (``restore`` tells by their order whose weights are whose).

    What was added comes as soon as its inputs are there.
    """
    rank = {name: k for k, name in enumerate(names)}
    nodes = list(graph.node)
    there = {entry.name for entry in (*graph.input, *graph.initializer)} | {""}
    waiting = {k: {name for name in node.input if name not in there} for k, node in enumerate(nodes)}
    users: dict[str, list[int]] = {}
    for k, missing in waiting.items():
        for name in missing:
            users.setdefault(name, []).append(k)
    ready = [(rank.get(nodes[k].name, -1), k) for k, missing in waiting.items() if not missing]
    heapq.heapify(ready)
    ordered = []
    while ready:
        _, k = heapq.heappop(ready)
        ordered.append(nodes[k])
        for name in nodes[k].output:
            for user in users.get(name, []):
                waiting[user].discard(name)
                if not waiting[user]:
                    heapq.heappush(ready, (rank.get(nodes[user].name, -1), user))
    del graph.node[:]
    graph.node.extend(ordered)


class _Sounds:
    """What ONNX Runtime's calibration asks for (``CalibrationDataReader``): inputs one after the other."""

    def __init__(self, views: list[str], sounds: Sequence[Float32]) -> None:
        self._left = iter(sounds)
        self._views = views

    def get_next(self) -> dict[str, Any] | None:
        """The next inputs; None at the end."""
        sound = next(self._left, None)
        if sound is None:
            return None
        return {name: view[None] for name, view in views_of(self._views, sound).items()}


def some_sounds(manifest: Path, role: str | None = None) -> list[Float32]:
    """The beginnings of about ``HEARD`` recordings of a list, all over it. role: only of that one."""
    with manifest.open(encoding="utf-8") as handle:
        rows = [r for r in csv.DictReader(handle, delimiter="\t") if role is None or r["role"] == role]
    chosen = [manifest.parent / row["path"] for row in rows[:: max(1, len(rows) // HEARD)]]
    return [soundfile.read(path, dtype="float32", frames=int(SECONDS * SAMPLE_RATE))[0] for path in chosen]


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.detector.training.quantise", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--real", type=Path, required=True, help="list of recordings that give the ranges")
    args = parser.parse_args(argv)
    quantise(args.model, args.target, some_sounds(args.real))
    return 0


if __name__ == "__main__":
    sys.exit(main())
