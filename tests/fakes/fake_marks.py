"""A small watermark for tests of everything around one: it really embeds, survives codecs, knows its keys.

Each key adds a soft chord of slow on/off tones at frequencies drawn from its secret; the payload's bits say
which tones sound. A reader measures the tones; a checksum keyed with the secret makes "verified".
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from earwitness import plugins
from earwitness.errors import MissingDependencyError, PluginError
from earwitness.marks import Float32, MarkKey, Reading, Search, Span, Strength

BITS = 8
TAG_BITS = 8
BANDS_HZ = {True: (900.0, 2100.0), False: (2100.0, 3300.0)}  # signposts and private keys do not meet
LEVEL = {Strength.SOFT: 0.004, Strength.DEFAULT: 0.008, Strength.STRONG: 0.016}


def _tones(key: MarkKey) -> np.ndarray:
    """Two frequencies a bit."""
    slots = np.arange(*BANDS_HZ[key.signpost], 12.0)
    seed = int.from_bytes(hashlib.sha256(b"tones" + key.secret).digest()[:8], "big")
    return np.random.default_rng(seed).choice(slots, 2 * (BITS + TAG_BITS), replace=False)


def _tag(key: MarkKey, payload: int) -> int:
    return hashlib.sha256(key.secret + payload.to_bytes(4, "big")).digest()[0]


class FakeEmbedder:
    """Adds one of two tones a bit; looks ahead by 100 samples so that tests see latency."""

    def __init__(self, key: MarkKey, payload: int, rate: int, channels: int, strength: Strength) -> None:
        word = payload << TAG_BITS | _tag(key, payload)
        bits = [(word >> n) & 1 for n in range(BITS + TAG_BITS)]
        tones = _tones(key).reshape(-1, 2)
        self._hz = [pair[bit] for pair, bit in zip(tones, bits, strict=True)]
        self._rate, self._level, self._at = rate, LEVEL[strength], 0
        self._held = np.zeros((channels, 0), dtype=np.float32)

    def push(self, samples: Float32) -> Float32:
        held = np.concatenate([self._held, samples], axis=1)
        ready = max(0, held.shape[1] - 100)
        self._held = held[:, ready:]
        return self._mark(held[:, :ready])

    def finish(self) -> Float32:
        rest, self._held = self._held, self._held[:, :0]
        return self._mark(rest)

    def _mark(self, samples: Float32) -> Float32:
        t = (self._at + np.arange(samples.shape[1])) / self._rate
        self._at += samples.shape[1]
        chord = sum(np.sin(2 * np.pi * hz * t) for hz in self._hz)
        return np.where(samples == 0, samples, samples + self._level * chord).astype(np.float32)


class FakeReader:
    """Correlates with both tones of each bit."""

    def __init__(self, keys: Sequence[MarkKey], rate: int) -> None:
        self._keys, self._rate, self._at = keys, rate, 0
        self._sums = {key.key_id: np.zeros(2 * (BITS + TAG_BITS), dtype=complex) for key in keys}

    def push(self, samples: Float32) -> None:
        mono = samples.mean(axis=0)
        t = (self._at + np.arange(len(mono))) / self._rate
        self._at += len(mono)
        for key in self._keys:
            for n, hz in enumerate(_tones(key)):
                self._sums[key.key_id][n] += np.dot(mono, np.exp(-2j * np.pi * hz * t))

    def finish(self) -> tuple[Reading, ...]:
        return tuple(self._read(key) for key in self._keys)

    def _read(self, key: MarkKey) -> Reading:
        pairs = 2 * np.abs(self._sums[key.key_id]).reshape(-1, 2) / max(1, self._at)
        word = sum(int(pair[1] > pair[0]) << n for n, pair in enumerate(pairs))
        # A tone that is there is far above the other of its pair, in every pair.
        marked = bool((pairs.max(axis=1) > 0.002).all() and (pairs.max(axis=1) > 2 * pairs.min(axis=1)).all())
        payload = word >> TAG_BITS
        verified = marked and _tag(key, payload) == word & 0xFF
        spans = (Span(0.0, self._at / self._rate),) if marked else ()
        return Reading(
            "fake-1", key.name, key.key_id, key.signpost, marked, 1e-30 if marked else 0.5, verified,
            payload if verified else None, 1e-8 if verified else None, spans,
        )  # fmt: skip


class FakeWatermark:
    """Stands in for the default scheme."""

    name = "fake-1"
    payload_bits = BITS
    needs_key = True

    def embedder(
        self, key: MarkKey | None, payload: int | None, rate: int, channels: int, strength: Strength
    ) -> FakeEmbedder:
        assert key is not None
        assert payload is not None
        return FakeEmbedder(key, payload, rate, channels, strength)

    def reader(self, keys: Sequence[MarkKey], rate: int, channels: int, search: Search) -> FakeReader:  # noqa: ARG002
        return FakeReader(keys, rate)


OPEN_KEY = MarkKey("open", "00000000", bytes(range(16)))  # everybody has it


class OpenReader(FakeReader):
    """Claims only: nothing is verified, and no probability is known."""

    def finish(self) -> tuple[Reading, ...]:
        [read] = super().finish()
        payload = read.payload if read.marked else None
        return (
            replace(
                read, scheme="open-1", key="open-1", key_id="", signpost=True, p_marked=None, verified=False,
                payload=payload, p_payload=None, score=0.9 if read.marked else 0.1,
            ),
        )  # fmt: skip


class OpenWatermark(FakeWatermark):
    """A scheme of somebody else: without keys, with a message that nothing proves."""

    name = "open-1"
    needs_key = False

    def embedder(
        self, key: MarkKey | None, payload: int | None, rate: int, channels: int, strength: Strength
    ) -> FakeEmbedder:
        assert key is None
        return super().embedder(OPEN_KEY, payload, rate, channels, strength)

    def reader(self, keys: Sequence[MarkKey], rate: int, channels: int, search: Search) -> FakeReader:  # noqa: ARG002
        assert not keys
        return OpenReader([OPEN_KEY], rate)


class AbsentWatermark(OpenWatermark):
    """A scheme whose packages are not installed."""

    def missing(self) -> str:
        return "absent: pip install absent"

    def reader(self, keys: Sequence[MarkKey], rate: int, channels: int, search: Search) -> FakeReader:  # noqa: ARG002
        raise MissingDependencyError("pip install absent")


SCHEMES = {"default": FakeWatermark, "theirs": OpenWatermark, "absent": AbsentWatermark}


def fake_load(load: Callable[..., object]) -> Callable[..., object]:
    """``plugins.load`` with these schemes in the place of those that are installed."""

    def fake(group: str, name: str = "default") -> object:
        if group != plugins.WATERMARKS:
            return load(group, name)
        if name not in SCHEMES:
            raise PluginError("no installed package provides this plug-in.", subject=name)
        return SCHEMES[name]

    return fake


class DeafReader(FakeReader):
    """Hears nothing."""

    def push(self, samples: Float32) -> None:
        """Nothing."""


class BlindWatermark(FakeWatermark):
    """A scheme whose marks are never read back."""

    def reader(self, keys: Sequence[MarkKey], rate: int, channels: int, search: Search) -> FakeReader:  # noqa: ARG002
        return DeafReader(keys, rate)


def main() -> None:
    """``earwitness`` with the fake scheme: for tests that need the whole process."""
    import sys

    from earwitness.cli.main import run

    plugins.load = fake_load(plugins.load)
    run(sys.argv[1:])
