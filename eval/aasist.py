"""AASIST (clovaai/aasist), measured beside our detector from a checkout that the user provides.

None of its code or weights is part of EarWitness. The adapter reads ``config/AASIST.conf``,
``models/AASIST.py`` and the weights that the configuration names from the given folder, and
needs torch (``pip install 'earwitness[train]'``).

Polarity: AASIST's second logit grows with *bona fide*; the adapter returns its negative, so that
like everywhere in EarWitness higher means synthetic. The score is no likelihood ratio.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from earwitness.errors import MissingDependencyError, ModelError

__all__ = ["SAMPLE_RATE", "WINDOW", "Aasist", "windows"]

SAMPLE_RATE = 16_000
WINDOW = 64_600  # samples: the length that its own training and evaluation use (4.04 s)
MIN_TAIL = SAMPLE_RATE  # a remainder shorter than a second repeats too little new speech to count

Pooling = Literal["first", "mean"]


def windows(samples: npt.NDArray[np.float32], pooling: Pooling) -> npt.NDArray[np.float32]:
    """Cut ``samples`` (n,) at 16 kHz into AASIST's windows, shape (k, 64600).

    A clip shorter than a window is repeated until it fills it, as AASIST's own evaluation does.
    ``first`` gives the first window (the official protocol), ``mean`` all windows side by side,
    the last one flush with the end when at least a second would be left over.
    Raises ValueError on an empty clip.
    """
    if samples.size == 0:
        raise ValueError("AASIST cannot score an empty clip.")
    if samples.size <= WINDOW:
        return np.resize(samples, (1, WINDOW)).astype(np.float32)
    if pooling == "first":
        return samples[None, :WINDOW].astype(np.float32)
    starts = list(range(0, samples.size - WINDOW + 1, WINDOW))
    if samples.size - (starts[-1] + WINDOW) >= MIN_TAIL:
        starts.append(samples.size - WINDOW)
    return np.stack([samples[start : start + WINDOW] for start in starts]).astype(np.float32)


class Aasist:
    """The official model, loaded once, on one thread.

    checkout: folder of the extracted repository. config: which of its configurations
    (``AASIST`` or ``AASIST-L``). Raises ModelError when files are missing or do not fit,
    MissingDependencyError without torch.
    """

    def __init__(self, checkout: Path, *, config: str = "AASIST", threads: int = 1) -> None:
        self._torch = _import_torch()
        self._torch.set_num_threads(threads)
        try:
            settings = json.loads((checkout / "config" / f"{config}.conf").read_text(encoding="utf-8"))
            weights = checkout / settings["model_path"]
            state = self._torch.load(weights, map_location="cpu", weights_only=True)
            self._model = _load_module(checkout / "models" / "AASIST.py").Model(settings["model_config"])
            self._model.load_state_dict(state)
        except (OSError, KeyError, ValueError, RuntimeError) as error:
            raise ModelError(
                f"this is no usable checkout of clovaai/aasist ({error}).",
                subject=str(checkout),
                hint="Clone the repository and give the path of its top folder.",
            ) from error
        self._model.eval()
        self.name = config
        self.sha256 = hashlib.sha256(weights.read_bytes()).hexdigest()

    def score_windows(self, batch: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Score windows (k, 64600) one at a time; returns (k,), higher = synthetic."""
        scores = []
        with self._torch.inference_mode():
            for row in batch:
                _, logits = self._model(self._torch.from_numpy(np.ascontiguousarray(row))[None])
                scores.append(-float(logits[0, 1]))  # logit 1 is bona fide
        return np.array(scores, dtype=np.float32)

    def score(self, samples: npt.NDArray[np.float32], pooling: Pooling = "first") -> float:
        """Score one clip (n,) at 16 kHz, range -1..1; higher = synthetic."""
        return float(self.score_windows(windows(samples, pooling)).mean())


def _import_torch() -> Any:
    try:
        return importlib.import_module("torch")
    except ImportError as error:
        raise MissingDependencyError(
            "measuring AASIST needs torch.", hint="Install it with: pip install 'earwitness[train]'"
        ) from error


def _load_module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("aasist_checkout_model", path)
    if spec is None or spec.loader is None:
        raise OSError(f"cannot import {path.name}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
