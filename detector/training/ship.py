"""Turn checkpoints into what ships: ONNX in 8 bits, calibration and limits from development recordings, card.

    python -m earwitness.detector.training.ship RUN/best.pt [RUN2/best.pt ...] --dev SET/manifest.tsv \
        --partial PARTIAL/manifest.tsv --data data.json --version 1 --out detector/weights

``--dev``, ``--partial`` and ``--scores`` are as in ``calibrating``. ``--data`` is the account of the
training data for the card (sources, hours, speakers, licences). Measured errors are written into it later by
``earwitness.eval.card``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from earwitness.detector.card import DEFAULT
from earwitness.detector.training.calibrating import calibration, draft_of
from earwitness.detector.training.export import export, load_network, view_of
from earwitness.detector.training.quantise import quantise, some_sounds

__all__ = ["main"]


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.detector.training.ship", description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+", help="several: their scores are averaged")
    parser.add_argument("--dev", type=Path, required=True, nargs="+")
    parser.add_argument("--partial", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scores", type=Path, help="file (.npz) to keep the development clips' scores in")
    parser.add_argument("--float", action="store_true", help="leave the weights in 32 bits")
    args = parser.parse_args(argv)
    target = args.out / f"{DEFAULT}.onnx"
    nets = [load_network(path) for path in args.checkpoints]
    export(nets, target)
    if not args.float:
        quantise(target, target, some_sounds(args.dev[0]))
    data = target.read_bytes()
    draft = draft_of(args.version, data)
    found = calibration(draft, data, args.dev, args.partial, args.scores)
    card = {
        "name": DEFAULT,
        "version": args.version,
        "kind": "detector",
        "file": target.name,
        "licence": "Apache-2.0",
        "sha256": draft.sha256,
        "architecture": "residual CNNs on linear-frequency log spectrograms, attentive statistics pooling",
        "members": [view_of(net) for net in nets],
        **found,
        **json.loads(args.data.read_text(encoding="utf-8")),
    }
    (args.out / f"{DEFAULT}.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(found["runtime"], indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
