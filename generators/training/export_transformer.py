"""Export a trained text model.

python -m earwitness.generators.training.export_transformer RUN/last.pt FOLDER
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from earwitness.generators.training.runs import export_network
from earwitness.generators.training.transformer_network import Speaker, TransformerConfig, TransformerNet
from earwitness.generators.transformer import BOOK, CONTEXT, FRAMES, LATENT, READER, STEP

__all__ = ["export", "load_network", "main"]


def load_network(checkpoint: Path) -> tuple[TransformerNet, Tensor]:
    """The averaged weights of a checkpoint that ``train_transformer`` wrote, and the VAE's first book."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = TransformerNet(TransformerConfig(**state["config"]))
    net.load_state_dict(state["average"])
    return net.eval(), state["book"]


class _Context(nn.Module):
    def __init__(self, speaker: Speaker) -> None:
        super().__init__()
        self.speaker = speaker

    def forward(self, states: Tensor, places: Tensor, voice: Tensor) -> Tensor:
        return self.speaker.context(states, places, voice)


class _Step(nn.Module):
    """With the examples' axis first, for keys and values too."""

    def __init__(self, speaker: Speaker) -> None:
        super().__init__()
        self.speaker = speaker

    def forward(
        self, context: Tensor, previous: Tensor, keys: Tensor, values: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        hidden, logits, keys, values = self.speaker.step(
            context, previous, keys.transpose(0, 1), values.transpose(0, 1)
        )
        return hidden, logits, keys.transpose(0, 1), values.transpose(0, 1)


class _Latent(nn.Module):
    def __init__(self, speaker: Speaker) -> None:
        super().__init__()
        self.speaker = speaker

    def forward(self, hidden: Tensor, said: Tensor) -> Tensor:
        return self.speaker.latent(hidden, said)


def export(net: TransformerNet, book: Tensor, folder: Path) -> None:
    """Write the four networks and the code book that ``generators.transformer.TextModel`` loads."""
    folder.mkdir(parents=True, exist_ok=True)
    size = net.config
    voice, states = torch.zeros(1, size.voice), torch.zeros(1, 8 * FRAMES, size.dim)
    units = torch.zeros(1, 12, dtype=torch.long)
    length = {1: "units"}
    export_network(
        net.reader, (units, voice), folder / READER, {"units": length, "voice": {}},
        {"states": length, "lasting": length},
    )  # fmt: skip
    frames = {1: "frames"}
    export_network(
        _Context(net.speaker), (states, torch.zeros(1, 8 * FRAMES, 3), voice), folder / CONTEXT,
        {"states": frames, "places": frames, "voice": {}}, {"context": {1: "latents"}},
    )  # fmt: skip
    past, more = {3: "past"}, {3: "now"}
    held = torch.zeros(1, size.speaking, size.heads, 5, size.dim // size.heads)
    context, latent = torch.zeros(1, size.dim), torch.zeros(1, size.latent)
    export_network(
        _Step(net.speaker), (context, latent, held, held), folder / STEP,
        {"context": {}, "previous": {}, "keys": past, "values": past},
        {"hidden": {}, "logits": {}, "longer": more, "more": more},
    )  # fmt: skip
    export_network(
        _Latent(net.speaker), (context, latent), folder / LATENT, {"hidden": {}, "said": {}}, {"latent": {}}
    )
    np.save(folder / BOOK, book.numpy(), allow_pickle=False)


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.generators.training.export_transformer", description=__doc__
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args(words)
    net, book = load_network(arguments.checkpoint)
    export(net, book, arguments.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
