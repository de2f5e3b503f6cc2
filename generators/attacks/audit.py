"""Is there anything but synthesis by which a detector could tell the classes apart?

Features that know nothing of speech are measured on every file. If one of them separates attacks from their
twins, the folder teaches that feature, and a detector trained on it looks better than it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from earwitness.generators.attacks.equalise import bandwidth_hz, ends
from earwitness.generators.attacks.signal import frame_levels, rms, speech_rms
from earwitness.generators.attacks.sources import RATE
from earwitness.samples import Float32
from earwitness.target import replacing

__all__ = ["AUDIT", "FEATURES", "SUSPICIOUS", "auc", "audit", "features", "write_audit"]

AUDIT = "audit.json"
SUSPICIOUS = 0.1
"""Distance of an AUC from 0.5 (chance) that is worth a warning, where there are files enough to tell."""
FEATURES = {
    "seconds": "length",
    "leading_silence_s": "silence before the first sound",
    "trailing_silence_s": "silence after the last sound",
    "start_db": "level of the first 50 ms",
    "end_db": "level of the last 50 ms",
    "level_db": "level of speech",
    "peak_db": "highest sample",
    "floor_db": "level of the quietest tenth",
    "bandwidth_hz": "bandwidth",
    "zeros": "share of samples in runs of zeros",
    "offset": "mean of all samples",
}
"""Name in the manifest, and what it is."""
_ERRORS = 2.0  # standard errors
_EDGE = RATE // 20
_RUN = RATE // 2000


def features(x: Float32) -> dict[str, float]:
    """Of a file as it is written: (n,) at 16 kHz. Levels in dB of full scale."""
    first, last = ends(x)
    return {
        "seconds": round(x.size / RATE, 4),
        "leading_silence_s": round(first / RATE, 3),
        "trailing_silence_s": round((x.size - last) / RATE, 3),
        "start_db": _db(rms(x[:_EDGE])),
        "end_db": _db(rms(x[-_EDGE:])),
        "level_db": _db(speech_rms(x)),
        "peak_db": _db(float(np.abs(x).max(initial=0.0))),
        "floor_db": round(float(np.percentile(frame_levels(x), 10)), 2) if x.size else -120.0,
        "bandwidth_hz": bandwidth_hz(x),
        "zeros": round(_silent_share(x), 5),
        "offset": float(f"{float(x.mean(dtype=np.float64)) if rms(x) else 0.0:.3g}"),
    }


def auc(human: Sequence[float], attack: Sequence[float]) -> float:
    """Chance that a random attack has the higher value, ties half (Mann and Whitney 1947); 0.5 for none."""
    if not human or not attack:
        return 0.5
    both = np.concatenate([np.asarray(human, np.float64), np.asarray(attack, np.float64)])
    _, place, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    wins = ranks[len(human) :].sum() - len(attack) * (len(attack) + 1) / 2
    return float(wins / (len(human) * len(attack)))


def audit(entries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Of the lines of a manifest: counts and hours by family, and for each feature its AUC, over all and by
    family (attacks of the family against their twins). ``suspicious`` names features that give a class away,
    there too: a small family drowns in the whole.
    """
    every = list(entries)
    human = {entry["pair_id"]: entry for entry in every if entry["label"] == "human"}
    attacks = [entry for entry in every if entry["label"] != "human" and entry["pair_id"] in human]
    families: dict[str, list[dict[str, Any]]] = {}
    for entry in attacks:
        families.setdefault(entry["family"], []).append(entry)
    whole = _compared(attacks, human)
    return {
        "attacks": len(attacks),
        "partial": sum(entry["label"] == "partial" for entry in attacks),
        "attack_hours": round(sum(entry["seconds"] for entry in attacks) / 3600, 4),
        "human_hours": round(sum(human[entry["pair_id"]]["seconds"] for entry in attacks) / 3600, 4),
        "auc": whole,
        "suspicious": _suspicious(whole, len(attacks)),
        "families": {family: _family(group, human) for family, group in sorted(families.items())},
    }


def _family(group: list[dict[str, Any]], human: dict[str, dict[str, Any]]) -> dict[str, Any]:
    found = _compared(group, human)
    return {
        "attacks": len(group),
        "hours": round(sum(entry["seconds"] for entry in group) / 3600, 4),
        "auc": found,
        "suspicious": _suspicious(found, len(group)),
    }


def is_suspicious(value: float, count: int) -> bool:
    """An AUC that is far from chance, and not by chance. count: of files of each class."""
    if count == 0:
        return False
    error = float(np.sqrt((2 * count + 1) / (12 * count * count)))
    return abs(value - 0.5) > max(SUSPICIOUS, _ERRORS * error)


def write_audit(folder: Path, found: dict[str, Any]) -> None:
    """Into ``audit.json``. Raises TargetError."""
    with replacing(folder / AUDIT) as aside:
        aside.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _suspicious(found: dict[str, float], count: int) -> list[str]:
    return [name for name, value in found.items() if is_suspicious(value, count)]


def _compared(attacks: list[dict[str, Any]], human: dict[str, dict[str, Any]]) -> dict[str, float]:
    twins = [human[entry["pair_id"]] for entry in attacks]
    return {
        name: round(auc([t["features"][name] for t in twins], [a["features"][name] for a in attacks]), 4)
        for name in FEATURES
    }


def _silent_share(x: Float32) -> float:
    """Of samples in runs of zeros of half a millisecond or more: digital silence. Single ones are chance."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], x == 0.0, [False]]).astype(np.int8)))
    runs = edges[1::2] - edges[::2]
    return float(runs[runs >= _RUN].sum() / x.size) if x.size else 1.0


def _db(value: float) -> float:
    return round(20 * float(np.log10(max(value, 1e-6))), 2)
