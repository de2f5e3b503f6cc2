"""``GET /v1/models``: what a check is made with."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

import earwitness
from earwitness.api.problems import NotReadyError, responses
from earwitness.api.runner import CheckRunner
from earwitness.report import ModelInfo

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["models"])


class Models(BaseModel):
    """The models that checks use, exactly enough to repeat a check."""

    earwitness: str
    models: tuple[ModelInfo, ...]


@router.get("/models", summary="The models in use", responses=responses(NotReadyError))
async def models(request: Request) -> Models:
    """Name, version and SHA-256 of the models, as they stand in each report."""
    runner: CheckRunner = request.app.state.runner
    return Models(earwitness=earwitness.__version__, models=runner.models())
