"""Metrics of scores that somebody else's detector gave, as they are published: a line a recording.

    python -m earwitness.eval.score_files SCORES.txt PROTOCOL.csv [--higher human|synthetic]

SCORES: "name score", separated by blanks. PROTOCOL: columns file_name and label (bonafide or spoof),
separated by commas. As in the challenges, higher is human unless said otherwise.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from earwitness.errors import EarWitnessError, SourceNotFoundError, UsageError
from earwitness.eval import metrics

__all__ = ["main", "numbers", "read_scores"]

Float64 = npt.NDArray[np.float64]
Higher = Literal["human", "synthetic"]


def read_scores(scores: Path, protocol: Path, higher: Higher = "human") -> tuple[Float64, Float64]:
    """Scores of human and of synthetic recordings, turned so that higher is synthetic.

    Raises SourceNotFoundError for files that are not there, UsageError for lines that are no score, and for
    recordings of the protocol without one.
    """
    for path in (scores, protocol):
        if not path.is_file():
            raise SourceNotFoundError("there is no such file.", subject=str(path))
    found = _scores(scores)
    sign = -1.0 if higher == "human" else 1.0
    sides: dict[str, list[float]] = {"bonafide": [], "spoof": []}
    with protocol.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            name, label = row.get("file_name"), row.get("label")
            if name is None or label not in sides:
                raise UsageError(
                    f"line {number} has no file_name, or a label other than bonafide and spoof.",
                    subject=str(protocol),
                )
            if name not in found:
                raise UsageError(f"it has no score for {name}.", subject=str(scores))
            sides[label].append(sign * found[name])
    return np.array(sides["bonafide"]), np.array(sides["spoof"])


def _scores(path: Path) -> dict[str, float]:
    found = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            name, _, value = line.strip().rpartition(" ")
            try:
                found[name.strip()] = float(value)
            except ValueError as error:
                raise UsageError(f"line {number} holds no score.", subject=str(path)) from error
    return found


def numbers(human: Float64, synthetic: Float64) -> dict[str, Any]:
    """What can be said of scores that are no LLRs."""
    return {
        "human": int(human.size),
        "synthetic": int(synthetic.size),
        "eer": asdict(metrics.eer(human, synthetic)),
        "auc": metrics.auc(human, synthetic),
        "min_dcf": metrics.min_dcf(human, synthetic),
        "min_cllr": metrics.min_cllr(human, synthetic),
    }


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.eval.score_files",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("scores", type=Path)
    parser.add_argument("protocol", type=Path)
    parser.add_argument("--higher", choices=("human", "synthetic"), default="human")
    arguments = parser.parse_args(words)
    try:
        found = numbers(*read_scores(arguments.scores, arguments.protocol, arguments.higher))
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
