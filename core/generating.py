"""The front door of making speech: an order in, a marked file out; there is no way around the mark.

The way: the order is looked over, and so is everything that the file's end will need -> the generator is
loaded -> its sound goes into a temporary WAV file -> ``publish``: the signpost mark, and this user's own,
labels, credentials, record -> the file takes its place. Unmarked sound leaves only through
``earwitness.attack_material``, which makes training material for detectors.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypedDict, Unpack

from earwitness.audio import SoundForm
from earwitness.choices import chosen
from earwitness.consent import Purpose
from earwitness.digital_source import DigitalSource
from earwitness.encode_plan import plan
from earwitness.errors import CannotHoldMarkError, MarkNotReadBackError
from earwitness.generated import GeneratedRecord, Making, engine_text, making
from earwitness.generation import Ability, Family, Generator, GeneratorInfo, Speech, load_generator
from earwitness.key_rings import Keys, KeyState, load_ring
from earwitness.mark_report import MarkRecord
from earwitness.marking import choose_keys
from earwitness.marks import MarkKey, Strength
from earwitness.orders import DEFAULT_GENERATORS, Order, look_over, make
from earwitness.publish_steps import Steps, decided, registry_missing
from earwitness.publishing import publish
from earwitness.schemes import load_scheme
from earwitness.spoken_text import MAX_CHARACTERS
from earwitness.target import refuse_target

__all__ = ["How", "carry_out", "convert", "generate", "own_key", "resynthesize", "sample", "write_wav"]

_NOT_LEARNED = frozenset({Family.PARAMETRIC, Family.CONCATENATIVE, Family.FORMANT, Family.SIGNAL})
_LIKELY_RATE = 24_000  # Hz; only to see whether a file name can be written at all
_FORM = SoundForm("wav", "pcm_s16le", _LIKELY_RATE, 1, "mono", "s16", None, 0, 0.0)

Key = str | MarkKey | Literal[False] | None
Progress = Callable[[float], None]


class How(TypedDict, total=False):
    """What may be said of any sound that is made.

    generator: its name, or one that is loaded. vocoder: where it has the choice. seed: the same order with
    the same seed gives the same sound. key: of the ring (or a key itself), to mark with beside the signpost;
    this user's only private key if None, none if False. steps, strength, require, keys: as for
    ``earwitness.publish``; a record is kept unless ``steps`` says no. threads: cores that the generator may
    use. limit: characters of a text. on_made: called when the sound is there. on_progress: called with the
    seconds marked, then with the seconds read back.
    """

    generator: str | Generator
    vocoder: str | None
    seed: int
    key: Key
    steps: Steps | None
    strength: Strength | str
    require: bool
    keys: Keys | None
    threads: int
    limit: int
    on_made: Callable[[Speech], None] | None
    on_progress: Progress | None


def generate(
    text: str,
    out: str | os.PathLike[str],
    *,
    voice: str | None = None,
    language: str | None = None,
    **how: Unpack[How],
) -> GeneratedRecord:
    """Speak a text into a file that is marked, signed and recorded.

    out: its ending tells the format. voice: one of the generator's; its first if None. language: refuse a
    generator that does not speak it, and choose a voice that does. how: see :class:`How`.

    Raises TextError, VoiceError, NotOfferedError, PluginError, ModelError, MissingDependencyError and what
    ``publish`` raises; then ``out`` is what it was.
    """
    ability = Ability.SYNTHESIZE
    order = Order(ability=ability, text=text, voice=voice, language=language, **_of_order(ability, how))
    return carry_out(order, out, **how)


def resynthesize(
    source: str | os.PathLike[str], out: str | os.PathLike[str], **how: Unpack[How]
) -> GeneratedRecord:
    """Remake a recording ("copy synthesis"): the same words, voice and length, but every sample generated.

    source: at most 30 minutes; its channels are mixed to one. how: see :class:`How`. Raises as
    :func:`generate` does, and the AudioError family.
    """
    ability = Ability.RESYNTHESIZE
    return carry_out(Order(ability=ability, source=Path(source), **_of_order(ability, how)), out, **how)


def convert(
    source: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    voice: str | None = None,
    reference: str | os.PathLike[str] | None = None,
    consent: str | os.PathLike[str] | None = None,
    **how: Unpack[How],
) -> GeneratedRecord:
    """The words of a recording in another voice.

    voice: one of the generator's. reference: in its place a recording of a person, which needs consent: their
    consent file (``docs/consent.md``). how: see :class:`How`. Raises as :func:`resynthesize` does, and
    ConsentError.
    """
    ability = Ability.CONVERT
    order = Order(
        ability=ability,
        source=Path(source),
        voice=voice,
        reference=None if reference is None else Path(reference),
        consent=None if consent is None else Path(consent),
        **_of_order(ability, how),
    )
    return carry_out(order, out, **how)


def sample(seconds: float, out: str | os.PathLike[str], **how: Unpack[How]) -> GeneratedRecord:
    """Speech-like sound of nobody. seconds: 0.5 to 600. how: see :class:`How`; raises as :func:`generate`."""
    ability = Ability.SAMPLE
    return carry_out(Order(ability=ability, seconds=seconds, **_of_order(ability, how)), out, **how)


def carry_out(order: Order, out: str | os.PathLike[str], **how: Unpack[How]) -> GeneratedRecord:
    """Do what an order says, and put the marked file at ``out``. Raises as the functions above."""
    target = Path(out)
    refuse_target(target, order.source)
    plan(_FORM, target)
    key, keys = how.get("key"), how.get("keys")
    using = own_key(keys) if key is None else (key or None)
    steps, left_out = _steps(how.get("steps"))
    # Looked at before the work, not only after it: a missing key or certificate would waste it.
    decided(steps, choose_keys(load_scheme(), using, True, keys))
    strength = chosen(Strength, how.get("strength", Strength.DEFAULT), "strength")
    ready = look_over(order, Purpose.MARKED_SPEECH, limit=how.get("limit", MAX_CHARACTERS))
    engine = _engine(order, how)
    speech, voice = make(ready, engine)
    if (on_made := how.get("on_made")) is not None:
        on_made(speech)
    made = making(ready, engine.info, speech, voice)
    with tempfile.TemporaryDirectory(prefix="earwitness-") as folder:
        unmarked = write_wav(Path(folder) / f"{target.stem[:80] or 'speech'}.wav", speech)
        require = how.get("require", False)
        marked, note = _publish(
            unmarked, target, _attempts(strength, using, may_leave_out=key is None and not require),
            steps=_described(steps, engine.info, made), keys=keys, parent=order.source, require=require,
            on_progress=how.get("on_progress"),
        )  # fmt: skip
    return GeneratedRecord(
        making=made,
        file=marked.file,
        marks=marked.marks,
        record_id=marked.record_id,
        credentials=marked.credentials,
        labels=marked.labels,
        left_out=(*left_out, *marked.left_out),
        warnings=(*ready.notes, *note, *marked.warnings),
    )


def own_key(keys: Keys | None = None) -> str | None:
    """This user's only private key that can mark; None where there is none or more than one."""
    ring = load_ring() if keys is None else keys
    found = {
        one.name for one in ring.keys_for_reading()
        if not one.signpost and ring.info(one.key_id).state is KeyState.ACTIVE
    }  # fmt: skip
    return found.pop() if len(found) == 1 else None


def write_wav(path: Path, speech: Speech, comment: str | None = None) -> Path:
    """``speech`` as a 16-bit file without loss (WAV or FLAC, by its ending). comment: a tag in it."""
    import soundfile

    with soundfile.SoundFile(path, "w", speech.rate, 1, "PCM_16") as file:
        if comment is not None:
            file.comment = comment
        file.write(speech.samples)
    return path


def _engine(order: Order, how: How) -> Generator:
    given = how.get("generator")
    if given is not None and not isinstance(given, str):
        return given
    return load_generator(order.generator, vocoder=order.vocoder, threads=how.get("threads", 1))


def _of_order(ability: Ability, how: How) -> _OfOrder:
    given = how.get("generator")
    name = (
        DEFAULT_GENERATORS[ability] if given is None else given if isinstance(given, str) else given.info.name
    )
    return {"generator": name, "vocoder": how.get("vocoder"), "seed": how.get("seed", 0)}


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A way to mark. key: beside the signpost. notes: what it means that it was needed."""

    strength: Strength
    key: str | MarkKey | None
    notes: tuple[str, ...] = ()


class _OfOrder(TypedDict):
    generator: str
    vocoder: str | None
    seed: int


def _steps(asked: Steps | None) -> tuple[Steps, list[str]]:
    """A record is kept also for the signpost alone: the registry is how its maker finds a file again."""
    steps = asked or Steps()
    if steps.record is not None:
        return steps, []
    missing = registry_missing()
    return dataclasses.replace(steps, record=missing is None), [] if missing is None else [missing]


def _described(steps: Steps, info: GeneratorInfo, made: Making) -> Steps:
    """With what is true of the sound: where it comes from, what made it, and of what."""
    notes = {
        "ability": str(made.ability),
        "voice": made.voice,
        "seed": str(made.seed),
        "text_sha256": made.text_sha256,
        "source_sha256": made.source_sha256,
        "reference_sha256": made.reference_sha256,
        "consent_key": None if made.consent is None else made.consent.public_key,
    }
    return dataclasses.replace(
        steps,
        source=DigitalSource.BY_RULE if info.family in _NOT_LEARNED else DigitalSource.GENERATED,
        generator=engine_text(info, made.vocoder),
        notes=(*steps.notes, *((name, text) for name, text in notes.items() if text)),
    )


def _publish(
    unmarked: Path, target: Path, attempts: list[_Attempt], **options: object
) -> tuple[MarkRecord, tuple[str, ...]]:
    """Publish in the first of these ways that works; what was marked, and a note on any but the first.

    Raises CannotHoldMarkError and MarkNotReadBackError where none does, and what ``publish`` raises.
    """
    for number, one in enumerate(attempts, 1):
        try:
            marked = publish(
                unmarked, target, signpost=True, strength=one.strength, key=one.key, **options,  # type: ignore[arg-type]
            )  # fmt: skip
        except (MarkNotReadBackError, CannotHoldMarkError) as error:
            if number == len(attempts):
                raise type(error)(
                    error.message,
                    subject=str(target),
                    hint="Unmarked speech is not given out: make it longer.",
                ) from None
        else:
            return marked, one.notes
    raise AssertionError("there is at least one way")


def _attempts(strength: Strength, key: str | MarkKey | None, *, may_leave_out: bool) -> list[_Attempt]:
    """Ways to mark, the best first: speech of less than about a second holds less than others.

    may_leave_out: the private key, which nobody named.
    """
    ways = [_Attempt(strength, key)]
    short = "It is too short or too quiet for "
    if strength is Strength.DEFAULT:
        ways.append(_Attempt(Strength.STRONG, key, (f"{short}the usual mark: marked strongly.",)))
    if key is not None and may_leave_out:
        note = f"{short}two marks: it carries the signpost alone, not that of your key."
        ways.append(_Attempt(ways[-1].strength, None, (note,)))
    return ways
