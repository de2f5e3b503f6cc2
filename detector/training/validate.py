"""Validation clips: their scores, and the error rates of a run while it learns. They are never trained on."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from torch import nn

from earwitness.detector.frontend import SAMPLE_RATE, Float32, spectrogram

__all__ = ["equal_error_rate", "validation_report", "validation_scores", "validation_set"]


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
