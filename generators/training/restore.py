"""A checkpoint out of what ships, when the run it came from is gone.

    python -m earwitness.generators.training.restore {gan,vae} generators/weights RUN/last.pt

The card says how large the network is; its weights come out of the ONNX files, rounded to 16 bits as they
ship. Other runs can begin with it (``train_gan --init``, ``train_conversion --vae``); the run itself cannot
go on, because what the optimiser and the critics knew did not ship.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from earwitness.errors import ModelError
from earwitness.generators.chain import GAN
from earwitness.generators.gan import PITCH_SUFFIX
from earwitness.generators.training import export_gan, export_vae
from earwitness.generators.training.runs import save
from earwitness.generators.training.vae_network import VaeConfig, VaeNet
from earwitness.generators.training.vocoder_network import VocoderConfig, VocoderNet
from earwitness.generators.vae import BOOKS, DECODER, ENCODER

__all__ = ["main", "restored"]

Array = npt.NDArray[Any]
Exporter = Callable[[Path], None]


def restored(
    net: nn.Module, export: Exporter, shipped: Path, files: Sequence[str]
) -> dict[str, torch.Tensor]:
    """The state of a network whose ``files`` lie in ``shipped``; buffers stay as they are.

    export: writes ``files`` of ``net`` into a folder. It is called with weights that are all different, so
    that where each weight goes in a file can be seen. Raises ModelError where files and network disagree.
    """
    found = {name: value.clone() for name, value in net.state_dict().items()}
    _make_distinct(net)
    marks = {name: value.detach().numpy().copy() for name, value in net.named_parameters()}
    sought = set(marks)
    with tempfile.TemporaryDirectory() as folder:
        export(Path(folder))
        for file in files:
            ours, theirs = _weights(Path(folder) / file), _weights(shipped / file)
            if [mark.shape for mark in ours] != [value.shape for value in theirs]:
                raise ModelError(f"{shipped / file}: not the network that its card tells of.")
            for mark, value in zip(ours, theirs, strict=True):
                name, turned = _named(mark, marks)
                if name:
                    sought.discard(name)
                    found[name] = torch.from_numpy((value.T if turned else value).astype(np.float32).copy())
    if sought:
        raise ModelError(f"{shipped}: the weights {', '.join(sorted(sought))} did not ship.")
    return found


def _make_distinct(net: nn.Module) -> None:
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.rand(parameter.shape, generator=generator) + 0.5)


def _weights(path: Path) -> list[Array]:
    import onnx

    return [onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer]


def _named(mark: Array, marks: dict[str, Array]) -> tuple[str, bool]:
    """The parameter that went into a file as ``mark``, and whether transposed; no name: not a parameter."""
    for name, value in marks.items():
        for turned in (False, True):
            seen = value.T if turned else value
            if seen.shape == mark.shape and np.allclose(seen, mark, rtol=1e-3, atol=0):
                return name, turned
    return "", False


def _gan(folder: Path, config: dict[str, Any]) -> dict[str, torch.Tensor]:
    net = VocoderNet(VocoderConfig(**config))
    files = [GAN, str(Path(GAN).with_suffix(PITCH_SUFFIX))]
    return restored(net, lambda out: export_gan.export(net, out / GAN), folder, files)


def _vae(folder: Path, config: dict[str, Any]) -> dict[str, torch.Tensor]:
    net = VaeNet(VaeConfig(**config))
    found = restored(net, lambda out: export_vae.export(net, out), folder, [ENCODER, DECODER])
    found["quantizer.books"] = torch.from_numpy(np.load(folder / BOOKS, allow_pickle=False))
    return found


_FAMILIES = {"gan": _gan, "vae": _vae}


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.generators.training.restore",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("family", choices=sorted(_FAMILIES))
    parser.add_argument("weights", type=Path)
    parser.add_argument("checkpoint", type=Path)
    arguments = parser.parse_args(words)
    card = json.loads((arguments.weights / f"{arguments.family}.json").read_text(encoding="utf-8"))
    average = _FAMILIES[arguments.family](arguments.weights, card["config"])
    arguments.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    kept = {name: card[name] for name in ("config", "plan")}
    save({**kept, "done": card["steps"], "average": average}, arguments.checkpoint)
    return 0


if __name__ == "__main__":
    sys.exit(main())
