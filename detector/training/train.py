"""Train the spectrogram detector.

    python -m earwitness.detector.training.train RUN --pairs FOLDER --real real.tsv \
        [--synthetic FOLDER] [--noises FOLDER] [--validate wild_dev/manifest.tsv] --steps 1500 --seed 0

Saves ``RUN/last.pt`` (to resume; same command continues), ``RUN/best.pt`` (lowest validation EER of
the averaged weights) and ``RUN/log.jsonl``. Validation clips are measured, never trained on.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader

from earwitness.detector.frontend import VIEWS
from earwitness.detector.training.data import Batches, BatchPlan, load_store
from earwitness.detector.training.network import NetConfig, SpectrogramNet
from earwitness.detector.training.validate import validation_report, validation_scores, validation_set

__all__ = ["loss_of", "main"]

MIDDLE = 0.1  # weight of the squared middle of a pair
NAMING = 0.15  # weight of telling the generators apart
LOCAL = 0.4  # weight of the labels of single steps


def loss_of(logits: Tensor, labels: Tensor, pairs: int) -> Tensor:
    """Cross-entropy where a label is no NaN, plus two losses inside each pair, whose halves share speaker,
    room and channel.

    The copy must score above its original (ranking). And the middle between the two should lie at zero:
    where it does not, the score follows the recording chain, which shifts whole corpora against each other.
    """
    loss = _known(logits, labels)
    if pairs:
        human, copy = logits[0 : 2 * pairs : 2], logits[1 : 2 * pairs : 2]
        loss = loss + 0.5 * functional.softplus(1.0 - (copy - human)).mean()
        loss = loss + MIDDLE * ((copy + human) / 2).square().mean()
    return loss


def _known(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy of what has a label, softened a little; zero where nothing has."""
    known = ~labels.isnan()
    if not known.any():
        return logits.sum() * 0.0
    return functional.binary_cross_entropy_with_logits(logits[known], labels[known] * 0.96 + 0.02)


class _Learner:
    """The network, its running average, a side head that names the generator, and their optimiser.

    Naming the generator keeps what tells generators apart in the vectors (multi-task as Sun et al. 2023,
    arXiv 2304.13085); the side head itself does not ship.
    """

    def __init__(self, args: argparse.Namespace, kinds: int) -> None:
        self.args = args
        net = SpectrogramNet(NetConfig(dropout=args.dropout, view=args.view))
        if args.init:
            net.load(torch.load(args.init, weights_only=True)["average"])
        # channels_last is 1.5 times faster on the CPUs we train on
        self.net = net.to(memory_format=torch.channels_last)
        self.average = deepcopy(self.net)
        self.side = nn.Linear(2 * net.config.frame_dim, kinds)
        parameters = [*self.net.parameters(), *self.side.parameters()]
        self.optimizer = torch.optim.AdamW(parameters, lr=args.lr, weight_decay=args.weight_decay)
        self.step, self.best = 0, 1.0

    def learn(self, features: Tensor, labels: Tensor, kinds: Tensor, local: Tensor, pairs: int) -> float:
        """One step on a batch of ``data.Batches``; returns the loss of the whole crops alone."""
        self.step += 1
        self.net.train()
        share = min(1.0, self.step / self.args.steps)
        rate = self.args.lr * min(1.0, self.step / 50) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share)))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", torch.bfloat16, enabled=self.args.bfloat16):
            frames = self.net.trunk(features)
            pooled = self.net.pooled(frames)
            logits = self.net.head(pooled).squeeze(-1)
            named = self.side(pooled)
            steps = self.net.steps(frames)
        loss = loss_of(logits.float(), labels, pairs)
        known = kinds >= 0
        whole = loss + NAMING * functional.cross_entropy(named[known].float(), kinds[known])
        whole = whole + LOCAL * _known(steps.float(), local)
        self.optimizer.zero_grad()
        whole.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 2.0)
        self.optimizer.step()
        self._follow()
        return float(loss.detach())

    def _follow(self) -> None:
        keep = min(0.99, self.step / (self.step + 20))
        for slow, fast in zip(
            self.average.state_dict().values(), self.net.state_dict().values(), strict=True
        ):
            slow.copy_(slow * keep + fast * (1 - keep) if slow.dtype.is_floating_point else fast)

    def save(self, target: Path) -> None:
        """Everything that going on needs."""
        state = {
            "view": self.args.view,
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "side": self.side.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "rng": torch.get_rng_state(),
            "step": self.step,
            "best": self.best,
        }
        _save(state, target)

    def resume(self, target: Path) -> Tensor | None:
        """Take up what ``save`` left; returns the state of chance, None if there is nothing."""
        if not target.exists():
            return None
        state = torch.load(target, weights_only=True)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.side.load_state_dict(state["side"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.best = state["step"], state["best"]
        rng: Tensor = state["rng"]
        return rng

    def keep_best(self, eer: float, target: Path) -> None:
        """Write the averaged weights if no earlier ones were better."""
        if eer <= self.best:
            self.best = eer
            kept = {"average": self.average.state_dict(), "step": self.step, "eer": eer}
            _save({**kept, "view": self.args.view}, target)


def _save(state: dict[str, Any], target: Path) -> None:
    """Write beside and rename, so that a run killed while it saves can still be resumed."""
    beside = target.with_suffix(".tmp")
    torch.save(state, beside)
    beside.replace(target)


def _run(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    args.run.mkdir(parents=True, exist_ok=True)
    store = load_store(args.pairs, args.real, args.synthetic, args.noises)
    plan = BatchPlan(strength=args.strength, codecs=args.codecs)
    learner = _Learner(args, len(store.kinds()))
    rng_state = learner.resume(args.run / "last.pt")
    front_end = VIEWS[args.view]
    clips = validation_set(args.validate, front_end) if args.validate else []
    size = sum(p.numel() for p in learner.net.parameters())
    drawn_from = f"{len(store.pairs)} pairs, {len(store.human)} human, {len(store.synthetic)} synthetic"
    print(f"{drawn_from}; {len(store.kinds())} generators; {size:,} parameters")
    batches = Batches(store, plan, args.steps, args.seed, learner.step, front_end)
    loader = iter(DataLoader(batches, batch_size=None, num_workers=args.workers))
    if rng_state is not None:  # after the loader has drawn a seed for its workers
        torch.set_rng_state(rng_state)
    running, first, begun = 0.0, learner.step, time.monotonic()
    for batch in loader:
        loss = learner.learn(*batch, plan.pairs)
        running += (loss - running) / min(learner.step - first, 50)
        if learner.step % args.every and learner.step != args.steps:
            continue
        seconds = round(time.monotonic() - begun)
        entry: dict[str, Any] = {"step": learner.step, "loss": round(running, 4), "s": seconds}
        if clips:
            entry |= validation_report(validation_scores(learner.average, clips), clips)
        learner.keep_best(entry.get("eer", 0.0), args.run / "best.pt")
        learner.save(args.run / "last.pt")
        with (args.run / "log.jsonl").open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(entry) + "\n")
        print(json.dumps(entry), flush=True)


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.detector.training.train", description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--pairs", type=Path, required=True, nargs="+")
    parser.add_argument("--real", type=Path, required=True)
    parser.add_argument("--synthetic", type=Path, default=None)
    parser.add_argument("--noises", type=Path, default=None)
    parser.add_argument("--validate", type=Path, default=None)
    parser.add_argument("--view", choices=sorted(VIEWS), default="features", help="what the network sees")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--every", type=int, default=100)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--weight-decay", type=float, default=0.02)
    parser.add_argument("--dropout", type=float, default=0.2)
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--codecs", type=float, default=1.0, help="how much more often codecs are used")
    parser.add_argument("--init", type=Path, default=None, help="start from a checkpoint's averaged weights")
    parser.add_argument("--bfloat16", action="store_true", help="twice as quick where the processor has it")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    _run(parser.parse_args(argv))
    return 0


if __name__ == "__main__":
    sys.exit(main())
