"""Trials to words and numbers: both sides, both channels, nothing that stands out, and no claim of proof."""

from __future__ import annotations

import pytest

from earwitness.contracts import ChannelScores, Occluded, Part
from earwitness.detector.explained import CANNOT_TELL, explanations
from earwitness.report import Explanation


def tried(llr: float, without: dict[tuple[float, float], float], start_s: float = 7.2) -> Occluded:
    """Bands in kHz with the LLR that is left; the first band also in two stretches, the second of which does
    half as much."""
    bands = tuple(Part(start_s, start_s + 3, a * 1000, b * 1000, left) for (a, b), left in without.items())
    first = bands[0]
    cells = (
        Part(start_s, start_s + 1.5, first.low_hz, first.high_hz, llr),
        Part(start_s + 1.5, start_s + 3, first.low_hz, first.high_hz, (llr + first.llr) / 2),
    )
    return Occluded(start_s, start_s + 3, llr, bands, cells)


def explained(*found: Occluded, channel: int | None = None) -> tuple[Explanation, ...]:
    return explanations([ChannelScores(channel, (), 1.0, occluded=found)], lambda llr: llr)


def test_the_strongest_band_is_named_with_its_stretch() -> None:
    [found] = explained(tried(4.2, {(5.5, 7): 1.1, (0, 0.5): 4.0}))
    assert found.sentence == (
        "Without the band 5.5-7 kHz the LLR of the excerpt 0:07.2-0:10.2 would fall from +4.2 to +1.1; "
        "of its stretches 0:08.7-0:10.2 counts most."
    )
    assert found.cannot_tell == CANNOT_TELL
    assert "no proof" in CANNOT_TELL
    assert [(b.low_hz, b.high_hz, b.drop_llr) for b in found.bands] == [(5500, 7000, 3.1), (0, 500, 0.2)]
    assert [(c.start_s, c.end_s, c.drop_llr) for c in found.cells] == [(7.2, 8.7, 0.0), (8.7, 10.2, 1.55)]


def test_for_a_human_sounding_excerpt_it_is_the_band_whose_loss_lifts_the_llr() -> None:
    [found] = explained(tried(-3.0, {(1, 2): -1.0, (2, 3): -6.0}), channel=1)
    assert found.sentence.startswith(
        "Without the band 1-2 kHz the LLR of the excerpt 0:07.2-0:10.2 of channel 2 would rise from -3.0 to "
        "-1.0"
    )
    assert found.channel == 1


def test_where_nothing_stands_out_that_is_said() -> None:
    [found] = explained(tried(2.0, {(1, 2): 1.9, (2, 3): 2.4}))
    assert found.sentence == "No single band carries the LLR of the excerpt 0:07.2-0:10.2 (+2.0)."


def test_llrs_are_read_as_the_channel_asks_and_excerpts_sorted() -> None:
    scores = [
        ChannelScores(0, (), 1.0, occluded=(tried(1.0, {(0, 0.5): 0.5}),)),
        ChannelScores(1, (), 1.0, occluded=(tried(8.0, {(0, 0.5): 1.0}),)),
        ChannelScores(2, (), 1.0),
    ]
    found = explanations(scores, lambda llr: min(2 * llr - 1, 6.0))
    assert [(e.channel, e.llr_synthetic) for e in found] == [(1, 6.0), (0, 1.0)]
    assert [e.bands[0].drop_llr for e in found] == pytest.approx([5.0, 1.0])
