"""Versions of the registry's database, oldest first; a released one is never changed."""

from __future__ import annotations

__all__ = ["NEWEST"]

NEWEST = "0002"
"""Revision of the last one: what is at it needs no look at the others, which takes a while."""
