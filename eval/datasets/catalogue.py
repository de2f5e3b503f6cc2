"""All public sets that can be read, by name."""

from __future__ import annotations

import difflib

from earwitness.errors import UsageError
from earwitness.eval.datasets.asvspoof import (
    ASVSPOOF_5,
    ASVSPOOF_2019_LA,
    ASVSPOOF_2021_DF,
    ASVSPOOF_2021_LA,
)
from earwitness.eval.datasets.base import Dataset
from earwitness.eval.datasets.folders import FOR, MLAAD, WAVEFAKE
from earwitness.eval.datasets.partialspoof import PARTIALSPOOF
from earwitness.eval.datasets.wild import DEEPFAKE_EVAL_2024, IN_THE_WILD

__all__ = ["DATASETS", "dataset"]

DATASETS: dict[str, Dataset] = {
    one.name: one
    for one in (
        ASVSPOOF_2019_LA,
        ASVSPOOF_2021_LA,
        ASVSPOOF_2021_DF,
        ASVSPOOF_5,
        IN_THE_WILD,
        DEEPFAKE_EVAL_2024,
        WAVEFAKE,
        MLAAD,
        FOR,
        PARTIALSPOOF,
    )
}


def dataset(name: str) -> Dataset:
    """The set of that name. Raises UsageError with the nearest name."""
    if name in DATASETS:
        return DATASETS[name]
    near = difflib.get_close_matches(name, DATASETS, 1)
    raise UsageError(
        "there is no such set.",
        subject=name,
        hint=f"Did you mean {near[0]}?" if near else f"There are: {', '.join(DATASETS)}.",
    )
