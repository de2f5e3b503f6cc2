"""Write measured numbers into a weights card, from result files and from nowhere else.

python -m earwitness.eval.card detector/weights/spectro.json eval/results/*.json
python -m earwitness.eval.card generators/weights/gan.json eval/results/generators.json
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from earwitness.errors import ModelError
from earwitness.eval.generator_targets import SCHEMA as GENERATORS
from earwitness.eval.report import ACCURACY

__all__ = ["main", "measured", "measured_generator"]

_ABILITIES = ("copy", "text", "marks")
_SYSTEMS = {"conversion": ("vae", ("convert",))}
"""Cards of weights that another generator uses for a part of what it can: its name, and the parts."""


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
            raise _others(name)
        found[name] = {system: _numbers(entry["conditions"]) for system, entry in content["systems"].items()}
    return found


def measured_generator(results: dict[str, dict[str, Any]], name: str, sha256: str) -> dict[str, Any]:
    """``list -> part -> numbers`` of results of ``bench_generators`` by file name, for the card ``name``.

    Raises ModelError when a result was measured with other weights than those of the card.
    """
    found: dict[str, Any] = {}
    for stem, content in results.items():
        if content.get("schema") != GENERATORS:
            continue
        if content["weights"].get(name) != sha256:
            raise _others(stem)
        system, parts = _SYSTEMS.get(name, (name, _ABILITIES))
        rows = {part: _means(content[part][system]) for part in parts if system in content.get(part, {})}
        for part, systems in (content.get("speed") or {}).items():
            if part in rows and system in systems:
                rows[part]["real_time_factor"] = round(systems[system]["rtf"], 4)
        found[stem] = rows
    return found


def _others(result: str) -> ModelError:
    return ModelError("measured with other weights than the card's.", subject=result, hint="Measure again.")


def _means(entry: dict[str, Any]) -> dict[str, Any]:
    """Of each metric the mean or rate, without the interval."""
    row: dict[str, Any] = {}
    for metric, value in entry.items():
        plain = value.get("mean", value.get("rate")) if isinstance(value, dict) else value
        if plain is not None:
            row[metric] = round(plain, 4)
    return row


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.eval.card", description=__doc__)
    parser.add_argument("card", type=Path)
    parser.add_argument("results", type=Path, nargs="+")
    args = parser.parse_args(argv)
    card = json.loads(args.card.read_text(encoding="utf-8"))
    results = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in args.results}
    if card.get("kind") == "generator":
        card["measured"] = measured_generator(results, card["name"], card["sha256"])
    else:
        card["measured"] = measured(results, card["sha256"])
    args.card.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
