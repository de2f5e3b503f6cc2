"""The part of a list whose classes cannot be told apart without listening to the speech.

    python -m earwitness.eval.matched LIST/manifest.tsv --out LIST/matched.tsv [--seed 0]

Every synthetic clip looks for a human one to which the shortcut probe (``shortcuts``) gives a like
probability, and both stay; who finds nobody goes (propensity-score matching without replacement: Rosenbaum &
Rubin 1985, Am. Stat. 39:33-38). The probe then learns anew from who is left, up to ``ROUNDS`` times, until it
is no longer troubled. No detector is asked. The list is written beside the one that it is a part of, as its
paths begin there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.errors import EarWitnessError, UsageError
from earwitness.eval import metrics
from earwitness.eval.protocols import Clip, read_manifest
from earwitness.eval.shortcuts import TROUBLING, folds_of, left_out_logits, table_of

__all__ = ["main", "match", "matched"]

Float64 = npt.NDArray[np.float64]
# Standard deviations of the logits. Closer pairs would turn the probe round (AUC under 0.4), as what it
# learns from some speakers then errs on the others, and cost a tenth of the clips.
CALIPER = 1.0
ROUNDS = 6
MARGIN = 0.01  # below TROUBLING, so that another fold is no trouble either


def match(logits: Float64, truth: npt.NDArray[np.bool_], rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Rows that stay, in order: pairs of a synthetic and a human one with logits within the caliper.

    logits, truth: (n,). Synthetic rows choose in random order, each the nearest human one that is left.
    """
    reach = CALIPER * float(logits.std())
    free = np.flatnonzero(~truth)
    kept: list[int] = []
    for row in rng.permutation(np.flatnonzero(truth)):
        if not len(free):
            break
        nearest = int(np.argmin(np.abs(logits[free] - logits[row])))
        if abs(logits[free[nearest]] - logits[row]) <= reach:
            kept += [int(row), int(free[nearest])]
            free = np.delete(free, nearest)
    return np.array(sorted(kept), dtype=np.intp)


def matched(clips: Sequence[Clip], seed: int = 0) -> tuple[list[Clip], float]:
    """The clips that stay, and the AUC of the probe on them. Raises UsageError when a class runs out."""
    left, table = table_of(clips)
    rng = np.random.default_rng(seed)
    for _ in range(ROUNDS):
        truth = np.array([clip.synthetic for clip in left], bool)
        if min(truth.sum(), (~truth).sum()) < 2:
            raise UsageError(
                "no two clips are alike enough.", hint="Make the classes alike: testsets --channel."
            )
        logits = left_out_logits(table, truth, folds_of(left))
        auc = metrics.auc(logits[~truth], logits[truth])
        if auc <= TROUBLING - MARGIN:
            return left, auc
        rows = match(logits, truth, rng)
        left, table = [left[row] for row in rows], table[rows]
    raise UsageError(
        f"the probe still tells {len(left)} clips apart.", hint="Give more clips of both classes."
    )


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(prog="earwitness.eval.matched", description=__doc__.partition("\n")[0])
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="list to write, in the folder of the other")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(words)
    try:
        if given.out.resolve().parent != given.manifest.resolve().parent:
            raise UsageError("it must lie beside the list that it is a part of.", subject=str(given.out))
        clips = read_manifest(given.manifest)
        left, auc = matched(clips, given.seed)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    stay = {clip.path for clip in left}
    head, *lines = filter(None, given.manifest.read_text(encoding="utf-8").splitlines())
    kept = [line for clip, line in zip(clips, lines, strict=True) if clip.path in stay]
    given.out.write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    print(f"{len(left)} of {len(clips)} clips, AUC of the probe {auc:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
