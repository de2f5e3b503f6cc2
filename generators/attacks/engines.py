"""Which generators can be used here, for what, and with which voices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from earwitness.consent import Consent, Purpose, read_consent
from earwitness.errors import ConsentError, EarWitnessError, UsageError
from earwitness.generators.base import Ability, Family, GeneratorInfo, generator_names, load_generator
from earwitness.reference import file_sha256

__all__ = ["Engine", "Menu", "PersonVoice", "consented_voices", "find_engines"]

_USED = (Ability.RESYNTHESIZE, Ability.CONVERT, Ability.SYNTHESIZE)
_OUR_TEXTS = "en"  # what ``texts`` is written in


@dataclass(frozen=True, slots=True)
class Engine:
    """A generator that can be loaded here. abilities: those that attacks are made with, always in the same
    order. voices: shipped with it, nobody's or freely given, so that they need no consent."""

    name: str
    family: str
    version: str
    licence: str
    abilities: tuple[str, ...]
    voices: tuple[str, ...]
    ours: bool


@dataclass(frozen=True, slots=True)
class PersonVoice:
    """A recording whose speaker allows attacks in their voice. consent: path of the file that says so."""

    path: str
    sha256: str
    speaker: str
    consent: str


@dataclass(frozen=True, slots=True)
class Menu:
    """What may be drawn from. absent: (name, why) of generators that were asked for and cannot be used."""

    engines: tuple[Engine, ...]
    people: tuple[PersonVoice, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()

    def identity(self) -> list[object]:
        """Plain values that decide what is drawn."""
        return [
            [[e.name, e.version, *e.abilities, *e.voices] for e in self.engines],
            [one.sha256 for one in self.people],
        ]


def find_engines(
    families: Sequence[str] = (), names: Sequence[str] = (), people: Sequence[PersonVoice] = ()
) -> Menu:
    """Load each generator once, to see which work. families: keep those; () for all. A family goes by its
    name ("gan_vocoder", or its first word, "gan"). names: only these generators; () for all that there are.

    Raises PluginError for an unknown generator, UsageError for an unknown family and where nothing is left.
    """
    wanted = {_family(one) for one in families}
    found: list[Engine] = []
    absent: list[tuple[str, str]] = []
    for name in sorted(set(names)) or generator_names():
        try:
            info = load_generator(name).info
        except EarWitnessError as error:
            if error.slug == "plugin":
                raise
            absent.append((name, error.message))
            continue
        engine = _engine(info, can_convert=bool(info.voices or people))
        if wanted and Family(engine.family) not in wanted:
            continue
        if engine.abilities:
            found.append(engine)
        else:
            absent.append((name, "it can do nothing that attacks are made with."))
    if not found:
        why = "; ".join(f"{name}: {reason}" for name, reason in absent) or "no generator has these families"
        raise UsageError(
            f"no generator can be used ({why})", subject="--families", hint="See earwitness generate --list."
        )
    return Menu(tuple(found), tuple(people), tuple(absent))


def consented_voices(folder: Path) -> tuple[tuple[PersonVoice, ...], tuple[str, ...]]:
    """The recordings in a folder for which a consent file beside them (.json) allows attack training now.

    Returns the voices, and what is wrong with each consent or recording that is left out, in sentences.
    Raises ConsentError where no recording is left.
    """
    troubles: list[str] = []
    consents: list[tuple[Path, Consent]] = []
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    for path in files:
        if path.suffix.lower() == ".json":
            try:
                consents.append((path, read_consent(path)))
            except ConsentError as error:
                troubles.append(str(error))
    voices = []
    for path in files:
        if path.suffix.lower() == ".json":
            continue
        found = _allowed(path, consents)
        if isinstance(found, PersonVoice):
            voices.append(found)
        else:
            troubles.append(f"{path.name}: {found}")
    if not voices:
        why = " ".join(troubles) or "It holds no recordings."
        raise ConsentError(
            f"no recording in it may be used. {why}",
            subject=str(folder),
            hint="Put recordings and their consent files into one folder: earwitness consent create --help",
        )
    return tuple(voices), tuple(troubles)


def _allowed(path: Path, consents: list[tuple[Path, Consent]]) -> PersonVoice | str:
    """The voice, or why it may not be used."""
    digest = file_sha256(path)
    reason = "there is no consent beside it for this recording."
    for place, consent in consents:
        refusal = consent.refusal(Purpose.ATTACK_TRAINING, digest)
        if refusal is None:
            return PersonVoice(str(path), digest, consent.speaker, str(place))
        if digest in consent.recordings:
            reason = refusal
    return reason


def _engine(info: GeneratorInfo, *, can_convert: bool) -> Engine:
    able = [
        ability.value for ability in _USED
        if ability in info.offers
        and (ability is not Ability.CONVERT or can_convert)
        and (ability is not Ability.SYNTHESIZE or _speaks_english(info))
    ]  # fmt: skip
    return Engine(
        info.name, info.family.value, info.version, info.licence, tuple(able), info.voices, info.ours
    )


def _speaks_english(info: GeneratorInfo) -> bool:
    return any(one.casefold().startswith(_OUR_TEXTS) for one in info.languages)


def _family(text: str) -> Family:
    name = text.strip().casefold().replace("-", "_")
    for family in Family:
        if name in (family.value, family.name.casefold(), family.value.partition("_")[0]):
            return family
    known = ", ".join(sorted(family.value for family in Family))
    raise UsageError(f"there is no family {text!r}.", subject="--families", hint=f"There are {known}.")
