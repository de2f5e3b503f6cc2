"""Train the GAN vocoder.

    python -m earwitness.generators.training.train_gan RUN --manifest real.tsv --steps 20000 --seed 0

First on spectra alone (``--warm`` steps), then against critics. The pitch is the true one for half of the
cuts and the one that the network reads for the others, as at run time. Saves ``RUN/last.pt`` (the same
command goes on from there, bit by bit as if it had never stopped) and ``RUN/log.jsonl``; the learning curve
is the spectral loss on speakers that are held out. Speech is packed into ``RUN/speech`` once.

    python -m earwitness.generators.training.train_gan RUN2 --manifest real.tsv --init RUN/last.pt \\
        --vae VAE/last.pt --steps 3000 --warm 0 --rate 2e-4

A second run goes on from a first one with spectrograms of which half went through a VAE: what the vocoder
gets when a text is spoken or a voice converted is as blurred as they are.
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

from earwitness.generators.excitation import excite
from earwitness.generators.mel import MelConfig
from earwitness.generators.pitch import decode
from earwitness.generators.training import export_vae
from earwitness.generators.training.blocks import mixed
from earwitness.generators.training.discriminators import Critics
from earwitness.generators.training.pitch_network import pitch_loss
from earwitness.generators.training.runs import train
from earwitness.generators.training.speech import Cuts, Speech
from earwitness.generators.training.vae_network import VaeNet
from earwitness.generators.training.vocoder_losses import (
    critics_loss,
    fooling_loss,
    mel_of,
    spectral_loss,
)
from earwitness.generators.training.vocoder_network import (
    VocoderConfig,
    VocoderNet,
    spectrum_of,
    to_samples,
)
from earwitness.generators.vae import STRIDE

__all__ = ["Plan", "Trainer", "main"]

Float32 = npt.NDArray[np.float32]
AROUND = 4  # times the cut: what the VAE hears


@dataclass(frozen=True, slots=True)
class Plan:
    """batch: cuts a step, of ``frames`` frames. warm: steps before the critics join. judged: cuts of a batch
    that the critics see. rate: of learning."""

    steps: int = 20_000
    warm: int = 4_000
    batch: int = 16
    judged: int = 8
    frames: int = 48
    rate: float = 5e-4
    critics_rate: float = 2e-4
    width: int = 16
    seed: int = 0


class Trainer:
    """A run: networks, optimisers, and the number of steps done. vae: blurs half of the spectrograms."""

    def __init__(self, plan: Plan, config: VocoderConfig | None = None, vae: VaeNet | None = None) -> None:
        torch.manual_seed(plan.seed)
        self.vae = None if vae is None else vae.eval().requires_grad_(False)
        self.plan, self.mel = plan, MelConfig()
        self.net = VocoderNet(config, self.mel)
        self.net.mixed = True
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
        length = self.plan.frames * self.mel.hop
        cuts, mel = self._cuts(speech, rng, length)
        real = torch.from_numpy(cuts.samples)
        logits = self.net.pitch(mel)
        misread = pitch_loss(logits, torch.from_numpy(cuts.pitch))
        read = decode(logits.detach().numpy())
        pitch = np.where(rng.random((self.plan.batch, 1)) < 0.5, cuts.pitch, read)
        made = self._made(self.net, mel, pitch, length, rng)
        losses: dict[str, float] = {}
        loss = spectral_loss(made, real, self.mel)
        losses |= {"spectral": float(loss.detach()), "pitch": float(misread.detach())}
        if self.done >= self.plan.warm:
            shown = made[: self.plan.judged]
            judged = self.critics(real[: self.plan.judged])
            wrong = critics_loss(judged, self.critics(shown.detach()))
            self.critics_optimizer.zero_grad()
            wrong.backward()
            self.critics_optimizer.step()
            losses["critics"] = float(wrong.detach())
            fooling = fooling_loss(judged, self.critics(shown))
            losses["fooling"] = float(fooling.detach())
            loss = loss + fooling
        self._learn(loss + misread)
        self.done += 1
        return losses

    def _cuts(self, speech: Speech, rng: np.random.Generator, length: int) -> tuple[Cuts, Tensor]:
        """Cuts of ``length`` samples and their spectrograms, half of them through the VAE if there is one."""
        if self.vae is None:
            cuts = speech.batch(rng, self.plan.batch, length)
            return cuts, mel_of(torch.from_numpy(cuts.samples), self.mel)
        # The VAE hears more than the cut, as it hears whole sentences at run time.
        whole = speech.batch(rng, self.plan.batch, AROUND * length)
        first = int(rng.integers((AROUND - 1) * self.plan.frames))
        begin, frames = first * self.mel.hop, slice(first, first + self.plan.frames + 1)
        cuts = Cuts(whole.samples[:, begin : begin + length], whole.pitch[:, frames])
        mel = mel_of(torch.from_numpy(cuts.samples), self.mel)
        blurred = self._blurred(mel_of(torch.from_numpy(whole.samples), self.mel), rng)[:, :, frames]
        through = torch.from_numpy(rng.random(len(mel)) < 0.5)
        return cuts, torch.where(through[:, None, None], blurred, mel)

    @torch.no_grad()
    def _blurred(self, mel: Tensor, rng: np.random.Generator) -> Tensor:
        """Through the VAE: as latents, or as codes of a random number of books."""
        assert self.vae is not None
        kept = mel.shape[2] // STRIDE * STRIDE
        with mixed(wanted=True):
            latents, voice = (part.float() for part in self.vae(mel[:, :, :kept]))
            if rng.random() < 0.5:
                latents, _ = self.vae.quantizer(latents, int(rng.integers(3, self.vae.config.books + 1)))
            made = self.vae.decoder(latents, voice).float()
        return torch.cat([made, mel[:, :, kept:]], 2)

    def _made(
        self, net: VocoderNet, mel: Tensor, pitch: Float32, length: int, rng: np.random.Generator
    ) -> Tensor:
        sources = [excite(one, self.mel, rng) for one in pitch]
        pulses, noise = (torch.from_numpy(np.stack(part)) for part in zip(*sources, strict=True))
        filters = net(mel, torch.from_numpy(pitch))
        return to_samples(spectrum_of(filters, pulses, noise), length, self.mel)

    def _learn(self, loss: torch.Tensor) -> None:
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
        net = VocoderNet(self.net.config, self.mel)
        net.load_state_dict(self.average)
        length = 160 * self.mel.hop
        losses = []
        for index in range(min(count, len(speech))):
            real = torch.from_numpy(speech.whole(index, length))[None]
            mel = mel_of(real, self.mel)
            pitch = decode(net.pitch(mel).numpy())
            made = self._made(net, mel, pitch, real.shape[1], np.random.default_rng(index))
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

    def begin_with(self, state: dict[str, Any]) -> None:
        """Begin with the averaged weights of another run, and with its critics if they are known."""
        self.net.load_state_dict(state["average"])
        self.average = {name: value.clone() for name, value in state["average"].items()}
        if "critics" in state:
            self.critics.load_state_dict(state["critics"])

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
        prog="earwitness.generators.training.train_gan",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    default = Plan()
    parser.add_argument("run", type=Path, help="folder of the run, outside the repository")
    parser.add_argument("--manifest", type=Path, required=True, help="recorded speech (real.tsv of corpora)")
    parser.add_argument("--steps", type=int, default=default.steps)
    parser.add_argument("--warm", type=int, default=default.warm, help="steps before the critics join")
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--rate", type=float, default=default.rate, help="of learning")
    parser.add_argument("--init", type=Path, help="checkpoint of a run to begin with")
    parser.add_argument(
        "--vae", type=Path, help="checkpoint of train_vae that blurs half of the spectrograms"
    )
    arguments = parser.parse_args(words)
    torch.set_num_threads(arguments.threads)
    plan = Plan(steps=arguments.steps, warm=arguments.warm, rate=arguments.rate, seed=arguments.seed)
    trainer = Trainer(plan, vae=None if arguments.vae is None else export_vae.load_network(arguments.vae))
    if arguments.init:
        trainer.begin_with(torch.load(arguments.init, weights_only=True))
    train(trainer, arguments.run, arguments.manifest, plan.steps, arguments.every)
    return 0


if __name__ == "__main__":
    sys.exit(main())
