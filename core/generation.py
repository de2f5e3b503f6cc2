"""What every generator is to the rest of the house: a name, what it can do, and the ways to make sound.

Our own families (GAN, VAE, autoregressive, transformer) and engines of others (eSpeak NG, Piper, Kokoro, …)
stand behind the same protocol, so that commands, the data engine and the benches need to know none of them.
These types live in core, because core may not import a family; ``earwitness.generators.base`` is where
generators take them from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, cast, runtime_checkable

from earwitness import plugins
from earwitness.errors import NotOfferedError
from earwitness.samples import Float32

__all__ = [
    "Ability",
    "Family",
    "Generator",
    "GeneratorFactory",
    "GeneratorInfo",
    "Speech",
    "generator_names",
    "load_generator",
    "refuse",
]


class Ability(StrEnum):
    """What a generator may offer: the names of the protocol's methods."""

    SYNTHESIZE = "synthesize"
    RESYNTHESIZE = "resynthesize"
    CONVERT = "convert"
    SAMPLE = "sample"


class Family(StrEnum):
    """Kinds of generators, as the detector names them."""

    GAN = "gan_vocoder"
    VAE = "vae"
    AUTOREGRESSIVE = "autoregressive"
    TRANSFORMER = "transformer"
    DIFFUSION = "diffusion"
    CODEC = "codec"
    PARAMETRIC = "parametric"
    CONCATENATIVE = "concatenative"
    FORMANT = "formant"
    SIGNAL = "signal_processing"


@dataclass(frozen=True, slots=True)
class Speech:
    """samples: (n,) mono, full scale ±1 (never beyond). rate: Hz."""

    samples: Float32
    rate: int

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.samples.size / self.rate


@dataclass(frozen=True, slots=True)
class GeneratorInfo:
    """name: as on the command line. offers: what it can do. rate: of its output in Hz, 0 where it follows
    the input. voices: names, the first is the default; () where it has no choice. languages: of the texts it
    speaks. licence: of its code and weights, as a person should see it. version: of its weights or engine.
    ours: made and shipped by EarWitness.
    """

    name: str
    family: Family
    offers: frozenset[Ability]
    rate: int
    licence: str
    version: str = ""
    voices: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    ours: bool = False
    details: dict[str, str] = field(default_factory=dict)


@runtime_checkable
class Generator(Protocol):
    """A generator, loaded. Everything it makes follows from its arguments and the seed alone.

    A method that it does not offer raises NotOfferedError; :func:`refuse` makes it.
    """

    @property
    def info(self) -> GeneratorInfo:
        """What it is and what it offers."""

    def synthesize(self, text: str, *, voice: str | None = None, seed: int = 0) -> Speech:
        """Speak a text. voice: one of ``info.voices``, the first if None.

        Raises TextError for a text that cannot be spoken, VoiceError for a voice that is not there.
        """

    def resynthesize(self, speech: Speech, *, seed: int = 0) -> Speech:
        """The same recording, remade ("copy synthesis"): same words, voice and length (to within a frame)."""

    def convert(self, speech: Speech, *, voice: str | Speech, seed: int = 0) -> Speech:
        """The same words in another voice: one of ``info.voices``, or that of another recording."""

    def sample(self, seconds: float, *, seed: int = 0) -> Speech:
        """Speech-like sound of nobody, of about that length."""


class GeneratorFactory(Protocol):
    """What a plug-in of the group ``earwitness.generators`` is."""

    def __call__(self, *, vocoder: str | None = None, threads: int = 1) -> Generator:
        """Load a generator. vocoder: "gan" or "autoregressive" where it has the choice (else it is left
        alone). threads: cores it may use.

        Raises MissingDependencyError for a package or program that is not installed, ModelError for weights
        that are absent or damaged.
        """


def generator_names() -> list[str]:
    """All that are registered, loadable here or not."""
    return plugins.names(plugins.GENERATORS)


def load_generator(name: str, *, vocoder: str | None = None, threads: int = 1) -> Generator:
    """A generator by its name. Raises PluginError for an unknown one, and what its factory raises."""
    factory = cast(GeneratorFactory, plugins.load(plugins.GENERATORS, name))
    return factory(vocoder=vocoder, threads=threads)


def refuse(info: GeneratorInfo, wanted: Ability) -> NotOfferedError:
    """The error for what ``info`` does not offer."""
    can = ", ".join(sorted(info.offers)) or "nothing"
    return NotOfferedError(
        f"it does not offer to {wanted}.", subject=info.name, hint=f"What it offers: {can}."
    )
