"""The watermark schemes that are installed, each built once a process."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import cast

from earwitness import plugins
from earwitness.errors import EarWitnessError, PluginError
from earwitness.marks import NeedsMore, Watermark

__all__ = ["load_scheme", "scheme_names", "why_not"]

_built: dict[object, Watermark] = {}
_lock = Lock()


def scheme_names() -> list[str]:
    """Names under which schemes are installed, sorted."""
    return plugins.names(plugins.WATERMARKS)


def why_not(name: str) -> str | None:
    """What keeps a scheme from working on this machine, in a sentence; None when it works."""
    try:
        scheme = load_scheme(name)
    except EarWitnessError as error:
        return str(error)
    return scheme.missing() if isinstance(scheme, NeedsMore) else None


def load_scheme(name: str = "default") -> Watermark:
    """The scheme registered under this name. Raises PluginError when it cannot be used."""
    factory = cast("Callable[[], Watermark]", plugins.load(plugins.WATERMARKS, name))
    with _lock:
        if factory not in _built:
            try:
                _built[factory] = factory()
            except EarWitnessError:
                raise
            except Exception as error:  # foreign code: anything may come out of it
                raise PluginError(
                    f"the watermark scheme cannot be loaded: {type(error).__name__}: {error}.",
                    subject=f"{plugins.WATERMARKS}:{name}",
                    hint="Reinstall its package.",
                ) from error
        return _built[factory]
