"""Train the speech VAE.

    python -m earwitness.generators.training.train_vae RUN --manifest real.tsv --steps 12000 --seed 0

Each example goes once through noisy latents (variational) and once through the quantiser, with a random
number of its code books. Its voice is that of another cut of the same recording, so that the voice cannot
tell what is said. ``RUN/last.pt`` and ``RUN/log.jsonl`` as for ``train_gan``; the learning curve is the mean
error of quantised log mel spectrograms of held-out speakers, in nats.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from earwitness.generators.mel import MelConfig
from earwitness.generators.training.blocks import mixed
from earwitness.generators.training.runs import train
from earwitness.generators.training.speech import Speech
from earwitness.generators.training.vae_network import VaeConfig, VaeNet, divergence
from earwitness.generators.training.vocoder_losses import mel_of
from earwitness.generators.vae import STRIDE

__all__ = ["VaePlan", "VaeTrainer", "main"]


@dataclass(frozen=True, slots=True)
class VaePlan:
    """batch: cuts a step, of ``frames`` mel frames. free, commit: weights of the divergence and of the
    quantiser's error. before: steps before the quantiser joins."""

    steps: int = 12_000
    batch: int = 24
    frames: int = 96
    rate: float = 6e-4
    free: float = 0.002
    commit: float = 0.1
    before: int = 200
    seed: int = 0


class VaeTrainer:
    """A run: network, optimiser, and the number of steps done."""

    def __init__(self, plan: VaePlan, config: VaeConfig | None = None) -> None:
        torch.manual_seed(plan.seed)
        self.plan, self.mel, self.net = plan, MelConfig(), VaeNet(config)
        self.average = {name: value.clone() for name, value in self.net.state_dict().items()}
        self.optimizer = torch.optim.AdamW(self.net.parameters(), plan.rate, (0.9, 0.98), weight_decay=0.01)
        self.done = 0

    def step(self, speech: Speech) -> dict[str, float]:
        """One step; its losses. What is drawn depends on the seed and the step's number alone."""
        rng = np.random.default_rng((self.plan.seed, self.done))
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        length = self.plan.frames * self.mel.hop
        pairs = speech.batch(rng, self.plan.batch, 2 * length).samples
        mel = self._mel(pairs[:, :length])
        other = self._mel(pairs[:, length:])
        with mixed(wanted=True):
            voice = self.net.voice(other)
            mean, log_variance = (part.float() for part in self.net.encoder(mel))
        noise = torch.randn(mean.shape, generator=generator)
        sampled = self._decoded(mean + torch.exp(0.5 * log_variance) * noise, voice)
        losses = {"sampled": _error(sampled, mel), "divergence": divergence(mean, log_variance)}
        loss = losses["sampled"] + self.plan.free * losses["divergence"]
        if self.done >= self.plan.before:
            self.net.quantizer.learn(mean.detach(), generator)
            books = self.net.config.books
            used = books if rng.random() < 0.5 else int(rng.integers(1, books + 1))
            said, losses["commit"] = self.net.quantizer(mean, used)
            losses["coded"] = _error(self._decoded(said, voice), mel)
            loss = loss + losses["coded"] + self.plan.commit * losses["commit"]
        self._learn(loss)
        self.done += 1
        return {name: float(value.detach()) for name, value in losses.items()}

    def _decoded(self, latents: Tensor, voice: Tensor) -> Tensor:
        with mixed(wanted=True):
            made: Tensor = self.net.decoder(latents, voice)
        return made.float()

    def _mel(self, samples: np.typing.NDArray[np.float32]) -> Tensor:
        """Its frames, but for the last, which would not divide by STRIDE."""
        return mel_of(torch.from_numpy(np.ascontiguousarray(samples)), self.mel)[:, :, :-1]

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
            if name.startswith("quantizer."):
                self.average[name].copy_(value)  # averages already
            else:
                self.average[name].mul_(keep).add_(value, alpha=1 - keep)

    @torch.no_grad()
    def measure(self, speech: Speech, count: int = 24) -> float:
        """Mean absolute error in nats of quantised log mel spectrograms, first 4 s of held-out recordings."""
        net = VaeNet(self.net.config)
        net.load_state_dict(self.average)
        errors = []
        for index in range(min(count, len(speech))):
            mel = self._mel(speech.whole(index, 320 * self.mel.hop)[None])
            mel = mel[:, :, : mel.shape[2] // STRIDE * STRIDE]
            mean, voice = net(mel)
            said, _ = net.quantizer(mean)
            errors.append(float((net.decoder(said, voice) - mel).abs().mean()))
        return sum(errors) / max(1, len(errors))

    def state(self) -> dict[str, Any]:
        """All that a later run needs."""
        return {
            "plan": asdict(self.plan),
            "config": asdict(self.net.config),
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


def _error(made: Tensor, mel: Tensor) -> Tensor:
    return functional.l1_loss(made, mel) + 0.2 * functional.mse_loss(made, mel)


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.generators.training.train_vae",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    default = VaePlan()
    parser.add_argument("run", type=Path, help="folder of the run, outside the repository")
    parser.add_argument("--manifest", type=Path, required=True, help="recorded speech (real.tsv of corpora)")
    parser.add_argument("--steps", type=int, default=default.steps)
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=default.seed)
    arguments = parser.parse_args(words)
    torch.set_num_threads(arguments.threads)
    trainer = VaeTrainer(VaePlan(steps=arguments.steps, seed=arguments.seed))
    train(trainer, arguments.run, arguments.manifest, arguments.steps, arguments.every)
    return 0


if __name__ == "__main__":
    sys.exit(main())
