"""Looking up a recording's credentials as a task for worker processes: plain values in, finished JSON out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from earwitness.credentials import SoftBinding

__all__ = ["ResolveTask", "matches_dict", "resolve_task"]


@dataclass(frozen=True, slots=True)
class ResolveTask:
    """One recording; see ``earwitness.resolving.by_content``. most: manifests to tell at most."""

    path: str
    name: str
    most: int = 10
    registry: str | None = None
    schemes: tuple[str, ...] = ("default",)
    fingerprint: bool = True
    hint: SoftBinding | None = None
    signposts_only: bool = True
    max_seconds: float | None = None


def resolve_task(task: ResolveTask) -> str:
    """The manifests of one recording as one line of JSON. Raises what ``by_content`` raises."""
    from earwitness.resolving import by_content

    found = by_content(
        task.registry,
        task.path,
        task.name,
        schemes=task.schemes,
        fingerprint=task.fingerprint,
        hint=task.hint,
        signposts_only=task.signposts_only,
        max_seconds=task.max_seconds,
    )
    return json.dumps(matches_dict([(one.manifest_id, one.score) for one in found[: task.most]]))


def matches_dict(found: Sequence[tuple[str, int | None]]) -> dict[str, Any]:
    """Ids and scores as the specification's c2pa.softBindingQueryResult has them."""
    return {
        "matches": [
            {"manifestId": manifest_id} | ({} if score is None else {"similarityScore": score})
            for manifest_id, score in found
        ]
    }
