"""Small generators for tests of everything around one: babble by formula, the same for the same order.

"fake" does all four things, "vocoder" only remakes recordings, "absent" has no weights, "silent" and "broken"
make what is no speech. They are registered through the plug-in seam, as packages of others would be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
from fake_marks import fake_load as fake_schemes

from earwitness import plugins
from earwitness.errors import ModelError, PluginError, VoiceError
from earwitness.generation import Ability, Family, Generator, GeneratorInfo, Speech, refuse

RATE = 16_000
VOWELS = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240))
A_CHARACTER_S = 0.08
made: list[tuple[str, str]] = []
"""What was asked of the generators of this process: ability, and text or voice."""


def babble(seconds: float, seed: int, pitch: float = 120.0, rate: int = RATE) -> Speech:
    """Voiced syllables that voice activity detectors take for speech, peak 0.4."""
    random = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    at = pitch * 2 ** (0.25 * np.sin(2 * np.pi * 0.7 * t + random.uniform(0, 6)) - 0.15 * (t % 2))
    phase = 2 * np.pi * np.cumsum(at) / rate
    order = random.integers(len(VOWELS), size=int(seconds * 4) + 2)
    place = np.minimum(t * 4, len(order) - 1)
    formants = [np.interp(place, np.arange(len(order)), np.array(VOWELS)[order][:, k]) for k in range(3)]
    sound = np.zeros(t.size)
    for harmonic in range(1, int(4000 / 150)):
        near = [
            1 / (1 + ((harmonic * at - f) / w) ** 2) for f, w in zip(formants, (90, 120, 180), strict=True)
        ]
        sound += np.sum(near, axis=0) / harmonic**0.5 * np.sin(harmonic * phase)
    sound *= np.clip(1.6 * np.sin(np.pi * (t * 4 % 1)), 0, 1) ** 1.5
    sound += 1e-4 * random.standard_normal(t.size)
    return Speech((0.4 * sound / np.abs(sound).max()).astype(np.float32), rate)


class FakeGenerator:
    """Everything a generator can do. "Ada" is low, "Bert" is high."""

    info = GeneratorInfo(
        name="fake", family=Family.TRANSFORMER, offers=frozenset(Ability), rate=RATE, licence="a test's",
        version="7", voices=("Ada", "Bert", "de-Carla"), languages=("en-us", "de"), ours=True,
    )  # fmt: skip

    def synthesize(self, text: str, *, voice: str | None = None, seed: int = 0) -> Speech:
        """About 12 characters a second."""
        made.append(("synthesize", text))
        if voice not in (None, *self.info.voices):
            raise VoiceError(
                f'there is no voice "{voice}".', hint=f"There are {', '.join(self.info.voices)}."
            )
        digest = hashlib.sha256(f"{text}|{seed}".encode()).digest()
        pitch = {"Bert": 180.0}.get(voice or "Ada", 120.0)
        return babble(max(0.4, A_CHARACTER_S * len(text)), int.from_bytes(digest[:4], "big"), pitch)

    def resynthesize(self, speech: Speech, *, seed: int = 0) -> Speech:
        made.append(("resynthesize", f"{speech.seconds:.1f}"))
        return babble(speech.seconds, seed, rate=speech.rate)

    def convert(self, speech: Speech, *, voice: str | Speech, seed: int = 0) -> Speech:
        made.append(("convert", voice if isinstance(voice, str) else "a recording"))
        return babble(speech.seconds, seed, 150.0)

    def sample(self, seconds: float, *, seed: int = 0) -> Speech:
        made.append(("sample", f"{seconds:g}"))
        return babble(seconds, seed, 150.0)


class Vocoder(FakeGenerator):
    """Only remakes."""

    info = GeneratorInfo(
        name="vocoder", family=Family.FORMANT, offers=frozenset({Ability.RESYNTHESIZE}), rate=0, licence="MIT"
    )

    def synthesize(self, text: str, *, voice: str | None = None, seed: int = 0) -> Speech:  # noqa: ARG002
        raise refuse(self.info, Ability.SYNTHESIZE)


class Broken(FakeGenerator):
    """Its network gives numbers that are none."""

    def synthesize(self, text: str, *, voice: str | None = None, seed: int = 0) -> Speech:  # noqa: ARG002
        return Speech(np.full(RATE, np.nan, dtype=np.float32), RATE)


class Silent(FakeGenerator):
    """Makes silence."""

    def synthesize(self, text: str, *, voice: str | None = None, seed: int = 0) -> Speech:  # noqa: ARG002
        return Speech(np.zeros(3 * RATE, dtype=np.float32), RATE)


def absent(*, vocoder: str | None = None, threads: int = 1) -> Generator:  # noqa: ARG001
    """A factory whose weights are not there."""
    raise ModelError("its weights are missing.", subject="/secret/absent.onnx", hint="Reinstall earwitness.")


GENERATORS: dict[str, Callable[..., Generator]] = {
    "fake": lambda vocoder=None, threads=1: FakeGenerator(),  # noqa: ARG005
    "vocoder": lambda vocoder=None, threads=1: Vocoder(),  # noqa: ARG005
    "broken": lambda vocoder=None, threads=1: Broken(),  # noqa: ARG005
    "silent": lambda vocoder=None, threads=1: Silent(),  # noqa: ARG005
    "absent": absent,
}


def with_generators(load: Callable[..., object]) -> Callable[..., object]:
    """``plugins.load`` with these generators in the place of those that are installed."""

    def fake(group: str, name: str = "default") -> object:
        if group != plugins.GENERATORS:
            return load(group, name)
        if name not in GENERATORS:
            raise PluginError("no installed package provides this plug-in.", subject=f"{group}:{name}")
        return GENERATORS[name]

    return fake


def with_names(names: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """``plugins.names`` with these generators."""
    return lambda group: sorted(GENERATORS) if group == plugins.GENERATORS else names(group)


def main() -> None:
    """``earwitness`` with fake generators and the fake scheme: for tests that need the whole process."""
    import sys

    from earwitness.cli.main import run

    plugins.load = with_generators(fake_schemes(plugins.load))
    plugins.names = with_names(plugins.names)  # type: ignore[assignment]
    run(sys.argv[1:])
