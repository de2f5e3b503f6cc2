"""What a watermark scheme is: a keyed embedder and a keyed reader, both streaming, both in bounded memory.

The types live in ``earwitness.marks``, because the front door uses them too and core imports no family.
"""

from __future__ import annotations

from earwitness.marks import (
    Embedded,
    Float32,
    MarkEmbedder,
    MarkKey,
    MarkReader,
    Reading,
    Search,
    Span,
    Strength,
    Watermark,
)

__all__ = [
    "Embedded",
    "Float32",
    "MarkEmbedder",
    "MarkKey",
    "MarkReader",
    "Reading",
    "Search",
    "Span",
    "Strength",
    "Watermark",
]
