"""A training run: its folder, its checkpoint, its learning curve. The same for every family."""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch

from earwitness.generators.training.speech import Speech, pack

__all__ = ["CORPORA", "LAST", "Material", "Trainer", "export_network", "go_on", "halve", "save", "train"]

# Licences that let a model trained on them be given away without conditions on the model; hibari is what
# ``generators.training.teacher`` makes.
CORPORA = (
    "hibari",
    "kerstin_de",
    "librispeech_deepspk",
    "librispeech_resemblyzer",
    "pico_barista",
    "pico_wakeword",
    "precise_community",
    "speechocean762",
)
LAST = "last.pt"
_LARGE = 1024  # values; smaller weights are not worth a cast


class Material(Protocol):
    """What is learnt from, or measured on."""

    @property
    def hours(self) -> float:
        """How much there is."""


M = TypeVar("M", bound=Material, contravariant=True)


class Trainer(Protocol[M]):
    """What is trained. done: steps so far."""

    done: int

    def step(self, material: M, /) -> dict[str, float]:
        """One step; its losses. What is drawn depends on the seed and the step's number alone."""

    def measure(self, material: M, /) -> float:
        """How wrong the averaged weights are on held-out speakers."""

    def state(self) -> dict[str, Any]:
        """All that a later run needs."""

    def resume(self, state: dict[str, Any]) -> None:
        """Go on where ``state`` was saved."""


def train(
    trainer: Trainer[Speech],
    folder: Path,
    manifest: Path,
    steps: int,
    every: int,
    corpora: Collection[str] = CORPORA,
) -> None:
    """Train on recordings. They are packed into ``speech`` in ``folder`` once; a link there serves several
    runs. The rest as for :func:`go_on`."""
    packed = pack(manifest, folder / "speech", corpora)
    go_on(trainer, folder, Speech(packed), Speech(packed, held_out=True), steps, every)


def go_on(trainer: Trainer[M], folder: Path, material: M, unseen: M, steps: int, every: int) -> None:
    """Train, or go on training, in ``folder`` until ``steps`` are done.

    ``every`` steps the state goes to ``last.pt`` and the mean losses to ``log.jsonl``.
    """
    last = folder / LAST
    if last.exists():
        trainer.resume(torch.load(last, weights_only=True))
    print(f"{material.hours:.1f} h to learn from, {unseen.hours:.2f} h held out; at step {trainer.done}")
    begun = time.monotonic()
    sums: dict[str, list[float]] = {}
    while trainer.done < steps:
        for name, value in trainer.step(material).items():
            sums.setdefault(name, []).append(value)
        if trainer.done % every and trainer.done != steps:
            continue
        means = {name: round(sum(values) / len(values), 4) for name, values in sums.items()}
        entry = {"step": trainer.done, "s": round(time.monotonic() - begun), **means}
        entry["held_out"] = round(trainer.measure(unseen), 4)
        sums.clear()
        save(trainer.state(), last)
        with (folder / "log.jsonl").open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(entry) + "\n")
        print(json.dumps(entry), flush=True)


def save(state: dict[str, Any], target: Path) -> None:
    """Write beside and rename, so that a run killed while it saves can still be resumed."""
    beside = target.with_suffix(".tmp")
    torch.save(state, beside)
    beside.replace(target)


def export_network(
    net: torch.nn.Module,
    example: tuple[torch.Tensor, ...],
    target: Path,
    takes: dict[str, dict[int, str]],
    gives: dict[str, dict[int, str]],
) -> None:
    """Write ONNX, weights as 16-bit floats that are made 32-bit ones when it is loaded (half the size, the
    same speed). takes, gives: names of inputs and outputs with their axes that vary."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the classic exporter announces its successor
        torch.onnx.export(
            net,
            example,
            str(target),
            input_names=list(takes),
            output_names=list(gives),
            dynamic_axes=takes | gives,
            opset_version=17,
            dynamo=False,
        )
    halve(target)


def halve(path: Path) -> None:
    """Keep the large 32-bit weights of an ONNX file as 16-bit floats, each behind a cast."""
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(path)
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < _LARGE:
            continue
        name, half = tensor.name, f"{tensor.name}_half"
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [name], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        model.graph.node.insert(0, cast)
    onnx.save(model, path)
