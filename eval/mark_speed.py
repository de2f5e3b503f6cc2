"""How fast schemes mark and read, in times real time on one core, side by side in one process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.eval import processes
from earwitness.eval.mark_schemes import RATE, Ours, load_scheme

Float32 = npt.NDArray[np.float32]

__all__ = ["SLOW", "speeds"]

SLOW = ("aware",)  # schemes that are timed once only: a minute for 8 s


def speeds(
    names: Sequence[str], clips: Sequence[Float32], prototype: Path | None, repeats: int = 3
) -> dict[str, Any]:
    """By scheme: embed, detect (in marked audio, as users read), detect_unmarked and, for ours, detect_plain.

    detect_plain: one key, no search. Repeats of all schemes alternate; medians of all clips and repeats.
    """
    taken: dict[str, dict[str, list[float]]] = {name: {} for name in names}
    with processes.on_cores(1):
        for name in names:  # loads weights and compiles what is compiled at first use
            if name not in SLOW:
                _once(name, clips[0][: 3 * RATE], prototype, {})
        for turn in range(repeats):
            for index, clip in enumerate(clips):
                for name in names:
                    if name not in SLOW or turn == index == 0:
                        _once(name, clip, prototype, taken[name])
    return {
        name: {what: statistics.median(values) for what, values in table.items()}
        for name, table in taken.items()
    }


def _once(name: str, clip: Float32, prototype: Path | None, taken: dict[str, list[float]]) -> None:
    scheme = load_scheme(name, prototype)
    marked: list[Float32] = []
    work: dict[str, Callable[[], object]] = {
        "embed": lambda: marked.append(scheme.embed(clip, "speed")),
        "detect": lambda: scheme.read(marked[0], "speed"),
        "detect_unmarked": partial(scheme.read, clip, "speed"),
    }
    if isinstance(scheme, Ours):
        work["detect_plain"] = lambda: scheme.read_plain(marked[0], "speed")
    for what, action in work.items():
        start = time.perf_counter()
        action()
        taken.setdefault(what, []).append(clip.size / RATE / (time.perf_counter() - start))
