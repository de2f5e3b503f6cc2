"""The plug-in registry: detectors, judges and so on are found by entry point, ours like everybody's.

A package offers a detector by writing in its ``pyproject.toml``::

    [project.entry-points."earwitness.detectors"]
    mine = "my_package.model:load"
"""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points

from earwitness.errors import EarWitnessError, PluginError

__all__ = [
    "CREDENTIALS",
    "DETECTORS",
    "FINGERPRINTS",
    "GENERATORS",
    "JUDGES",
    "KEYRINGS",
    "LABELS",
    "REGISTRIES",
    "RESOLVERS",
    "WATERMARKS",
    "load",
    "names",
]

CREDENTIALS = "earwitness.credentials"
DETECTORS = "earwitness.detectors"
FINGERPRINTS = "earwitness.fingerprints"
GENERATORS = "earwitness.generators"
JUDGES = "earwitness.judges"
KEYRINGS = "earwitness.keyrings"
LABELS = "earwitness.labels"
REGISTRIES = "earwitness.registries"
RESOLVERS = "earwitness.resolvers"
WATERMARKS = "earwitness.watermarks"


def names(group: str) -> list[str]:
    """Names registered in ``group``, sorted, each once."""
    return sorted({point.name for point in _points(group, tuple(sys.path))})


def load(group: str, name: str = "default") -> object:
    """The object that the plug-in ``name`` of ``group`` points at.

    Raises PluginError when there is no such plug-in, when two packages claim the name for
    different objects, or when importing it fails. Errors of our own tree pass through.
    """
    point = _find(group, name)
    try:
        loaded: object = point.load()
    except EarWitnessError:
        raise
    except Exception as error:  # foreign code: anything may come out of its import
        raise PluginError(
            f"it points at {point.value!r}, which cannot be loaded: {type(error).__name__}: {error}.",
            subject=f"{group}:{name}",
            hint="Reinstall the package that provides it, or uninstall it.",
        ) from error
    return loaded


@lru_cache(maxsize=64)
def _points(group: str, _path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """All of a group; looked up once while the path is the same, for it takes milliseconds."""
    return tuple(entry_points(group=group))


def _find(group: str, name: str) -> EntryPoint:
    points = [point for point in _points(group, tuple(sys.path)) if point.name == name]
    if not points:
        known = ", ".join(names(group)) or "none (reinstall earwitness)"
        raise PluginError(
            "no installed package provides this plug-in.",
            subject=f"{group}:{name}",
            hint=f"Known names: {known}."
            if known
            else "Nothing is registered in this group: reinstall earwitness.",
        )
    # An editable install can list the same entry point twice (source tree and site-packages).
    if len({point.value for point in points}) > 1:
        claims = "; ".join(sorted(point.value for point in points))
        raise PluginError(
            f"several packages claim this name: {claims}.",
            subject=f"{group}:{name}",
            hint="Uninstall all but one of them.",
        )
    return points[0]
