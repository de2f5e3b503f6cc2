"""What making sound gives: the same object for Python, ``--json`` and the API."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

import earwitness
from earwitness.frozen import Document, Frozen
from earwitness.generation import Ability, GeneratorInfo, Speech
from earwitness.mark_report import MadeMark, SignedAs
from earwitness.orders import Ready
from earwitness.report import FileFacts
from earwitness.spoken_text import text_sha256

__all__ = ["ConsentFacts", "GeneratedRecord", "Making", "engine_text", "making"]


class ConsentFacts(Frozen):
    """The consent under which a person's voice was used."""

    speaker: str
    """As the consent names them."""
    purposes: tuple[str, ...]
    valid_until: str
    """ISO 8601, UTC."""
    public_key: str
    """Of the key that signed it (Ed25519), 64 hex digits."""


class Making(Frozen):
    """How the sound was made: enough to make it again."""

    ability: Ability
    """What the generator did: synthesize, resynthesize, convert, sample."""
    generator: str
    version: str
    family: str
    licence: str
    vocoder: str | None = None
    voice: str | None = None
    seed: int = Field(ge=0)
    text_sha256: str | None = None
    """Of the text in UTF-8: names it without telling it, though a short one can be guessed."""
    characters: int | None = None
    source_sha256: str | None = None
    """Of the recording that was remade or converted."""
    reference_sha256: str | None = None
    """Of the recording whose voice was taken."""
    consent: ConsentFacts | None = None
    seconds: float = Field(gt=0)
    rate: int = Field(gt=0)
    """Hz, as the generator made it."""


class GeneratedRecord(Document):
    """Speech was made, marked, written, and its marks were read back from the disk."""

    schema_: Literal["earwitness.generated/1"] = Field(default="earwitness.generated/1", alias="schema")
    making: Making
    file: FileFacts
    """The file that was written."""
    marks: tuple[MadeMark, ...]
    record_id: str | None = None
    """Of its record in the registry; None where none was kept."""
    credentials: SignedAs | None = None
    labels: tuple[str, ...] = ()
    """Whose rules labels were written for: eu, california, china."""
    left_out: tuple[str, ...] = ()
    """What could have been done beside the signpost mark and was not, and how to get it."""
    warnings: tuple[str, ...] = ()


def making(ready: Ready, info: GeneratorInfo, speech: Speech, voice: str | None) -> Making:
    """The description of a sound that was made. voice: the generator's voice that spoke it."""
    order, consent = ready.order, ready.consent
    return Making(
        ability=order.ability,
        generator=info.name,
        version=info.version,
        family=str(info.family),
        licence=info.licence,
        vocoder=order.vocoder,
        voice=voice,
        seed=order.seed,
        text_sha256=None if order.text is None else text_sha256(order.text),
        characters=None if order.text is None else len(order.text),
        source_sha256=None if ready.source is None else ready.source.sha256,
        reference_sha256=None if ready.reference is None else ready.reference.sha256,
        consent=None
        if consent is None
        else ConsentFacts(
            speaker=consent.speaker,
            purposes=tuple(str(one) for one in consent.purposes),
            valid_until=consent.valid_until.isoformat().replace("+00:00", "Z"),
            public_key=consent.public_key,
        ),
        seconds=round(speech.seconds, 3),
        rate=speech.rate,
    )


def engine_text(info: GeneratorInfo, vocoder: str | None = None) -> str:
    """What made the sound, as credentials and records name it: "EarWitness transformer+gan 2"."""
    maker = "EarWitness " if info.ours else ""
    version = info.version or (earwitness.__version__ if info.ours else "")
    return f"{maker}{info.name}{f'+{vocoder}' if vocoder else ''} {version}".strip()
