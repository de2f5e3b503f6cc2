"""How far human speech rises above itself: the limit from which a step inside a recording is a splice.

Development clips of one speaker are joined to recordings of about 20 s, sent through every channel, and
treated as ``verdict.weigh`` treats a recording; the highest rise that they show sets the limit. Joined clips
differ more among themselves than one take of one person does, so the limit errs on the careful side.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from earwitness.contracts import Float32, Window
from earwitness.detector.calibrate import Calibration
from earwitness.detector.model import Card, SpectrogramDetector
from earwitness.detector.segments import rises
from earwitness.detector.training.listening import CONDITIONS, condition, is_narrow, listen
from earwitness.vad import RATE

__all__ = ["add_contrast", "calibrated", "long_recordings"]

SECONDS = 20.0
AT_LEAST_S = 8.0
LEVEL = 0.05  # RMS of every clip: a jump in loudness would be a step of our own making


def calibrated(draft: Card, runtime: dict[str, Any]) -> Card:
    """The draft of a card with the calibration of the runtime table."""
    whole, windows = (Calibration(**runtime[key]) for key in ("whole", "windows"))
    return replace(draft, whole=whole, window_calibration=windows)


def long_recordings(manifest: Path) -> Iterator[Float32]:
    """Human clips of one speaker after the other, joined, (n,) at 16 kHz."""
    with manifest.open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle, delimiter="\t") if row["label"] == "human"]
    speakers: dict[str, list[Path]] = {}
    for row in rows:
        speakers.setdefault(row.get("speaker") or row["path"], []).append(manifest.parent / row["path"])
    for paths in speakers.values():
        joined: list[Float32] = []
        for index, path in enumerate(paths, 1):
            x, _ = soundfile.read(path, dtype="float32")
            joined.append(np.clip(x * LEVEL / (float(np.sqrt(np.mean(x**2))) + 1e-6), -1, 1))
            seconds = sum(map(len, joined)) / RATE
            if seconds >= SECONDS or (index == len(paths) and seconds >= AT_LEAST_S):
                yield np.concatenate(joined)
                joined = []


def add_contrast(runtime: dict[str, Any], detector: SpectrogramDetector, manifest: Path) -> None:
    """Write ``contrast`` into the thresholds of the runtime table, for both bands where there are two."""
    phone = runtime.get("telephone")
    found: dict[bool, list[float]] = {False: [], True: []}
    for index, x in enumerate(long_recordings(manifest)):
        for name in CONDITIONS:
            heard = condition(x, name, index)
            narrow = phone is not None and is_narrow(heard)
            _, windows = listen(detector, heard)
            reading = Calibration(**phone["windows"]) if phone and narrow else Calibration(1.0, 0.0)
            limits = phone["thresholds"] if phone and narrow else runtime["thresholds"]
            as_read = [replace(window, llr=reading(window.llr)) for window in windows]
            found[narrow].append(_highest(as_read, len(heard) / RATE, limits["likely_human"]))
    for narrow, table in ((False, runtime), (True, phone)):
        if table is not None:
            limits = table["thresholds"]
            least = limits["likely_synthetic"] - limits["likely_human"]
            limits["contrast"] = round(max([least, *found[narrow]]), 3)


def _highest(windows: list[Window], duration_s: float, human: float) -> float:
    return max((rise for _, rise in rises(windows, duration_s, human)), default=0.0)
