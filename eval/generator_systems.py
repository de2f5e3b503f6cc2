"""The generators of one run of the bench: ours, others', and why some are left out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

import earwitness.generators
from earwitness.errors import EarWitnessError
from earwitness.eval import generator_peers
from earwitness.eval.score_cache import file_sha256
from earwitness.generation import Ability, Generator, GeneratorInfo, Speech, load_generator
from earwitness.generators.shipped import weights_folder

__all__ = ["OURS", "PEERS", "Remaker", "System", "Systems", "open_systems", "reason"]

OURS = ("gan", "autoregressive", "vae", "transformer")
PEERS = ("hifigan", "mbmelgan")


class Remaker(Protocol):
    """The part of a generator that copies recordings."""

    def resynthesize(self, speech: Speech, *, seed: int = 0) -> Speech:
        """See ``Generator``."""


@dataclass(frozen=True, slots=True)
class System:
    """One generator. identity: changes whenever its sound could be another. engine: does what
    ``info.offers`` says."""

    name: str
    identity: str
    info: GeneratorInfo
    engine: Generator | generator_peers.Peer

    def can(self, ability: Ability) -> bool:
        """Whether it offers that."""
        return ability in self.info.offers


@dataclass(slots=True)
class Systems:
    """found: by name. left_out: why others are not there."""

    found: dict[str, System] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def that(self, ability: Ability) -> list[System]:
        """Those that offer something."""
        return [system for system in self.found.values() if system.can(ability)]


def open_systems(
    names: Iterable[str], *, hifigan: Path | None = None, mbmelgan: Path | None = None, seed: int = 0
) -> Systems:
    """Load generators by their plug-in names, and the peers from their files, one thread each.

    What cannot be loaded is left out, with the reason.
    """
    systems = Systems()
    for name in names:
        _add(systems, name, partial(_generator, name, seed))
    paths = {"hifigan": hifigan, "mbmelgan": mbmelgan}
    for name in PEERS:
        path = paths[name]
        if path is None:
            systems.left_out[name] = f"it was not given (--{name})"
        else:
            _add(systems, name, partial(_peer, name, path))
    return systems


def reason(error: EarWitnessError) -> str:
    """What is wrong, without the path or name in it that an error may have as its subject."""
    return " ".join(part for part in (error.message, error.hint) if part)


def _add(systems: Systems, name: str, load: Callable[[], System]) -> None:
    try:
        systems.found[name] = load()
    except EarWitnessError as error:
        systems.left_out[name] = reason(error)


def _generator(name: str, seed: int) -> System:
    engine = load_generator(name, threads=1)
    identity = f"{name}/{engine.info.version}/{seed}"
    return System(name, f"{identity}/{_our_code()}" if engine.info.ours else identity, engine.info, engine)


def _peer(name: str, path: Path) -> System:
    peer = generator_peers.hifigan(path) if name == "hifigan" else generator_peers.mbmelgan(path)
    source = Path(str(generator_peers.__file__))
    files = [source, path] if path.is_file() else [source]
    identity = "/".join([name, peer.info.version, *(file_sha256(file)[:16] for file in files)])
    return System(name, identity, peer.info, peer)


def _our_code() -> str:
    """Hash of the code and the weights of our families."""
    digest = hashlib.sha256()
    weights = weights_folder()
    files = sorted(Path(str(earwitness.generators.__file__)).parent.glob("*.py"))
    files += sorted(path for path in weights.glob("*") if path.suffix in (".onnx", ".npy", ".npz"))
    for path in files:
        digest.update(f"{path.name}:{file_sha256(path)}\n".encode())
    return digest.hexdigest()[:16]
