"""The form field ``scheme``: which watermark schemes a request asks for, of those the server offers."""

from __future__ import annotations

from collections.abc import Mapping

from earwitness.api.problems import BadFieldError, SchemeNotOfferedError
from earwitness.api.settings import Settings, names_in

__all__ = ["one_scheme", "schemes_of"]


def schemes_of(fields: Mapping[str, str], settings: Settings) -> tuple[str, ...]:
    """The names in the field, "default" where it is missing or empty. Raises SchemeNotOfferedError."""
    names = names_in(fields.get("scheme", "")) or ("default",)
    for name in names:
        if name not in settings.offered_schemes:
            raise SchemeNotOfferedError(
                f"This server does not offer a watermark scheme {name!r}.",
                hint="Its administrator names the schemes in EARWITNESS_SCHEMES.",
            )
    return names


def one_scheme(fields: Mapping[str, str], settings: Settings) -> str:
    """The one name in the field. Raises BadFieldError for several, and SchemeNotOfferedError."""
    names = schemes_of(fields, settings)
    if len(names) > 1:
        raise BadFieldError("The field 'scheme' must name one watermark scheme.")
    return names[0]
