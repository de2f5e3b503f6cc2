"""Train the text model.

    python -m earwitness.generators.training.train_transformer RUN --teacher TEACHER --vae VAE/last.pt

TEACHER is what ``generators.training.teacher`` wrote, VAE a checkpoint of ``train_vae``; the teacher's speech
is packed as latents into ``RUN/aligned`` once. The latent before each one is the true one, blurred and often
left out, so that the model leans on the text and forgives its own mistakes. ``RUN/last.pt`` and
``RUN/log.jsonl`` as for ``train_gan``; the learning curve is the loss on held-out sentences.
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

from earwitness.generators.training.aligned import Aligned, Batch, pack_aligned
from earwitness.generators.training.blocks import mixed
from earwitness.generators.training.runs import go_on
from earwitness.generators.training.transformer_network import TransformerConfig, TransformerNet

__all__ = ["TransformerPlan", "TransformerTrainer", "main"]


@dataclass(frozen=True, slots=True)
class TransformerPlan:
    """batch: sentences a step. blur: noise on the latent before, in its standard deviations. left_out:
    share of them that are not shown. code, duration: weights of those losses beside the latents'."""

    steps: int = 6_000
    batch: int = 24
    rate: float = 1e-3
    blur: float = 0.3
    left_out: float = 0.3
    code: float = 0.3
    duration: float = 0.5
    seed: int = 0


class TransformerTrainer:
    """A run: network, optimiser, and the number of steps done. book: the first one of the VAE (codes,
    latent). spread: standard deviation of each value of its latents (latent,)."""

    def __init__(
        self, plan: TransformerPlan, book: Tensor, spread: Tensor, config: TransformerConfig | None = None
    ) -> None:
        torch.manual_seed(plan.seed)
        self.plan, self.book, self.spread = plan, book, spread
        self.net = TransformerNet(config)
        self.average = {name: value.clone() for name, value in self.net.state_dict().items()}
        self.optimizer = torch.optim.AdamW(self.net.parameters(), plan.rate, (0.9, 0.98), weight_decay=0.01)
        self.done = 0

    def step(self, aligned: Aligned) -> dict[str, float]:
        """One step; its losses. What is drawn depends on the seed and the step's number alone."""
        rng = np.random.default_rng((self.plan.seed, self.done))
        torch.manual_seed(int(rng.integers(2**62)))
        batch = aligned.batch(rng, self.plan.batch)
        self.net.train()
        with mixed(wanted=True):
            losses = self._losses(self.net, batch, self._blurred(batch))
        self._learn(self._weighted(losses))
        self.done += 1
        return {name: float(value.detach()) for name, value in losses.items()}

    def _blurred(self, batch: Batch) -> Tensor:
        noise = torch.randn(batch.latents.shape) * self.spread * self.plan.blur
        shown = torch.rand(batch.heard.shape) >= self.plan.left_out
        return (batch.latents + noise) * shown[:, :, None]

    def _losses(self, net: TransformerNet, batch: Batch, before: Tensor) -> dict[str, Tensor]:
        states, lasting = net.reader(batch.units, batch.voices, batch.mask)
        rows = batch.rows[:, :, None].expand(-1, -1, states.shape[2])
        context = net.speaker.context(states.gather(1, rows), batch.places, batch.voices)
        hidden = net.speaker(context, functional.pad(before[:, :-1], (0, 0, 1, 0)))
        logits = net.speaker.code(hidden).float()
        said = net.speaker.latent(hidden, self.book[batch.codes]).float()
        wrong = ((said - batch.latents) / self.spread)[batch.heard]
        late = (lasting.float() - batch.frames.clamp(min=1).float().log())[batch.mask]
        return {
            "latent": functional.smooth_l1_loss(wrong, torch.zeros_like(wrong)),
            "code": functional.cross_entropy(logits[batch.heard], batch.codes[batch.heard]),
            "duration": late.abs().mean(),
        }

    def _weighted(self, losses: dict[str, Tensor]) -> Tensor:
        plan = self.plan
        return losses["latent"] + plan.code * losses["code"] + plan.duration * losses["duration"]

    def _learn(self, loss: Tensor) -> None:
        along = min(1.0, self.done / self.plan.steps)
        warm_up = min(1.0, (self.done + 1) / 300)
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.rate * warm_up * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * along)))
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        keep = min(0.998, (self.done + 1) / (self.done + 10))
        for name, value in self.net.state_dict().items():
            self.average[name].mul_(keep).add_(value, alpha=1 - keep)

    @torch.no_grad()
    def measure(self, aligned: Aligned, count: int = 96) -> float:
        """Loss of the averaged weights on held-out sentences, true latents before each one."""
        net = TransformerNet(self.net.config).eval()
        net.load_state_dict(self.average)
        found = []
        for begin in range(0, min(count, len(aligned)), self.plan.batch):
            batch = aligned.ordered(begin, self.plan.batch)
            found.append(float(self._weighted(self._losses(net, batch, batch.latents))))
        return sum(found) / max(1, len(found))

    def state(self) -> dict[str, Any]:
        """All that a later run needs, and what the exporter does."""
        return {
            "plan": asdict(self.plan),
            "config": asdict(self.net.config),
            "done": self.done,
            "net": self.net.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
            "book": self.book,
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Go on where ``state`` was saved."""
        self.net.load_state_dict(state["net"])
        self.average = {name: value.clone() for name, value in state["average"].items()}
        self.optimizer.load_state_dict(state["optimizer"])
        self.done = int(state["done"])


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.generators.training.train_transformer",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    default = TransformerPlan()
    parser.add_argument("run", type=Path, help="folder of the run, outside the repository")
    parser.add_argument("--teacher", type=Path, required=True, help="folder of generators.training.teacher")
    parser.add_argument("--vae", type=Path, required=True, help="checkpoint of train_vae")
    parser.add_argument("--steps", type=int, default=default.steps)
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=default.seed)
    arguments = parser.parse_args(words)
    torch.set_num_threads(arguments.threads)
    packed = pack_aligned(arguments.teacher, arguments.vae, arguments.run / "aligned")
    aligned, unseen = Aligned(packed), Aligned(packed, held_out=True)
    plan = TransformerPlan(steps=arguments.steps, seed=arguments.seed)
    trainer = TransformerTrainer(plan, torch.from_numpy(aligned.book), torch.from_numpy(aligned.spread))
    go_on(trainer, arguments.run, aligned, unseen, plan.steps, arguments.every)
    return 0


if __name__ == "__main__":
    sys.exit(main())
