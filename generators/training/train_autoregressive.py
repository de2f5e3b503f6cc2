"""Train the autoregressive vocoder.

    python -m earwitness.generators.training.train_autoregressive RUN --manifest real.tsv --gan GAN/last.pt

It learns from spectra of what it makes on its own: for ``--rough`` steps of the draft alone, which is quick,
then of samples made one after the other, and after ``--warm`` steps also against critics. The pitch is the
true one for half of the cuts and for the others the one that the network of the GAN vocoder (``--gan``, a
checkpoint of ``train_gan``) reads, as at run time. ``RUN/last.pt`` and ``RUN/log.jsonl`` as for
``train_gan``; the learning curve is the spectral loss on speakers that are held out.
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
import numpy.typing as npt
import torch
from torch import Tensor

from earwitness.generators.autoregressive import BLOCK, lags_of
from earwitness.generators.excitation import pulse_train
from earwitness.generators.mel import MelConfig
from earwitness.generators.pitch import decode
from earwitness.generators.training import export_gan
from earwitness.generators.training.autoregressive_network import AutoregressiveConfig, AutoregressiveNet
from earwitness.generators.training.discriminators import Critics
from earwitness.generators.training.pitch_network import PitchNet
from earwitness.generators.training.runs import train
from earwitness.generators.training.speech import Speech
from earwitness.generators.training.vocoder_losses import (
    critics_loss,
    fooling_loss,
    mel_of,
    spectral_loss,
)

__all__ = ["AutoregressivePlan", "AutoregressiveTrainer", "main"]

Float32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class AutoregressivePlan:
    """batch: cuts a step, of ``frames`` frames. rough: steps for the draft alone. warm: steps before the
    critics join. judged: cuts of a batch that the critics see. rate: of learning."""

    steps: int = 4_400
    rough: int = 2_400
    warm: int = 3_800
    batch: int = 16
    judged: int = 8
    frames: int = 32
    rate: float = 1e-3
    critics_rate: float = 2e-4
    width: int = 16
    seed: int = 0


class AutoregressiveTrainer:
    """A run. reader: the network that reads the pitch, trained; it is not changed."""

    def __init__(
        self, plan: AutoregressivePlan, reader: PitchNet, config: AutoregressiveConfig | None = None
    ) -> None:
        torch.manual_seed(plan.seed)
        self.plan, self.mel, self.reader = plan, MelConfig(), reader.eval().requires_grad_(False)
        self.net = AutoregressiveNet(config, self.mel)
        self.net.frames.mixed = True
        self.critics = Critics(plan.width)
        self.average = {name: value.clone() for name, value in self.net.state_dict().items()}
        self.optimizer = torch.optim.AdamW(self.net.parameters(), plan.rate, (0.8, 0.99), weight_decay=0.01)
        self.critics_optimizer = torch.optim.AdamW(
            self.critics.parameters(), plan.critics_rate, (0.8, 0.99), weight_decay=0.01
        )
        self.done = 0

    def step(self, speech: Speech) -> dict[str, float]:
        """One step; its losses. What is drawn depends on the seed and the step's number alone."""
        rng = np.random.default_rng((self.plan.seed, self.done))
        cuts = speech.batch(rng, self.plan.batch, self.plan.frames * self.mel.hop)
        real = torch.from_numpy(cuts.samples)
        mel = mel_of(real, self.mel)
        read = decode(self.reader(mel).numpy())
        pitch = np.where(rng.random((self.plan.batch, 1)) < 0.5, cuts.pitch, read)
        made = self._made(self.net, mel, pitch, rng)
        loss = spectral_loss(made, real, self.mel)
        losses = {"spectral": float(loss.detach())}
        if self.done >= self.plan.warm:
            loss = loss + self._judged(real[: self.plan.judged], made[: self.plan.judged], losses)
        self._learn(loss)
        self.done += 1
        return losses

    def _judged(self, real: Tensor, made: Tensor, losses: dict[str, float]) -> Tensor:
        """The critics learn; what they say of ``made`` is returned."""
        judged = self.critics(real)
        wrong = critics_loss(judged, self.critics(made.detach()))
        self.critics_optimizer.zero_grad()
        wrong.backward()
        self.critics_optimizer.step()
        fooling = fooling_loss(judged, self.critics(made))
        losses |= {"critics": float(wrong.detach()), "fooling": float(fooling.detach())}
        return fooling

    def _made(self, net: AutoregressiveNet, mel: Tensor, pitch: Float32, rng: np.random.Generator) -> Tensor:
        """Samples (batch, (frames - 1) * hop); the last frame of the spectrogram is not spoken."""
        count = (mel.shape[2] - 1) * self.mel.hop // BLOCK
        pulses = np.stack([pulse_train(one, self.mel, float(rng.random())) for one in pitch])
        noise = rng.standard_normal((len(pitch), count, BLOCK), dtype=np.float32)
        lags = np.stack([lags_of(one, count, self.mel) for one in pitch])
        blocks = torch.from_numpy(pulses.reshape(len(pitch), count, BLOCK))
        sources = (mel, torch.from_numpy(pitch), blocks, torch.from_numpy(noise))
        if self.done < self.plan.rough:
            return net.draft(*sources)
        made: Tensor = net(*sources, torch.from_numpy(lags))
        return made

    def _learn(self, loss: Tensor) -> None:
        along = min(1.0, self.done / self.plan.steps)
        warm_up = min(1.0, (self.done + 1) / 200)
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.rate * warm_up * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * along)))
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 10.0)
        self.optimizer.step()
        keep = min(0.999, (self.done + 1) / (self.done + 10))
        for name, value in self.net.state_dict().items():
            self.average[name].mul_(keep).add_(value, alpha=1 - keep)

    @torch.no_grad()
    def measure(self, speech: Speech, count: int = 24) -> float:
        """Spectral loss of the averaged weights on the first 2 s of held-out recordings."""
        net = AutoregressiveNet(self.net.config, self.mel)
        net.load_state_dict(self.average)
        losses = []
        for index in range(min(count, len(speech))):
            samples = speech.whole(index, 160 * self.mel.hop)
            real = torch.from_numpy(samples[: samples.size // self.mel.hop * self.mel.hop])[None]
            mel = mel_of(real, self.mel)
            made = self._made(net, mel, decode(self.reader(mel).numpy()), np.random.default_rng(index))
            losses.append(float(spectral_loss(made, real, self.mel)))
        return sum(losses) / max(1, len(losses))

    def state(self) -> dict[str, Any]:
        """All that a later run needs."""
        return {
            "plan": asdict(self.plan),
            "config": asdict(self.net.config),
            "done": self.done,
            "net": self.net.state_dict(),
            "average": self.average,
            "critics": self.critics.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "critics_optimizer": self.critics_optimizer.state_dict(),
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Go on where ``state`` was saved."""
        self.net.load_state_dict(state["net"])
        self.average = {name: value.clone() for name, value in state["average"].items()}
        self.critics.load_state_dict(state["critics"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.critics_optimizer.load_state_dict(state["critics_optimizer"])
        self.done = int(state["done"])


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.generators.training.train_autoregressive",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    default = AutoregressivePlan()
    parser.add_argument("run", type=Path, help="folder of the run, outside the repository")
    parser.add_argument("--manifest", type=Path, required=True, help="recorded speech (real.tsv of corpora)")
    parser.add_argument(
        "--gan", type=Path, required=True, help="checkpoint of train_gan: who reads the pitch"
    )
    parser.add_argument("--steps", type=int, default=default.steps)
    parser.add_argument("--rough", type=int, default=default.rough, help="steps for the draft alone")
    parser.add_argument("--warm", type=int, default=default.warm, help="steps before the critics join")
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=default.seed)
    arguments = parser.parse_args(words)
    torch.set_num_threads(arguments.threads)
    plan = AutoregressivePlan(
        steps=arguments.steps, rough=arguments.rough, warm=arguments.warm, seed=arguments.seed
    )
    trainer = AutoregressiveTrainer(plan, export_gan.load_network(arguments.gan).pitch)
    train(trainer, arguments.run, arguments.manifest, plan.steps, arguments.every)
    return 0


if __name__ == "__main__":
    sys.exit(main())
