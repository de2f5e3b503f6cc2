"""Export a trained vocoder: python -m earwitness.generators.training.export_gan RUN/last.pt OUT.onnx"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import torch

from earwitness.generators.excitation import Filters
from earwitness.generators.gan import PITCH_SUFFIX
from earwitness.generators.training.runs import export_network
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
    frames = {2: "frames"}
    gives = {field.name: frames for field in fields(Filters)}
    export_network(net, (mel, pitch), target, {"mel": frames, "pitch": {1: "frames"}}, gives)
    beside = target.with_suffix(PITCH_SUFFIX)
    export_network(net.pitch, (mel,), beside, {"mel": frames}, {"logits": frames})


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
