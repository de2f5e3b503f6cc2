"""From scores to a verdict: thresholds, reasons, and when to say nothing.

Thresholds are LLRs of the weights card, chosen on development recordings (never on test ones):

- ``likely_human``: below it; at most about 5 % of synthetic development recordings score there, engines
  counting alike;
- ``likely_synthetic``: few human development recordings score above it (``detector.training.limiting``);
- ``synthetic``: at most about 1 %.

Stretches inside an otherwise human recording are called by limits of their own (``calibrate.Local``): by how
strong their traces are, or by how far they rise above the human rest; speaker, room and channel are the same
on both sides of a splice, so that little else explains a step. Both limits rise with the logarithm of the
length beyond 20 s: ten hours of people hold more odd stretches than one sentence does.

Where the card says so, all of these limits depend on what the recording has been through
(``detector.limits``). Recordings in telephone band have calibration and thresholds of their own: without the
sound above 4 kHz the same score means something else.

Between ``likely_human`` and ``likely_synthetic`` the answer is "inconclusive". A prior moves all of
them by its log-odds; a verdict that rests on the prior says so, and evidence is listed by what it says at
equal odds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from earwitness.contracts import ChannelScores
from earwitness.credentials import CredentialReport
from earwitness.detector.attributed import attribution_evidence, attributions
from earwitness.detector.calibrate import Calibration, probability
from earwitness.detector.card import Channel, read_card
from earwitness.detector.explained import explanations
from earwitness.detector.marked import mark_evidence
from earwitness.detector.provenanced import (
    credential_evidence,
    origin_evidence,
    transferred,
    weighed,
)
from earwitness.detector.reasons import Call, raised_limits, reason_of
from earwitness.detector.segments import Stretch, Track, time_line, track
from earwitness.detector.spliced import synthetic_parts
from earwitness.key_rings import MarkFinding
from earwitness.origin import Origin
from earwitness.report import Evidence, FileFacts, ModelInfo, Quality, Report, Segment, Thresholds, Verdict
from earwitness.timeline import beside
from earwitness.timeline import stretches as runs_of

__all__ = ["decide", "weigh"]


_AS_IS = Calibration(1.0, 0.0)  # but within the reach of LLRs

CANNOT_TELL = (
    "It recognises traces of speech generators like those it was trained on; a newer or unknown one, or "
    "heavy processing, may leave none. A low score is no proof of human origin."
)


@dataclass(frozen=True, slots=True)
class _Finding:
    """alone: the verdict at equal odds, which is what the evidence says."""

    verdict: Verdict
    reason: str
    llr: float | None
    parts: tuple[Stretch, ...] = ()
    limits: Thresholds | None = None
    alone: Verdict = Verdict.INCONCLUSIVE


_GRAVITY = {
    Verdict.SYNTHETIC: 4,
    Verdict.LIKELY_SYNTHETIC: 3,
    Verdict.PARTLY_SYNTHETIC: 2,
    Verdict.INCONCLUSIVE: 1,
    Verdict.LIKELY_HUMAN: 0,
}


def decide(
    scores: ChannelScores,
    limits: Thresholds,
    prior: float,
    parts: Sequence[Stretch] = (),
    *,
    alone: Sequence[Stretch] | None = None,
    others: int = 0,
    cause: str | None = None,
) -> tuple[Verdict, str]:
    """Verdict and reason for one channel that is fit to be judged.

    limits: at equal prior odds. parts: those of ``synthetic_parts``; alone: the same at equal odds, None
    where they are no others. others: how many more stretches stand out, too weakly for that.
    cause: what the recording went through, where that raised the limits.
    """
    if scores.llr is None:
        return Verdict.INCONCLUSIVE, "No stretch held enough speech to be scored."
    verdict = _called(scores.llr + math.log(prior / (1 - prior)), limits, parts)
    by_itself = tuple(parts if alone is None else alone)
    call, even = Call(verdict, tuple(parts), others), Call(_called(scores.llr, limits, by_itself), by_itself)
    return verdict, reason_of(call, even, scores.llr, prior, cause)


def _called(llr: float, limits: Thresholds, parts: Sequence[Stretch]) -> Verdict:
    if parts:
        return Verdict.PARTLY_SYNTHETIC
    if llr >= limits.synthetic:
        return Verdict.SYNTHETIC
    if llr >= limits.likely_synthetic:
        return Verdict.LIKELY_SYNTHETIC
    return Verdict.LIKELY_HUMAN if llr <= limits.likely_human else Verdict.INCONCLUSIVE


def _evidence(scores: ChannelScores, finding: _Finding, detector: ModelInfo | None) -> Evidence:
    outcome = {
        Verdict.SYNTHETIC: "synthetic",
        Verdict.LIKELY_SYNTHETIC: "synthetic",
        Verdict.PARTLY_SYNTHETIC: "partly_synthetic",
        Verdict.LIKELY_HUMAN: "human",
    }.get(finding.alone, "undecided")
    if scores.llr is None:
        outcome = "not_run"
    return Evidence(
        kind="detector",
        outcome=outcome,
        sentence=finding.reason,
        cannot_tell=CANNOT_TELL,
        llr_synthetic=None if scores.llr is None else round(scores.llr, 3),
        channel=scores.channel,
        model=detector.name if detector else None,
    )


def _heard_through(channel: Channel, scores: ChannelScores) -> ChannelScores:
    """The scores of one channel of a recording, as they are to be read."""
    windows = tuple(replace(window, llr=channel.windows(window.llr)) for window in scores.windows)
    return replace(scores, windows=windows, llr=None if scores.llr is None else channel.whole(scores.llr))


def _judged(channel: ChannelScores, line: Track, way: Channel, quality: Quality, prior: float) -> _Finding:
    """What is to be said of one channel alone."""
    table = way.limits_for(channel.shares)
    limits = Thresholds(**{name: table[name] for name in Thresholds.model_fields})
    found: tuple[Stretch, ...] = ()
    even = Verdict.INCONCLUSIVE
    if quality.usable:
        found = _parts(channel, line, way, table, prior)
        alone = found if prior == 0.5 else _parts(channel, line, way, table, 0.5)
        runs = runs_of(time_line(line, channel.channel)) if found else []
        others = len(beside(runs, [(s.start_s, s.end_s) for s in found]))
        cause = _cause(channel, way)
        verdict, reason = decide(channel, limits, prior, found, alone=alone, others=others, cause=cause)
        if channel.llr is not None:
            even = _called(channel.llr, limits, alone)
    else:
        verdict, reason = Verdict.INCONCLUSIVE, " ".join(quality.reasons)
    if channel.channel is not None:
        reason = f"Channel {channel.channel + 1}: {reason}"
    return _Finding(verdict, reason, channel.llr, found, None if channel.llr is None else limits, even)


def _parts(
    channel: ChannelScores, line: Track, way: Channel, table: dict[str, float], prior: float
) -> tuple[Stretch, ...]:
    """The stretches of a channel that are called synthetic by themselves."""
    if way.local is None or channel.steps is None or channel.llr is None:
        return ()
    local = replace(
        way.local,
        stretch=table.get("stretch", way.local.stretch),
        contrast=table.get("contrast", way.local.contrast),
    )
    return synthetic_parts(line, local, prior)


def _cause(channel: ChannelScores, way: Channel) -> str | None:
    """What the recording went through, where its LLR would be called in a clean one."""
    conditions = read_card().conditions
    if conditions is None or way.limits is None or channel.llr is None:
        return None
    asked = way.limits.table.get("likely_synthetic", ())
    return raised_limits(conditions.names, channel.shares, asked, channel.llr) if asked else None


def _in_force(limits: Thresholds | None, prior: float) -> Thresholds | None:
    """The limits as LLRs of the evidence, for the report: a prior has moved them by its log-odds."""
    if limits is None:
        return None
    shift = math.log(prior / (1 - prior))
    return Thresholds(**{name: round(value - shift, 3) for name, value in limits.model_dump().items()})


def _stretched(channel: int | None, found: Sequence[Stretch]) -> tuple[Segment, ...]:
    """The stretches that a verdict rests on, for the report."""
    return tuple(
        Segment(
            start_s=round(s.start_s, 3),
            end_s=round(s.end_s, 3),
            p_synthetic=round(probability(s.mean_llr), 4),
            llr_synthetic=round(s.mean_llr, 3),
            channel=channel,
        )
        for s in found
    )


def weigh(
    facts: FileFacts,
    quality: Quality,
    warnings: Sequence[str],
    scores: Sequence[ChannelScores],
    models: Sequence[ModelInfo],
    prior: float,
    marks: Sequence[MarkFinding] = (),
    credentials: CredentialReport | None = None,
    origins: Sequence[Origin] = (),
) -> Report:
    """Weigh quality, scores and marks into a report (see ``earwitness.contracts.Judge``).

    The gravest channel decides: one synthetic side makes a call a finding; a side on which nobody
    spoke decides nothing, as long as another could be scored. A recording that is not
    fit to be judged is inconclusive whatever its scores; they are reported all the same. Marks then have
    their say (``earwitness.detector.marked``), then credentials and records (``…provenanced``).
    """
    detector = next((m for m in models if m.kind == "detector"), None)
    card = read_card()
    whole = replace(_AS_IS, unseen=card.unseen)
    plain = Channel(whole, _AS_IS, card.thresholds, card.local, card.limits)
    way = card.telephone if quality.telephone and card.telephone else plain
    scores = [_heard_through(way, channel) for channel in scores]
    tracks = [track(channel, facts.duration_s, way.local) for channel in scores]
    findings = [_judged(s, line, way, quality, prior) for s, line in zip(scores, tracks, strict=True)]
    nothing = _Finding(Verdict.INCONCLUSIVE, " ".join(quality.reasons) or "There was nothing to judge.", None)
    worst = max(
        [f for f in findings if f.llr is not None] or findings,
        key=lambda f: (_GRAVITY[f.verdict], f.llr if f.llr is not None else -math.inf),
        default=nothing,
    )
    verdict, reason, llr = weighed(
        worst.verdict, worst.reason, worst.llr, marks, credentials, origins, facts.duration_s
    )
    found = [(s, f) for s, f in zip(scores, findings, strict=True) if f.verdict.is_finding]
    named = attributions([s for s, _ in found]) if verdict.is_finding else ()
    copied = [mark for mark in marks if transferred(mark, origins)]
    lines = (time_line(line, channel.channel) for channel, line in zip(scores, tracks, strict=True))
    spliced = (_stretched(s.channel, f.parts) for s, f in zip(scores, findings, strict=True))
    return Report(
        file=facts,
        verdict=verdict,
        p_synthetic=None if llr is None else round(probability(llr, prior), 4),
        prior=prior,
        llr_synthetic=None if llr is None else round(llr, 4),
        reason=reason,
        thresholds=_in_force(worst.limits, prior),
        quality=quality,
        warnings=tuple(warnings),
        evidence=(
            *(_evidence(s, f, detector) for s, f in zip(scores, findings, strict=True)),
            *attribution_evidence(named),
            *mark_evidence(marks, copied),
            *credential_evidence(credentials),
            *origin_evidence(origins),
        ),
        segments=tuple(chain.from_iterable(lines)),
        stretches=tuple(chain.from_iterable(spliced)),
        attribution=named,
        explanation=explanations(scores, way.windows),
        models=tuple(models),
    )
