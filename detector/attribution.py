"""By what: the family of generators that a synthetic recording's traces resemble, and the nearest engine.

The detector describes what it saw by a few hundred numbers (``DetectorStream.traces``). A linear map, learnt
once (``detector.training.attribute``: discriminant analysis, Fisher 1936), makes recordings of one engine lie
around its centre with unit spread in every direction. An engine is then as likely as its centre is near; one
that a user enrols from a few clips needs a centre and no training (as nearest neighbours do, arXiv
2506.05802). The set is open: a recording far from every centre is of an unknown engine, and so is one that
lies between them. The second is what mostly happens: a network sees in new engines a little of several that
it has learnt (as the highest softmax probability tells, Hendrycks & Gimpel 2017, arXiv 1610.02136).
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from earwitness.contracts import Float32
from earwitness.errors import ModelError
from earwitness.report import UNKNOWN, Attribution

__all__ = ["Engine", "EngineSpace", "load_space", "read_space"]

FILE = "engines.npz"


@dataclass(frozen=True, slots=True)
class Engine:
    """name: as it is said. family: see ``earwitness.generation.Family``, or "undisclosed". centre: (k,), in
    the space. clips: how many it was measured on. enrolled: by the user, not shipped."""

    name: str
    family: str
    centre: Float32
    clips: int
    enrolled: bool = False


class EngineSpace:
    """The map and the shipped engines. mean (d,), map (d, k); sharpness: how quickly an engine becomes
    improbable with squared distance; reach: the distance (in the space) beyond which all is unknown; least:
    the probability (0..1) that the nearest engine must have, unless it is enrolled, or all is unknown too."""

    def __init__(
        self,
        mean: Float32,
        map_: Float32,
        engines: Sequence[Engine],
        sharpness: float,
        reach: float,
        least: float = 0.0,
    ) -> None:
        self._mean, self._map = mean, map_
        self.engines = tuple(engines)
        self.sharpness, self.reach, self.least = sharpness, reach, least

    def place(self, traces: Sequence[float]) -> Float32:
        """Where traces (d,) lie in the space, (k,). Raises ModelError for those of another detector."""
        seen = np.asarray(traces, np.float32)
        if seen.shape != self._mean.shape:
            raise ModelError(
                f"its engines were measured on another detector ({seen.size} numbers for {self._mean.size}).",
                subject=FILE,
                hint="Reinstall earwitness.",
            )
        return np.asarray((seen - self._mean) @ self._map, np.float32)

    def attribute(
        self, traces: Sequence[float], enrolled: Sequence[Engine] = (), channel: int | None = None
    ) -> Attribution:
        """Family and nearest engine of traces (d,), among the shipped and the enrolled engines."""
        engines = (*self.engines, *enrolled)
        place = self.place(traces)
        # A centre of n clips is itself off by 1/n of the spread: the squared distance shrinks by 1 + 1/n.
        squares = np.array([((place - e.centre) ** 2).sum() / (1 + 1 / e.clips) for e in engines])
        odds = np.exp(-self.sharpness * (squares - squares.min()))
        shares = odds / odds.sum()
        families: dict[str, float] = {}
        for engine, share in zip(engines, shares, strict=True):
            families[engine.family] = families.get(engine.family, 0.0) + float(share)
        family = max(families, key=lambda name: families[name])
        nearest = int(np.argmin(squares))
        distance = float(np.sqrt(squares[nearest])) / self.reach
        # Who enrols an engine expects it: its being near is enough.
        probable = engines[nearest].enrolled or shares[nearest] >= self.least
        known = distance <= 1 and probable
        return Attribution(
            family=family if known else UNKNOWN,
            p_family=round(min(1.0, families[family]), 4),
            engine=engines[nearest].name,
            p_engine=round(min(1.0, float(shares[nearest])), 4),
            distance=round(distance, 3),
            enrolled=engines[nearest].enrolled,
            channel=channel,
        )

    def strangeness(self, found: Attribution) -> float:
        """How unlike all engines that are known, 0 and up; beyond 1 it is called unknown."""
        return max(found.distance, (1 - found.p_engine) / max(1 - self.least, 1e-6))

    def to_bytes(self) -> bytes:
        """As a file, which :func:`read_space` reads."""
        table = [{"name": e.name, "family": e.family, "clips": e.clips} for e in self.engines]
        about = {"engines": table, "sharpness": self.sharpness, "reach": self.reach, "least": self.least}
        memory = io.BytesIO()
        np.savez_compressed(
            memory,
            mean=self._mean,
            map=self._map.astype(np.float16),
            centres=np.stack([e.centre for e in self.engines]),
            about=np.frombuffer(json.dumps(about).encode(), np.uint8),
        )
        return memory.getvalue()


def read_space(data: bytes) -> EngineSpace:
    """What :meth:`EngineSpace.to_bytes` wrote. Raises ModelError."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            about = json.loads(file["about"].tobytes())
            engines = [
                Engine(entry["name"], entry["family"], centre, int(entry["clips"]))
                for entry, centre in zip(about["engines"], file["centres"], strict=True)
            ]
            return EngineSpace(
                file["mean"],
                file["map"].astype(np.float32),
                engines,
                float(about["sharpness"]),
                float(about["reach"]),
                float(about.get("least", 0.0)),
            )
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"the list of engines is damaged ({error}).", subject=FILE, hint="Reinstall earwitness."
        ) from error


@cache
def load_space() -> EngineSpace | None:
    """The shipped space; None where none ships."""
    path = resources.files("earwitness.detector").joinpath("weights").joinpath(FILE)
    return read_space(path.read_bytes()) if path.is_file() else None
