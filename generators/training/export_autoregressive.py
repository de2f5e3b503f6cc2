"""Export a trained autoregressive vocoder.

python -m earwitness.generators.training.export_autoregressive RUN/last.pt FOLDER
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from earwitness.generators.autoregressive import BLOCK, FRAMES, STEP
from earwitness.generators.training.autoregressive_network import AutoregressiveConfig, AutoregressiveNet
from earwitness.generators.training.runs import export_network

__all__ = ["export", "load_network", "main"]


def load_network(checkpoint: Path) -> AutoregressiveNet:
    """The averaged weights of a checkpoint that ``train_autoregressive`` wrote."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = AutoregressiveNet(AutoregressiveConfig(**state["config"]))
    net.load_state_dict(state["average"])
    return net.eval()


def export(net: AutoregressiveNet, folder: Path) -> None:
    """Write the network at the frame rate and the cell, as ``AutoregressiveVocoder`` loads them."""
    folder.mkdir(parents=True, exist_ok=True)
    frames = {1: "frames"}
    export_network(
        net.frames, (torch.zeros(1, net.mel.bands, 60), torch.zeros(1, 60)), folder / FRAMES,
        {"mel": {2: "frames"}, "pitch": frames}, {"wanted": {1: "blocks"}, "loud": {1: "blocks"}},
    )  # fmt: skip
    size, block = net.config, torch.zeros(1, BLOCK)
    states = torch.zeros(1, size.first), torch.zeros(1, size.second)
    names = ("wanted", "draft", "noise", "last", "before", "first", "second")
    export_network(
        net.cell, (torch.zeros(1, size.wanted), block, block, block, block, *states), folder / STEP,
        {name: {} for name in names}, {"samples": {}, "first_after": {}, "second_after": {}},
    )  # fmt: skip


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.generators.training.export_autoregressive", description=__doc__
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args(words)
    export(load_network(arguments.checkpoint), arguments.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
