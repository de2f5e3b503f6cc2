"""Weights between two checkpoints of one ancestry: what was learnt before and what was learnt since.

    python -m earwitness.detector.training.blend BEFORE.pt AFTER.pt OUT.pt --share 0.5

Fine-tuning gains on what is new and loses on what is not in the new data; between the two sets of weights
often lies more than on either end (Wortsman et al. 2022, arXiv 2109.01903). Batch norms are blended, too.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from earwitness.errors import UsageError

__all__ = ["blend", "main"]


def blend(before: Path, after: Path, share: float) -> dict[str, object]:
    """A checkpoint whose averaged weights are ``share`` (0..1) of the second and the rest of the first.

    Raises UsageError for a share outside 0..1 and for networks of different views.
    """
    if not 0 <= share <= 1:
        raise UsageError(f"a share of {share} makes no sense.", hint="Give a number from 0 to 1.")
    one, other = (torch.load(path, map_location="cpu", weights_only=True) for path in (before, after))
    if one["view"] != other["view"]:
        raise UsageError(f"{one['view']} and {other['view']} are two kinds of network.", subject=str(after))
    mixed = {
        name: (1 - share) * value + share * other["average"][name]
        if value.dtype.is_floating_point
        else other["average"][name]
        for name, value in one["average"].items()
    }
    return {"average": mixed, "view": one["view"]}


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.detector.training.blend", description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the second")
    args = parser.parse_args(argv)
    torch.save(blend(args.before, args.after, args.share), args.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
