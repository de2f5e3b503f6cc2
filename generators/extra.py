"""The optional packages behind text to speech, asked for when they are needed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from earwitness.errors import MissingDependencyError

__all__ = ["needed"]

_PACKAGES = {"espeakng_loader": "espeakng-loader", "num2words": "num2words", "phonemizer": "phonemizer"}


@contextlib.contextmanager
def needed(what: str) -> Iterator[None]:
    """Around imports of those packages: where one is absent, MissingDependencyError names the extra.

    what: needs them, in the plural.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = _PACKAGES.get((error.name or "").partition(".")[0])
        if package is None:
            raise
        raise MissingDependencyError(
            f"{what} need the package {package}, which is not installed.",
            hint="Install the extra: pip install 'earwitness[generate]'",
        ) from error
