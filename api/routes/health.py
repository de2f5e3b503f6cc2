"""``/healthz`` and ``/readyz``: is the process alive, and can it check?"""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from earwitness.api.problems import NotReadyError, responses
from earwitness.api.runner import CheckRunner

__all__ = ["router"]

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """The detector is loaded."""

    status: Literal["ready"] = "ready"


# HEAD: load balancers ask so; beside GET in the document it would say nothing.
@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> Health:
    """Answers as long as the process lives, also while checks run."""
    return Health()


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", summary="Can checks be made?", responses=responses(NotReadyError))
async def readyz(request: Request) -> Readiness:
    """200 once a worker has loaded the detector, 503 before and when it cannot be loaded."""
    runner: CheckRunner = request.app.state.runner
    runner.models()
    return Readiness()
