"""``GET /v1/models``: what a check is made with, and what else ships."""

from __future__ import annotations

from functools import lru_cache

from fastapi import APIRouter, Request
from pydantic import BaseModel

import earwitness
from earwitness.api.cards import generator_cards, read_cards
from earwitness.api.problems import NotReadyError, responses
from earwitness.api.runner import CheckRunner
from earwitness.errors import ModelError
from earwitness.report import ModelInfo

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["models"])


class Models(BaseModel):
    """The models that checks use, exactly enough to repeat a check, and those that ship beside them."""

    earwitness: str
    models: tuple[ModelInfo, ...]


@router.get("/models", summary="The models", responses=responses(NotReadyError, ModelError))
def models(request: Request) -> Models:
    """Name, version and SHA-256: those in use first, as they stand in each report, then the others that
    ``earwitness models`` lists.
    """
    runner: CheckRunner = request.app.state.runner
    used = runner.models()
    known = {(model.name, model.kind) for model in used}
    rest = (model for model in _shipped() if (model.name, model.kind) not in known)
    return Models(earwitness=earwitness.__version__, models=(*used, *rest))


@lru_cache(maxsize=1)
def _shipped() -> tuple[ModelInfo, ...]:
    """Read once a process: comparing all weights with their cards takes a while."""
    cards = (*read_cards(), *generator_cards())
    return tuple(
        ModelInfo(name=card.name, version=card.version, kind=card.kind, sha256=card.sha256 or None)
        for card in cards
    )
