"""Export a trained vocoder: python -m earwitness.generators.training.export_gan RUN/last.pt OUT.onnx"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import torch

from earwitness.generators.excitation import Filters
from earwitness.generators.gan import PITCH_SUFFIX
from earwitness.generators.training.vocoder_network import VocoderConfig, VocoderNet

__all__ = ["export", "load_network", "main"]


def load_network(checkpoint: Path) -> VocoderNet:
    """The averaged weights of a checkpoint that ``train_gan`` wrote."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = VocoderNet(VocoderConfig(**state["config"]))
    net.load_state_dict(state["average"])
    return net.eval()


def export(net: VocoderNet, target: Path) -> None:
    """Write ONNX: "mel" (1, bands, frames) and "pitch" (1, frames) to filters, each (1, bins, frames).

    Beside it, with the ending ``.pitch.onnx``: "mel" to "logits" (1, pitches + 1, frames).
    """
    mel, pitch = torch.zeros(1, net.mel.bands, 60), torch.zeros(1, 60)
    _write(net, (mel, pitch), target, ["mel", "pitch"], [field.name for field in fields(Filters)])
    _write(net.pitch, (mel,), target.with_suffix(PITCH_SUFFIX), ["mel"], ["logits"])


def _write(
    net: torch.nn.Module, example: tuple[torch.Tensor, ...], target: Path, takes: list[str], gives: list[str]
) -> None:
    axes = {name: {1 if name == "pitch" else 2: "frames"} for name in [*takes, *gives]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the classic exporter announces its successor
        torch.onnx.export(
            net,
            example,
            str(target),
            input_names=takes,
            output_names=gives,
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(prog="earwitness.generators.training.export_gan", description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args(words)
    export(load_network(arguments.checkpoint), arguments.target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
