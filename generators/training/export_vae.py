"""Export a trained VAE: python -m earwitness.generators.training.export_vae RUN/last.pt FOLDER"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from earwitness.generators.training.runs import export_network
from earwitness.generators.training.vae_network import VaeConfig, VaeNet
from earwitness.generators.vae import BOOKS, DECODER, ENCODER

__all__ = ["export", "load_network", "main"]


def load_network(checkpoint: Path) -> VaeNet:
    """The averaged weights of a checkpoint that ``train_vae`` wrote."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = VaeNet(VaeConfig(**state["config"]))
    net.load_state_dict(state["average"])
    return net.eval()


def export(net: VaeNet, folder: Path) -> None:
    """Write the encoder ("mel" to "latents" and "voice"), the decoder (back to "mel") and the code books."""
    folder.mkdir(parents=True, exist_ok=True)
    mel = torch.zeros(1, net.config.bands, 64)
    latents, voice = torch.zeros(1, net.config.latent, 16), torch.zeros(1, net.config.voice)
    frames, steps = {2: "frames"}, {2: "steps"}
    export_network(net, (mel,), folder / ENCODER, {"mel": frames}, {"latents": steps, "voice": {}})
    export_network(
        net.decoder,
        (latents, voice),
        folder / DECODER,
        {"latents": steps, "voice": {}},
        {"mel": frames},
    )
    np.save(folder / BOOKS, net.quantizer.books.numpy(), allow_pickle=False)


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(prog="earwitness.generators.training.export_vae", description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args(words)
    export(load_network(arguments.checkpoint), arguments.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
