"""Train the speech VAE's second decoder, which says what was said in another voice.

    python -m earwitness.generators.training.train_conversion RUN --manifest real.tsv --vae VAE/last.pt

The VAE stays as it is. What the decoder learns to make is a recording; what it is given are the first code
books of the same recording with all its frequencies moved by a random factor, pitch and formants alike (as
information perturbation in NANSY, Choi et al. 2021), and a voice, heard by a network of its own from another
cut. So it can take from the codes what is said, but by whom only from the voice. ``RUN/last.pt`` and
``RUN/log.jsonl`` as for ``train_gan``; the learning curve is the error of held-out log mel spectrograms in
nats.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from earwitness.generators.mel import FLOOR, MelConfig, mel_matrix
from earwitness.generators.training import export_vae
from earwitness.generators.training.blocks import mixed
from earwitness.generators.training.runs import train
from earwitness.generators.training.speech import Speech
from earwitness.generators.training.vae_network import Decoder, VaeConfig, VaeNet, Voice
from earwitness.generators.training.vocoder_losses import mel_of
from earwitness.generators.vae import CONTENT_BOOKS, STRIDE

__all__ = ["ConversionPlan", "ConversionTrainer", "Converter", "main", "moved_mel"]

Float32 = npt.NDArray[np.float32]
MOVES = 33  # factors, evenly spaced on a logarithmic scale
FURTHEST = 0.5  # octaves up and down


@dataclass(frozen=True, slots=True)
class ConversionPlan:
    """batch: cuts a step, of ``frames`` mel frames. rate: of learning."""

    steps: int = 3_000
    batch: int = 24
    frames: int = 96
    rate: float = 6e-4
    seed: int = 0


class Converter(nn.Module):
    """voice: who speaks, from a log mel spectrogram. decoder: latents and a voice to a spectrogram."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.config = config
        self.voice, self.decoder = Voice(config), Decoder(config)


class ConversionTrainer:
    """A run. vae: trained; it is not changed, and the new decoder begins as its own."""

    def __init__(self, plan: ConversionPlan, vae: VaeNet) -> None:
        torch.manual_seed(plan.seed)
        self.plan, self.mel, self.vae = plan, MelConfig(), vae.eval().requires_grad_(False)
        self.net = Converter(vae.config)
        self.net.decoder.load_state_dict(vae.decoder.state_dict())
        self.net.voice.load_state_dict(vae.voice.state_dict())
        self.average = {name: value.clone() for name, value in self.net.state_dict().items()}
        self.optimizer = torch.optim.AdamW(self.net.parameters(), plan.rate, (0.9, 0.98), weight_decay=0.01)
        self.done = 0

    def step(self, speech: Speech) -> dict[str, float]:
        """One step; its losses. What is drawn depends on the seed and the step's number alone."""
        rng = np.random.default_rng((self.plan.seed, self.done))
        length = self.plan.frames * self.mel.hop
        pairs = torch.from_numpy(speech.batch(rng, self.plan.batch, 2 * length).samples)
        moves = torch.from_numpy(rng.integers(MOVES, size=len(pairs)))
        wanted = mel_of(pairs[:, :length], self.mel)[:, :, :-1]
        other = mel_of(pairs[:, length:], self.mel)[:, :, :-1]
        said = self._said(moved_mel(pairs[:, :length], moves, self.mel)[:, :, :-1])
        with mixed(wanted=True):
            made = self.net.decoder(said, self.net.voice(other))
        loss = functional.l1_loss(made.float(), wanted) + 0.2 * functional.mse_loss(made.float(), wanted)
        self._learn(loss)
        self.done += 1
        return {"converted": float(loss.detach())}

    @torch.no_grad()
    def _said(self, mel: Tensor) -> Tensor:
        with mixed(wanted=True):
            mean = self.vae.encoder(mel)[0].float()
        said: Tensor = self.vae.quantizer(mean, CONTENT_BOOKS)[0]
        return said

    def _learn(self, loss: Tensor) -> None:
        along = min(1.0, self.done / self.plan.steps)
        warm_up = min(1.0, (self.done + 1) / 200)
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.rate * warm_up * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * along)))
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        keep = min(0.999, (self.done + 1) / (self.done + 10))
        for name, value in self.net.state_dict().items():
            self.average[name].mul_(keep).add_(value, alpha=1 - keep)

    @torch.no_grad()
    def measure(self, speech: Speech, count: int = 24) -> float:
        """Mean absolute error in nats of the averaged weights, first 4 s of held-out recordings: frequencies
        moved by half of the furthest, back in their own voice."""
        net = Converter(self.vae.config)
        net.load_state_dict(self.average)
        errors = []
        for index in range(min(count, len(speech))):
            samples = torch.from_numpy(speech.whole(index, 320 * self.mel.hop))[None]
            mel = mel_of(samples, self.mel)
            kept = mel.shape[2] // STRIDE * STRIDE
            moves = torch.tensor([MOVES // 4 if index % 2 else MOVES - 1 - MOVES // 4])
            said = self._said(moved_mel(samples, moves, self.mel)[:, :, :kept])
            made = net.decoder(said, net.voice(mel))
            errors.append(float((made - mel[:, :, :kept]).abs().mean()))
        return sum(errors) / max(1, len(errors))

    def state(self) -> dict[str, Any]:
        """All that a later run needs."""
        return {
            "plan": asdict(self.plan),
            "config": asdict(self.vae.config),
            "done": self.done,
            "net": self.net.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Go on where ``state`` was saved."""
        self.net.load_state_dict(state["net"])
        self.average = {name: value.clone() for name, value in state["average"].items()}
        self.optimizer.load_state_dict(state["optimizer"])
        self.done = int(state["done"])


def moved_mel(samples: Tensor, moves: Tensor, config: MelConfig) -> Tensor:
    """As ``mel_of``, with all frequencies of each recording multiplied by a factor.

    samples: (batch, n). moves: (batch,), numbers of factors: 0 is FURTHEST octaves down, MOVES // 2 none.
    """
    window = torch.hann_window(config.window)
    spectrum = torch.stft(samples, config.window, config.hop, window=window, return_complex=True).abs()
    return torch.log((_matrices(config)[moves] @ spectrum).clamp(min=FLOOR))


@cache
def _matrices(config: MelConfig) -> Tensor:
    """A mel matrix for each factor (MOVES, bands, bins): what lay at a frequency counts where it is moved."""
    plain = mel_matrix(config)
    bins = np.arange(config.bins, dtype=np.float64)
    found = []
    for octaves in np.linspace(-FURTHEST, FURTHEST, MOVES):
        places = bins * 2**octaves
        moved = np.stack([np.interp(places, bins, row, right=0.0) for row in plain])
        weights = np.maximum(moved.sum(1, keepdims=True), 1e-3)
        # What is moved down leaves the top empty: the nearest band that is known stands for it.
        scaled = moved * np.maximum(plain.sum(1, keepdims=True), 1e-3) / weights
        empty = moved.sum(1) < 0.05
        scaled[empty] = scaled[np.flatnonzero(~empty)[-1]]
        found.append(scaled)
    return torch.from_numpy(np.stack(found).astype(np.float32))


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.generators.training.train_conversion",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    default = ConversionPlan()
    parser.add_argument("run", type=Path, help="folder of the run, outside the repository")
    parser.add_argument("--manifest", type=Path, required=True, help="recorded speech (real.tsv of corpora)")
    parser.add_argument("--vae", type=Path, required=True, help="checkpoint of train_vae")
    parser.add_argument("--steps", type=int, default=default.steps)
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=default.seed)
    arguments = parser.parse_args(words)
    torch.set_num_threads(arguments.threads)
    plan = ConversionPlan(steps=arguments.steps, seed=arguments.seed)
    trainer = ConversionTrainer(plan, export_vae.load_network(arguments.vae))
    train(trainer, arguments.run, arguments.manifest, plan.steps, arguments.every)
    return 0


if __name__ == "__main__":
    sys.exit(main())
