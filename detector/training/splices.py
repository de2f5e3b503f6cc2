"""How scores of single steps are read: learnt from development recordings of which a part is synthetic.

Every recording of a manifest of ``partial_set`` goes through every channel. A logistic regression on the
smoothed score of a step and the LLR of the windows around it gives the LLR of the step; the limits from which
a stretch is called are what human recordings, joined in the same way, reach by chance. Joined clips differ
more among themselves than one take of one person does, so the limits err on the careful side.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from earwitness.contracts import ChannelScores
from earwitness.detector.calibrate import LLR_LIMIT, Calibration, Local
from earwitness.detector.card import Card
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.segments import MIN_STRETCH_S, stretches, track
from earwitness.detector.training.limiting import ENOUGH_BY_KIND, in_columns
from earwitness.detector.training.listening import CONDITIONS, condition, is_narrow, listen
from earwitness.vad import RATE

__all__ = ["Heard", "add_local", "calibrated", "fit_local", "hear", "limits_by_kind", "synthetic_steps"]

WIDTH = 5  # steps: the best of 1 to 13 on development recordings (9 where there is no localiser)
CHANCE = 0.99  # of human recordings stay under each of the two limits, so that 2 % at most go beyond one
HUMAN = 0.10  # share of synthetic steps under the limit below which a step counts as human
_OPEN = Local(WIDTH, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, limit=1e9)


@dataclass(frozen=True, slots=True)
class Heard:
    """One recording through one channel.

    kind: "human", "partial" or "synthetic". truth: (begin, end) of what is synthetic, in seconds.
    channel: one of ``listening.CONDITIONS``.
    """

    scores: ChannelScores
    duration_s: float
    kind: str
    truth: tuple[tuple[float, float], ...]
    narrow: bool
    channel: str = "clean"

    def labels(self, steps: int) -> npt.NDArray[np.bool_]:
        """As ``synthetic_steps``."""
        return synthetic_steps(self.truth, steps, self.scores.step_s)


def synthetic_steps(truth: Sequence[tuple[float, float]], steps: int, step_s: float) -> npt.NDArray[np.bool_]:
    """True for the steps, (steps,) of ``step_s`` seconds each, that are synthetic by more than half."""
    middles = (np.arange(steps) + 0.5) * step_s
    inside = [(middles >= begin) & (middles < end) for begin, end in truth]
    return np.any(inside, axis=0) if inside else np.zeros(steps, dtype=bool)


def calibrated(draft: Card, runtime: dict[str, Any]) -> Card:
    """The draft of a card with the calibration of the runtime table."""
    whole, windows = (Calibration(**runtime[key]) for key in ("whole", "windows"))
    return replace(draft, whole=whole, window_calibration=windows)


def hear(detector: SpectrogramDetector, manifest: Path) -> list[Heard]:
    """Every recording of the manifest through every channel, but for wholly synthetic ones."""
    with manifest.open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle, delimiter="\t") if row["family"] != "synthetic"]
    found = []
    for index, row in enumerate(rows):
        x, _ = soundfile.read(manifest.parent / row["path"], dtype="float32")
        kind = "human" if row["label"] == "human" else row["family"]
        truth = tuple((float(a), float(b)) for a, b in (t.split("-") for t in row["stretches"].split()))
        for name in CONDITIONS:
            sound = condition(x, name, index)
            scores = listen(detector, sound)
            found.append(Heard(scores, len(x) / RATE, kind, truth, is_narrow(sound), name))
    return found


def fit_local(heard: Sequence[Heard]) -> Local:
    """Calibration and limits from recordings of all kinds, whose windows have calibrated LLRs.

    Both classes of steps weigh the same. Needs scikit-learn (the ``train`` extra).
    """
    from sklearn.linear_model import LogisticRegression

    joined = [h for h in heard if h.kind != "synthetic" and h.scores.steps is not None]
    raw, around = ([_track(h, replace(_OPEN, slope=s, share=1 - s)) for h in joined] for s in (1.0, 0.0))
    known = [np.isfinite(r) for r in raw]
    seen = np.concatenate([np.stack([r, w], 1)[k] for r, w, k in zip(raw, around, known, strict=True)])
    labels = np.concatenate([h.labels(len(k))[k] for h, k in zip(joined, known, strict=True)])
    model = LogisticRegression(class_weight="balanced", C=1e4).fit(seen, labels)
    slope, share = (float(value) for value in model.coef_[0])
    fitted = replace(_OPEN, slope=slope, share=share, offset=float(model.intercept_[0]), limit=LLR_LIMIT)
    llrs = [_track(h, fitted)[k] for h, k in zip(joined, known, strict=True)]
    flags = [h.labels(len(k))[k] for h, k in zip(joined, known, strict=True)]
    human = float(np.quantile(np.concatenate(llrs)[np.concatenate(flags)], HUMAN))
    fitted = replace(fitted, human=min(human, -0.25))
    limits = _limits(fitted, [h for h in joined if h.kind == "human"])
    return replace(fitted, stretch=limits["stretch"], contrast=limits["contrast"])


def limits_by_kind(local: Local, heard: Sequence[Heard], names: Sequence[str]) -> dict[str, list[float]]:
    """The limits of ``local`` under each kind of channel; of those with too few people, the common ones."""
    people = [h for h in heard if h.kind == "human" and h.scores.steps is not None]
    common = {"stretch": local.stretch, "contrast": local.contrast}
    each = [[h for h in people if h.channel == name] for name in names]
    return in_columns([_limits(local, there) if len(there) >= ENOUGH_BY_KIND else common for there in each])


def _limits(local: Local, people: Sequence[Heard]) -> dict[str, float]:
    """What few of these recordings, in which nothing is synthetic, go beyond."""
    peaks, rises = [0.5], [1.0]
    for heard in people:
        line = track(heard.scores, heard.duration_s, local)
        rest = stretches(line, below=local.human)
        judged = sum(s.judged_s for s in rest)
        level = sum(s.mean_llr * s.judged_s for s in rest) / judged if judged else 0.0
        raised = [s.peak_llr for s in stretches(line, above=0.0) if s.judged_s >= MIN_STRETCH_S - 1e-6]
        peaks.append(max(raised, default=0.0))
        rises.append(max(raised, default=level) - level)
    stretch = min(float(np.quantile(peaks, CHANCE)), LLR_LIMIT - 0.25)
    return {"stretch": round(stretch, 3), "contrast": round(float(np.quantile(rises, CHANCE)), 3)}


def _track(heard: Heard, local: Local) -> npt.NDArray[np.float64]:
    return track(heard.scores, heard.duration_s, local).llrs


def add_local(runtime: dict[str, Any], detector: SpectrogramDetector, manifest: Path) -> None:
    """Write ``local`` and its limits by kind of channel into the runtime table, for both bands if there are.

    Nothing is written for a detector that scores no steps.
    """
    heard = [h for h in hear(detector, manifest) if h.scores.steps is not None]
    if not heard:
        return
    phone = runtime.get("telephone")
    # As ``verdict.weigh`` reads them: within the reach of LLRs.
    names = runtime["conditions"]["names"] if "conditions" in runtime else []
    _add(runtime, [_read(h, Calibration(1.0, 0.0)) for h in heard if not (phone and h.narrow)], names)
    if phone:
        reading = Calibration(**phone["windows"])
        _add(phone, [_read(h, reading) for h in heard if h.narrow], names)


def _add(table: dict[str, Any], heard: Sequence[Heard], names: Sequence[str]) -> None:
    local = fit_local(heard)
    table["local"] = asdict(local)
    if names:
        table["limits"] = table.get("limits", {}) | limits_by_kind(local, heard, names)


def _read(heard: Heard, reading: Calibration) -> Heard:
    windows = tuple(replace(window, llr=reading(window.llr)) for window in heard.scores.windows)
    return replace(heard, scores=replace(heard.scores, windows=windows))
