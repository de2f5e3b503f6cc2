"""Train the spectrogram detector (or, for comparison, the one on Whisper's encoder).

    python -m earwitness.detector.training.train RUN --pairs FOLDER --real real.tsv \
        [--synthetic FOLDER] [--noises FOLDER] [--validate wild_dev/manifest.tsv] --steps 1500 --seed 0

Saves ``RUN/last.pt`` (to resume; same command continues), ``RUN/best.pt`` (lowest validation EER of
the averaged weights) and ``RUN/log.jsonl``. Validation clips are measured, never trained on.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader

from earwitness.detector.frontend import SAMPLE_RATE, VIEWS, Float32, spectrogram
from earwitness.detector.training.data import Batches, BatchPlan, load_store
from earwitness.detector.training.network import NetConfig, SpectrogramNet
from earwitness.detector.training.whisper import WhisperNet, log_mel

__all__ = ["equal_error_rate", "loss_of", "main", "validation_scores"]

MIDDLE = 0.1  # weight of the squared middle of a pair


def loss_of(logits: Tensor, labels: Tensor, pairs: int) -> Tensor:
    """Cross-entropy, plus two losses inside each pair, whose halves share speaker, room and channel.

    The copy must score above its original (ranking). And the middle between the two should lie at zero:
    where it does not, the score follows the recording chain, which shifts whole corpora against each other.
    """
    loss = functional.binary_cross_entropy_with_logits(logits, labels * 0.96 + 0.02)
    if pairs:
        human, copy = logits[0 : 2 * pairs : 2], logits[1 : 2 * pairs : 2]
        loss = loss + 0.5 * functional.softplus(1.0 - (copy - human)).mean()
        loss = loss + MIDDLE * ((copy + human) / 2).square().mean()
    return loss


def equal_error_rate(human: Float32, synthetic: Float32) -> float:
    """EER where |FPR - FNR| is smallest, the mean of both (ASVspoof 5's definition)."""
    scores = np.concatenate([human, synthetic])
    if not np.isfinite(scores).all():
        return 1.0  # a network that has diverged; sorted, NaN would look like perfect order
    labels = np.concatenate([np.zeros(len(human)), np.ones(len(synthetic))])
    order = np.argsort(scores, kind="stable")
    labels = labels[order]
    # Thresholds lie between different scores only, and below all of them.
    between = np.append(np.diff(scores[order]) > 0, True)
    fnr = np.append(0, np.cumsum(labels)[between] / max(1, len(synthetic)))
    fpr = np.append(1, 1 - np.cumsum(1 - labels)[between] / max(1, len(human)))
    k = int(np.argmin(np.abs(fnr - fpr)))
    return float((fnr[k] + fpr[k]) / 2)


def validation_set(
    manifest: Path, front_end: Callable[[Float32], Float32] = spectrogram, seconds: float = 4.0
) -> list[tuple[Float32, dict[str, str]]]:
    """Spectrograms of the middle ``seconds`` of every clip of a manifest (columns file or path, label)."""
    with manifest.open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    out = []
    for row in rows:
        x, _ = soundfile.read(manifest.parent / (row.get("file") or row["path"]), dtype="float32")
        n = int(seconds * SAMPLE_RATE)
        start = max(0, (len(x) - n) // 2)
        out.append((front_end(x[start : start + n]), row))
    return out


@torch.no_grad()
def validation_scores(net: nn.Module, clips: list[tuple[Float32, dict[str, str]]]) -> Float32:
    """Logit of each clip, one at a time (lengths differ)."""
    net.eval()
    return np.array([float(net(torch.from_numpy(f[None]))) for f, _ in clips], dtype=np.float32)


def validation_report(scores: Float32, clips: list[tuple[Float32, dict[str, str]]]) -> dict[str, Any]:
    """EER over all clips, and of each family against all human clips."""
    human = scores[[row["label"] == "human" for _, row in clips]]
    families = sorted({row["family"] for _, row in clips if row["label"] != "human"})
    per = {f: equal_error_rate(human, scores[[row["family"] == f for _, row in clips]]) for f in families}
    everything = equal_error_rate(human, scores[[row["label"] != "human" for _, row in clips]])
    return {"eer": everything, "families": per}


def _save(state: dict[str, Any], target: Path) -> None:
    """Write beside and rename, so that a run killed while it saves can still be resumed."""
    beside = target.with_suffix(".tmp")
    torch.save(state, beside)
    beside.replace(target)


def _model(args: argparse.Namespace) -> tuple[nn.Module, Callable[[Float32], Float32]]:
    if args.whisper is None:
        return SpectrogramNet(NetConfig(dropout=args.dropout, view=args.view)), VIEWS[args.view]
    whisper = WhisperNet(args.dropout)
    whisper.load_encoder(args.whisper)
    return whisper, log_mel


def _run(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    args.run.mkdir(parents=True, exist_ok=True)
    store = load_store(args.pairs, args.real, args.synthetic, args.noises)
    plan = BatchPlan(strength=args.strength, codecs=args.codecs)
    # channels_last is 1.5 times faster on the CPUs we train on
    net, front_end = _model(args)
    if args.init:
        net.load_state_dict(torch.load(args.init, weights_only=True)["average"])
    net = net.to(memory_format=torch.channels_last)
    average = deepcopy(net)
    optimizer = torch.optim.AdamW(net.parameters(), lr=args.lr, weight_decay=args.weight_decay)
    first, best, rng_state = 0, 1.0, None
    last = args.run / "last.pt"
    if last.exists():
        state = torch.load(last, weights_only=True)
        net.load_state_dict(state["net"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        first, best, rng_state = state["step"], state["best"], state.get("rng")
    clips = validation_set(args.validate, front_end) if args.validate else []
    size = sum(p.numel() for p in net.parameters())
    drawn_from = f"{len(store.pairs)} pairs, {len(store.human)} human, {len(store.synthetic)} synthetic"
    print(f"{drawn_from}; {size:,} parameters")
    loader = DataLoader(
        Batches(store, plan, args.steps, args.seed, first, front_end),
        batch_size=None,
        num_workers=args.workers,
    )
    running, begun = 0.0, time.monotonic()
    batches = iter(loader)  # draws a seed for its workers: before the state of dropout is put back
    if rng_state is not None:
        torch.set_rng_state(rng_state)
    for step, (features, labels) in enumerate(batches, first + 1):
        net.train()
        warm = min(1.0, step / 50)
        rate = args.lr * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, step / args.steps))))
        for group in optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast("cpu", torch.bfloat16, enabled=args.bfloat16):
            logits = net(features)
        loss = loss_of(logits.float(), labels, plan.pairs)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimizer.step()
        keep = min(0.99, step / (step + 20))
        for slow, fast in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
            slow.copy_(slow * keep + fast * (1 - keep) if slow.dtype.is_floating_point else fast)
        running += (float(loss.detach()) - running) / min(step - first, 50)
        if step % args.every and step != args.steps:
            continue
        entry: dict[str, Any] = {
            "step": step,
            "loss": round(running, 4),
            "s": round(time.monotonic() - begun),
        }
        if clips:
            entry |= validation_report(validation_scores(average, clips), clips)
        if entry.get("eer", 0.0) <= best:
            best = entry.get("eer", 0.0)
            kept = {"average": average.state_dict(), "step": step, "eer": best, "view": args.view}
            _save(kept, args.run / "best.pt")
        state = {
            "view": args.view,
            "net": net.state_dict(),
            "average": average.state_dict(),
            "optimizer": optimizer.state_dict(),
            "rng": torch.get_rng_state(),
        }
        _save({**state, "step": step, "best": best}, last)
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
    parser.add_argument("--whisper", type=Path, default=None, help="CTranslate2 model.bin of tiny.en")
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
