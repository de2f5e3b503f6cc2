"""The watermark schemes of the bench behind one small protocol: ours, Perth, AWARE and a prototype.

Rivals are imported only when they are asked for; ``python -m earwitness.eval.bench_watermark --help`` says
how to get them. Each runs as its authors ship it: thresholds, sample rate and all.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

import earwitness.watermark
from earwitness.errors import MissingDependencyError, UsageError
from earwitness.eval.perth_runtime import perth_implicit
from earwitness.marks import MarkKey, Search, Strength
from earwitness.watermark.patchwork import Patchwork

Float32 = npt.NDArray[np.float32]

__all__ = ["NAMES", "RATE", "Answer", "Scheme", "load_scheme"]

RATE = 16_000
WRONG_KEYS = 1
AWARE_BITS = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What a scheme reads.

    detected: it says "marked". exact: the payload is the right one (None: it carries none). p: probability
    that it gives for this in unmarked audio (None: it gives none). wrong: p and "says marked" of keys that
    marked nothing here, one pair a key.
    """

    detected: bool
    exact: bool | None
    p: float | None = None
    wrong: tuple[tuple[float, bool], ...] = ()


class Scheme(Protocol):
    """name: as tables call it. keyed: it can mark anew with another key or payload."""

    name: str
    keyed: bool

    def identity(self) -> str:
        """Changes whenever the scheme could answer differently."""

    def embed(self, samples: Float32, identity: str) -> Float32:
        """Marked samples (n,) at 16 kHz; key and payload follow from ``identity``."""

    def read(self, samples: Float32, identity: str, *, wrong: bool = False) -> Answer:
        """Look for the mark of ``identity`` in samples (m,) at 16 kHz; ``wrong``: with wrong keys, too."""


def _number(identity: str) -> int:
    return int.from_bytes(hashlib.sha256(identity.encode()).digest()[:4], "big")


def _key(identity: str) -> MarkKey:
    secret = hashlib.sha256(f"bench/{identity}".encode()).digest()
    return MarkKey("bench", secret[:4].hex(), secret)


def _hash_of(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b":" + path.read_bytes())
    return digest.hexdigest()[:16]


class Ours:
    """The shipped scheme, with the search that ``verify`` makes unless told otherwise (``hint``)."""

    keyed = True

    def __init__(self, strength: Strength = Strength.DEFAULT, search: Search = Search.HINT) -> None:
        self.name = "earwitness" if strength is Strength.DEFAULT else f"earwitness-{strength}"
        self._strength, self._search = strength, search

    def identity(self) -> str:
        folder = Path(str(earwitness.watermark.__file__)).parent
        names = ["base", "decoding", "embedding", "evidence", "features", "finding", "layout", "patchwork"]
        names += ["payload", "reading", "search", "shaping", "significance", "spans", "stretch", "synchrony"]
        names += ["adding", "headroom", "thirds"]
        files = [path for path in folder.glob("*.py") if path.stem in names] + [folder / "null.json"]
        return f"{self.name}/{self._search}/{WRONG_KEYS}/{_hash_of(files)}"

    def embed(self, samples: Float32, identity: str) -> Float32:
        embedder = Patchwork().embedder(_key(identity), _number(identity), RATE, 1, self._strength)
        marked = np.concatenate([embedder.push(samples[None]), embedder.finish()], axis=1)[0]
        return np.asarray(np.clip(marked, -1, 1), np.float32)

    def read(self, samples: Float32, identity: str, *, wrong: bool = False) -> Answer:
        own = _key(identity)
        strange = [_key(f"{identity}/wrong/{k}") for k in range(WRONG_KEYS if wrong else 0)]
        answers = self._read(samples, [own, *strange])
        mine = [r for r in answers if r.key_id == own.key_id]
        exact = any(r.verified and r.payload == _number(identity) for r in mine)
        others = tuple((r.p_marked, r.marked or r.verified) for r in answers if r.key_id != own.key_id)
        detected = any(r.marked or r.verified for r in mine)
        return Answer(detected, exact, min(r.p_marked for r in mine), others)

    def read_plain(self, samples: Float32, identity: str) -> None:
        """One key and no search: what the time of reading is measured with."""
        reader = Patchwork().reader([_key(identity)], RATE, 1, Search.NONE)
        reader.push(samples[None])
        reader.finish()

    def _read(self, samples: Float32, keys: Sequence[MarkKey]) -> tuple[Any, ...]:
        reader = Patchwork().reader(keys, RATE, 1, self._search)
        reader.push(samples[None])
        return reader.finish()


class Perth:
    """Resemble's implicit watermark: no key, no payload, one score; "marked" over its own threshold 0.5."""

    name, keyed = "perth", False
    threshold = 0.5

    def __init__(self) -> None:
        self._net, self._version = perth_implicit()

    def identity(self) -> str:
        return f"perth/{self._version}/{self.threshold}"

    def embed(self, samples: Float32, identity: str) -> Float32:  # noqa: ARG002
        marked = self._net.apply_watermark(samples.astype(np.float32), sample_rate=RATE)
        return np.asarray(np.clip(_fitted(marked, samples.size), -1, 1), np.float32)

    def read(self, samples: Float32, identity: str, *, wrong: bool = False) -> Answer:  # noqa: ARG002
        score = float(np.mean(self._net.get_watermark(samples, sample_rate=RATE, round=False)))
        return Answer(score > self.threshold, None)


class Aware:
    """AWARE 2 (arXiv 2510.17512): 20 bits, no key, embedded by 400 steps of optimisation."""

    name, keyed = "aware", True

    def __init__(self) -> None:
        try:
            from aware.service import detect_watermark, embed_watermark
            from aware.utils.models import load
        except ImportError as error:
            raise _absent("aware", "pip install --no-deps aware, beside the train extra") from error
        import torch

        torch.set_num_threads(1)
        logging.disable(logging.INFO)
        self._embed, self._detect = embed_watermark, detect_watermark
        loaded = load(name="AWARE")
        if loaded is None:
            raise _absent("aware", "its configuration cannot be loaded")
        self._embedder, self._detector = loaded

    def identity(self) -> str:
        from importlib.metadata import version

        return f"aware/{version('aware')}"

    def _bits(self, identity: str) -> npt.NDArray[np.int32]:
        number = _number(identity)
        return np.array([number >> k & 1 for k in range(AWARE_BITS)], np.int32)

    def embed(self, samples: Float32, identity: str) -> Float32:
        import torch

        with torch.enable_grad():
            marked = self._embed(samples.astype(np.float32), RATE, self._bits(identity), self._embedder)
        return np.asarray(np.clip(_fitted(marked, samples.size), -1, 1), np.float32)

    def read(self, samples: Float32, identity: str, *, wrong: bool = False) -> Answer:  # noqa: ARG002
        found = self._detect(samples.astype(np.float32), RATE, self._detector)
        bits, confidence = np.asarray(found[0]), float(found[1])
        return Answer(confidence >= 0.5, bool(np.array_equal(bits, self._bits(identity))))


class Prototype:
    """A module with ``embed(x, rate, payload, key)`` and ``detect(x, rate, key, level)``.

    detect gives a dict with z (marked over 5), ok (the check sum fits) and payload.
    """

    name, keyed = "prototype", True
    threshold = 5.0

    def __init__(self, path: Path) -> None:
        spec = importlib.util.spec_from_file_location("earwitness_bench_prototype", path)
        if spec is None or spec.loader is None or not path.is_file():
            raise UsageError("the prototype's module cannot be loaded.", subject=str(path))
        self._module: types.ModuleType = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self._module)
        self._hash = _hash_of([path])

    def identity(self) -> str:
        return f"prototype/{self._hash}"

    def embed(self, samples: Float32, identity: str) -> Float32:
        marked = self._module.embed(samples, RATE, _number(identity), key=identity.encode())
        return np.asarray(np.clip(_fitted(marked, samples.size), -1, 1), np.float32)

    def read(self, samples: Float32, identity: str, *, wrong: bool = False) -> Answer:  # noqa: ARG002
        found = self._module.detect(samples, RATE, key=identity.encode(), level=2)
        sure = float(found["z"]) > self.threshold
        return Answer(sure, bool(sure and found["ok"] and found["payload"] == _number(identity)))


def _fitted(samples: Any, n: int) -> Float32:
    flat = np.asarray(samples, np.float32).reshape(-1)[:n]
    return np.pad(flat, (0, n - flat.size))


def _absent(name: str, how: str) -> MissingDependencyError:
    return MissingDependencyError("this rival is not installed.", subject=name, hint=f"Get it: {how}.")


NAMES: dict[str, Callable[[Path | None], Scheme]] = {
    "earwitness": lambda _: Ours(),
    "earwitness-soft": lambda _: Ours(Strength.SOFT),
    "earwitness-strong": lambda _: Ours(Strength.STRONG),
    "perth": lambda _: Perth(),
    "aware": lambda _: Aware(),
    "prototype": lambda path: Prototype(path or Path()),
}


@cache
def load_scheme(name: str, prototype: Path | None = None) -> Scheme:
    """A scheme by name, loaded once a process. Raises UsageError, MissingDependencyError."""
    if name not in NAMES:
        raise UsageError(f"there is no scheme {name!r}.", hint=f"Known are: {', '.join(NAMES)}.")
    if name == "prototype" and prototype is None:
        raise UsageError("the prototype is no part of the package.", hint="Give --prototype FILE.")
    return NAMES[name](prototype)
