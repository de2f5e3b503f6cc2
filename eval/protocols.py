"""Which clips are compared with which: manifests, and the one way results are computed from scores.

A manifest is a tab-separated file with the columns path (or file), label (human | synthetic),
corpus (or site), family, system, speaker, language; paths are relative to the manifest. Columns sex, age,
native (language) and channel may say more of the speaker and the recording.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.errors import SourceNotFoundError, UsageError
from earwitness.eval import metrics
from earwitness.eval.bootstrap import Indices, Interval, bootstrap
from earwitness.report import Verdict

__all__ = ["SPEAKER_TRAITS", "Clip", "Outcome", "evaluate", "read_manifest"]

Float64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
FAMILY_ROUNDS = 300
FEW_FALSE_ALARMS = 0.02
"""Share of human clips that a threshold set on them may call synthetic, for ``missed_at_2_percent``."""
SPEAKER_TRAITS = ("sex", "age", "native", "channel")


@dataclass(frozen=True, slots=True)
class Clip:
    """One line of a manifest."""

    path: Path
    synthetic: bool
    corpus: str
    family: str
    system: str
    speaker: str
    language: str
    traits: tuple[tuple[str, str], ...] = ()

    def trait(self, name: str) -> str:
        """Corpus, language, or what the manifest says of the speaker (sex, age, …); "" if unknown."""
        own = {"corpus": self.corpus, "language": self.language}
        return own.get(name) or dict(self.traits).get(name, "")

    @property
    def cluster(self) -> str:
        """What the clip is not independent of: its speaker where known, else its corpus or site."""
        return self.speaker or self.corpus


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one system said about one clip under one condition.

    score: higher = synthetic; None when no score could be computed. verdict, p_synthetic: None for
    systems that give none. error: the message when the clip could not be judged at all.
    """

    score: float | None
    verdict: str | None = None
    p_synthetic: float | None = None
    error: str | None = None

    @property
    def flagged(self) -> bool:
        """Was synthetic speech reported? An error reports nothing."""
        return self.verdict is not None and Verdict(self.verdict).is_finding

    @property
    def undecided(self) -> bool:
        """Was nothing said, for want of evidence or after an error?"""
        return self.verdict in (None, Verdict.INCONCLUSIVE)


def read_manifest(path: Path) -> list[Clip]:
    """The clips of a manifest, in its order.

    Raises SourceNotFoundError without the manifest or one of its files, UsageError for bad columns.
    """
    if not path.is_file():
        raise SourceNotFoundError("there is no such manifest.", subject=str(path))
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    clips = [_clip(row, path, number) for number, row in enumerate(rows, start=2)]
    if not clips:
        raise UsageError("the manifest lists no clip.", subject=str(path))
    return clips


def _clip(row: dict[str, str], manifest: Path, line: int) -> Clip:
    name = row.get("path") or row.get("file")
    if not name or row.get("label") not in ("human", "synthetic"):
        raise UsageError(
            f"line {line} has no path, or a label other than human or synthetic.",
            subject=str(manifest),
            hint="Columns: path, label, corpus, family, system, speaker, language (tab-separated).",
        )
    clip = manifest.parent / name
    if not clip.is_file():
        raise SourceNotFoundError(
            f"line {line} of {manifest.name} names it, but it is not there.", subject=str(clip)
        )
    return Clip(
        path=clip,
        synthetic=row["label"] == "synthetic",
        corpus=row.get("corpus") or row.get("site") or "",
        family=row.get("family") or "",
        system=row.get("system") or "",
        speaker=row.get("speaker") or "",
        language=row.get("language") or "",
        traits=tuple((name, row[name]) for name in SPEAKER_TRAITS if row.get(name)),
    )


@dataclass(frozen=True, slots=True)
class _Scored:
    """The clips that have a score, as arrays of one length."""

    scores: Float64
    synthetic: Bools
    corpus: npt.NDArray[np.str_]
    family: npt.NDArray[np.str_]
    cluster: list[str]

    def eer(self, index: Indices | slice = slice(None)) -> metrics.Eer | None:
        human, synthetic = _split(self.scores[index], self.synthetic[index])
        return metrics.eer(human, synthetic) if human.size and synthetic.size else None

    def eer_rate(self, index: Indices) -> float | None:
        found = self.eer(index)
        return found.rate if found else None

    def corpus_eers(self) -> dict[str, float]:
        """EER of each corpus (site) that holds both classes."""
        rates = {
            str(name): self.eer_rate(np.flatnonzero(self.corpus == name)) for name in np.unique(self.corpus)
        }
        return {name: rate for name, rate in rates.items() if rate is not None}


def _split(scores: Float64, synthetic: Bools) -> tuple[Float64, Float64]:
    return scores[~synthetic], scores[synthetic]


def evaluate(
    clips: Sequence[Clip],
    outcomes: Sequence[Outcome],
    *,
    threshold: float | None = None,
    calibrated: bool = True,
    include: Bools | None = None,
    rounds: int = 1000,
    seed: int = 0,
) -> dict[str, Any]:
    """All numbers of one system under one condition, as plain JSON types.

    threshold: on the score, fixed elsewhere; adds misses and false alarms there. calibrated: the
    score is an LLR (adds Cllr and actDCF). include: shape (clips,), which clips count towards the
    score-based numbers (for a comparison on equal clips); verdicts always count in full.
    missed_at_2_percent, overall and of each family: misses at the threshold that at most 2 % of the human
    clips of this very list reach (so it is no shipped threshold, and favours every system alike).
    """
    has_score = np.array([outcome.score is not None for outcome in outcomes])
    chosen = np.flatnonzero(has_score if include is None else has_score & include).tolist()
    data = _Scored(
        scores=np.array([outcomes[i].score for i in chosen], np.float64),
        synthetic=np.array([clips[i].synthetic for i in chosen], np.bool_),
        corpus=np.array([clips[i].corpus for i in chosen], np.str_),
        family=np.array([clips[i].family for i in chosen], np.str_),
        cluster=[clips[i].cluster for i in chosen],
    )
    human, synthetic = _split(data.scores, data.synthetic)
    result: dict[str, Any] = {
        "human": int(human.size),
        "synthetic": int(synthetic.size),
        "without_score": int((~has_score).sum()),
        "errors": sum(outcome.error is not None for outcome in outcomes),
    }
    if human.size and synthetic.size:
        result |= _discrimination(data, calibrated=calibrated, rounds=rounds, seed=seed)
        result["families"] = _families(data, threshold, rounds=min(rounds, FAMILY_ROUNDS), seed=seed)
    if threshold is not None:
        result["at_fixed_threshold"] = {
            "threshold": threshold,
            "fpr": float(np.mean(human >= threshold)) if human.size else None,
            "fnr": float(np.mean(synthetic < threshold)) if synthetic.size else None,
        }
    result["corpora"] = _corpora(data)
    if any(outcome.verdict for outcome in outcomes):
        result |= _verdicts(clips, outcomes)
    return result


def _discrimination(data: _Scored, *, calibrated: bool, rounds: int, seed: int) -> dict[str, Any]:
    human, synthetic = _split(data.scores, data.synthetic)
    by_corpus = data.corpus_eers()
    rates = np.array(list(by_corpus.values()))
    result: dict[str, Any] = {
        "eer": asdict(metrics.eer(human, synthetic))
        | {"interval": _interval(bootstrap(data.eer_rate, data.cluster, rounds=rounds, seed=seed))},
        "macro_eer": {
            "rate": float(rates.mean()) if rates.size else None,
            "corpora": len(by_corpus),
            "interval": _interval(
                bootstrap(lambda drawn: float(rates[drawn].mean()), list(by_corpus), rounds=rounds, seed=seed)
            ),
        },
        "auc": metrics.auc(human, synthetic),
        "missed_at_2_percent": _missed(data, synthetic),
        "min_dcf": metrics.min_dcf(human, synthetic),
        "min_cllr": metrics.min_cllr(human, synthetic),
    }
    if calibrated:
        result["act_dcf"] = metrics.act_dcf(human, synthetic)
        result["cllr"] = metrics.cllr(human, synthetic)
    return result


def _missed(data: _Scored, synthetic: Float64) -> float:
    """Share of the scores ``synthetic`` below the threshold that 2 % of the list's human clips reach."""
    human, _ = _split(data.scores, data.synthetic)
    return float(np.mean(synthetic < metrics.threshold_at_fpr(human, FEW_FALSE_ALARMS)))


def _eer_within(data: _Scored, rows: Indices, drawn: Indices) -> float | None:
    return data.eer_rate(rows[drawn])


def _interval(interval: Interval | None) -> dict[str, Any] | None:
    return None if interval is None else asdict(interval)


def _families(data: _Scored, threshold: float | None, *, rounds: int, seed: int) -> dict[str, Any]:
    """Each family of generators against all human clips."""
    table: dict[str, Any] = {}
    for family in np.unique(data.family[data.synthetic]):
        rows = np.flatnonzero(~data.synthetic | (data.family == family))
        own = data.scores[data.synthetic & (data.family == family)]
        found = data.eer(rows)
        clusters = [data.cluster[i] for i in rows.tolist()]
        interval = bootstrap(partial(_eer_within, data, rows), clusters, rounds=rounds, seed=seed)
        table[str(family)] = {
            "n": int(own.size),
            "eer": found.rate if found else None,
            "interval": _interval(interval),
            "missed_at_2_percent": _missed(data, own),
            "missed_at_fixed_threshold": None if threshold is None else float(np.mean(own < threshold)),
        }
    return table


def _corpora(data: _Scored) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for corpus in np.unique(data.corpus):
        rows = np.flatnonzero(data.corpus == corpus)
        n = int(data.synthetic[rows].sum())
        table[str(corpus)] = {"human": int(rows.size) - n, "synthetic": n, "eer": data.eer_rate(rows)}
    return table


def _verdicts(clips: Sequence[Clip], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Rates of the shipped verdicts: overall, by corpus, and misses by family. An error abstains."""
    truth = np.array([clip.synthetic for clip in clips])
    flagged = np.array([outcome.flagged for outcome in outcomes])
    abstained = np.array([outcome.undecided for outcome in outcomes])
    corpus = np.array([clip.corpus for clip in clips])
    family = np.array([clip.family for clip in clips])

    def rates(rows: Bools) -> dict[str, Any]:
        return asdict(metrics.decision_rates(truth[rows], flagged[rows], abstained[rows]))

    result: dict[str, Any] = {
        "verdicts": {
            "all": rates(np.ones(truth.size, bool)),
            "corpora": {str(name): rates(corpus == name) for name in np.unique(corpus)},
            "families": {str(name): rates(truth & (family == name)) for name in np.unique(family[truth])},
        }
    }
    stated = [
        (o.p_synthetic, bool(t)) for o, t in zip(outcomes, truth, strict=True) if o.p_synthetic is not None
    ]
    if stated:
        p, labels = np.array([p for p, _ in stated]), np.array([label for _, label in stated])
        result["reliability"] = [asdict(row) for row in metrics.reliability(p, labels, balanced=True)]
    return result
