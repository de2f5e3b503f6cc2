"""Which excerpts of a recording are worth explaining, over all of its channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from earwitness.contracts import ChannelScores, Excerpt, Explainer

__all__ = ["MOST_EXPLAINED", "explained"]

MOST_EXPLAINED = 2  # excerpts of a recording, whatever the number of its channels


def explained(
    explainer: Explainer, scores: Sequence[ChannelScores], kept: Sequence[tuple[Excerpt, ...]]
) -> list[ChannelScores]:
    """The scores with what the detector reacted to in the excerpts that sound most synthetic.

    kept: excerpts a channel, as many entries as scores. The best of all channels is always explained, another
    only where it leans to synthetic (LLR above 0), too.
    """
    found = [(excerpt, track) for track, excerpts in enumerate(kept) for excerpt in excerpts]
    found.sort(key=lambda pair: -pair[0].llr)
    chosen = found[:1] + [pair for pair in found[1:MOST_EXPLAINED] if pair[0].llr > 0]
    tried = explainer.explain([excerpt for excerpt, _ in chosen])
    return [
        replace(one, occluded=tuple(t for t, (_, k) in zip(tried, chosen, strict=True) if k == track))
        for track, one in enumerate(scores)
    ]
