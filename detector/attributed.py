"""What a report says about the kind of generator."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.contracts import ChannelScores
from earwitness.detector.attribution import load_space
from earwitness.detector.card import read_card
from earwitness.detector.enrolled import load_enrolled
from earwitness.report import UNKNOWN, Attribution, Evidence
from earwitness.wording import percent

__all__ = ["WORDS", "attribution_evidence", "attributions"]

WORDS = {
    "gan_vocoder": "a GAN vocoder",
    "vae": "a variational autoencoder",
    "autoregressive": "an autoregressive model",
    "transformer": "a transformer",
    "diffusion": "a diffusion model",
    "codec": "a neural codec",
    "parametric": "a parametric synthesiser",
    "concatenative": "joined recordings",
    "formant": "a formant synthesiser",
    "signal_processing": "signal processing",
    "undisclosed": "a commercial engine of undisclosed kind",
}
"""How a family is said."""

CANNOT_TELL = (
    "Who made it or with which product: engines share parts, and compression or mixing hides what tells them "
    "apart. It is a lead, not proof."
)


def attributions(scores: Sequence[ChannelScores]) -> tuple[Attribution, ...]:
    """The kind of generator of each channel that has traces; () where no engines ship.

    Raises ModelError for an enrolled engine whose file is damaged.
    """
    space = load_space()
    heard = [channel for channel in scores if channel.traces is not None]
    if space is None or not heard:
        return ()
    enrolled = load_enrolled(space, read_card().sha256)
    return tuple(space.attribute(c.traces, enrolled, c.channel) for c in heard if c.traces is not None)


def attribution_evidence(named: Sequence[Attribution]) -> tuple[Evidence, ...]:
    """As evidence: it names, and weighs nothing."""
    return tuple(
        Evidence(
            kind="attribution",
            outcome=one.family,
            sentence=_sentence(one),
            cannot_tell=CANNOT_TELL,
            channel=one.channel,
        )
        for one in named
    )


def _sentence(one: Attribution) -> str:
    engine = f"{one.engine}{' (enrolled here)' if one.enrolled else ''}"
    if one.family == UNKNOWN:
        return f"Not clearly like any generator that is known; the nearest is {engine}."
    kind = WORDS.get(one.family, one.family)
    return (
        f"Of the generators that are known it resembles {kind} most ({percent(one.p_family)}); the nearest "
        f"is {engine}."
    )
