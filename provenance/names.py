"""Names that people give to keys, certificates and trusted authorities: safe as a file name everywhere."""

from __future__ import annotations

import re

__all__ = ["NAME_RULE", "is_name"]

NAME_RULE = "Use 1 to 64 lower-case letters, digits, dots, dashes and underscores."
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def is_name(text: str) -> bool:
    """True for a name that fits the rule."""
    return _NAME.fullmatch(text) is not None
