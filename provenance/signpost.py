"""The signpost key: published with the package, so that every copy of EarWitness reads its marks.

A signpost mark says "AI-generated" to everybody. For the same reason anybody can put it into any audio,
or look for its traces and remove them: it is a claim, never a proof.
"""

from __future__ import annotations

import hashlib

from earwitness.marks import MarkKey

__all__ = ["SIGNPOST", "SIGNPOST_NAME", "key_id_of"]

SIGNPOST_NAME = "signpost"
_KEY_ID_PURPOSE = b"earwitness key id 1\x00"


def key_id_of(secret: bytes) -> str:
    """8 hex digits that name a key without telling anything about it: the start of a keyed hash."""
    return hashlib.sha256(_KEY_ID_PURPOSE + secret).hexdigest()[:8]


# No secret: written out as a sentence so that nobody takes it for one.
_PUBLISHED = hashlib.sha256(b"EarWitness signpost key 1. Published: anybody can read and forge it.").digest()

SIGNPOST = MarkKey(SIGNPOST_NAME, key_id_of(_PUBLISHED), _PUBLISHED, signpost=True)
"""Marks of this key are found by every copy of EarWitness, and can be made by every copy."""
