"""Write measured numbers into a weights card, from result files and from nowhere else.

python -m earwitness.eval.card detector/weights/spectro.json eval/results/*.json
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from earwitness.errors import ModelError
from earwitness.eval.report import ACCURACY

__all__ = ["main", "measured"]


def _numbers(conditions: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for name, entry in conditions.items():
        row: dict[str, Any] = {}
        if "eer" in entry:
            row["eer"] = round(entry["eer"]["rate"], 4)
        for key in ("cllr", "min_cllr"):
            if entry.get(key) is not None:
                row[key] = round(entry[key], 3)
        verdicts = entry.get("verdicts", {}).get("all", {})
        for key in ("fpr", "fnr", "abstained_human", "abstained_synthetic"):
            if verdicts.get(key) is not None:
                row[key] = round(verdicts[key], 4)
        found[name] = row
    return found


def measured(results: dict[str, dict[str, Any]], sha256: str) -> dict[str, Any]:
    """``list -> system -> condition -> numbers`` of accuracy results by file name.

    Raises ModelError when a result was measured with other weights than those of the card.
    """
    found: dict[str, Any] = {}
    for name, content in results.items():
        if content.get("schema") != ACCURACY:
            continue
        used = content["models"]["earwitness"]["sha256"]
        if used != sha256:
            raise ModelError(
                "measured with other weights than the card's.", subject=name, hint="Measure again."
            )
        found[name] = {system: _numbers(entry["conditions"]) for system, entry in content["systems"].items()}
    return found


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.eval.card", description=__doc__)
    parser.add_argument("card", type=Path)
    parser.add_argument("results", type=Path, nargs="+")
    args = parser.parse_args(argv)
    card = json.loads(args.card.read_text(encoding="utf-8"))
    results = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in args.results}
    card["measured"] = measured(results, card["sha256"])
    args.card.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
