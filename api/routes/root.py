"""``/``: where to look, for whoever opens the address that the server prints."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

import earwitness

__all__ = ["router"]

router = APIRouter(tags=["health"])


class Signpost(BaseModel):
    """Which program this is, and where its description and its health are."""

    name: str = "EarWitness"
    version: str
    openapi: str = "/openapi.json"
    health: str = "/healthz"


# HEAD: load balancers and `curl -I` ask so; beside GET in the document it would say nothing.
@router.head("/", include_in_schema=False)
@router.get("/", summary="What is this?")
async def root() -> Signpost:
    """The paths to go on with."""
    return Signpost(version=earwitness.__version__)
