"""Export the VAE's second decoder, which converts.

python -m earwitness.generators.training.export_conversion RUN/last.pt FOLDER
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from earwitness.generators.training.runs import export_network
from earwitness.generators.training.train_conversion import Converter
from earwitness.generators.training.vae_network import VaeConfig
from earwitness.generators.vae import CONVERTER, LISTENER

__all__ = ["export", "load_network", "main"]


def load_network(checkpoint: Path) -> Converter:
    """The averaged weights of a checkpoint that ``train_conversion`` wrote."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = Converter(VaeConfig(**state["config"]))
    net.load_state_dict(state["average"])
    return net.eval()


def export(net: Converter, folder: Path) -> None:
    """Write who speaks ("mel" to "voice") and the decoder ("latents" and "voice" to "mel")."""
    folder.mkdir(parents=True, exist_ok=True)
    mel, voice = torch.zeros(1, net.config.bands, 64), torch.zeros(1, net.config.voice)
    frames = {2: "frames"}
    export_network(net.voice, (mel,), folder / LISTENER, {"mel": frames}, {"voice": {}})
    latents = torch.zeros(1, net.config.latent, 16)
    export_network(
        net.decoder, (latents, voice), folder / CONVERTER,
        {"latents": {2: "steps"}, "voice": {}}, {"mel": frames},
    )  # fmt: skip


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.generators.training.export_conversion", description=__doc__
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args(words)
    export(load_network(arguments.checkpoint), arguments.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
