"""The application factory: ``uvicorn --factory earwitness.api.app:create_app``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

import earwitness
from earwitness.api import problems
from earwitness.api.examples import example_report
from earwitness.api.routes import (
    checks,
    generations,
    health,
    marks,
    models,
    records,
    resolution,
    root,
    verifications,
)
from earwitness.api.runner import CheckRunner
from earwitness.api.settings import Settings
from earwitness.api.work import Work
from earwitness.examine_task import Examined, ExamineTask, examine_task, load_models
from earwitness.generate_tasks import GenerateTask, generate_task
from earwitness.mark_tasks import MarkTask, VerifyTask, mark_task, verify_task
from earwitness.report import ModelInfo
from earwitness.resolve_task import ResolveTask, resolve_task

__all__ = ["create_app"]

DESCRIPTION = """
Tells synthetic speech from human speech, and says why; marks recordings and reads marks; speaks texts, always
marked, where its administrator allows it. Recordings and texts are handled on this machine, kept only while
they are, and nothing of their content is logged. Errors are `application/problem+json` (RFC 9457).
"""


def create_app(
    settings: Settings | None = None,
    *,
    check: Callable[[ExamineTask], Examined] = examine_task,
    load: Callable[[], tuple[ModelInfo, ...]] = load_models,
    mark: Callable[[MarkTask], str] = mark_task,
    verify: Callable[[VerifyTask], str] = verify_task,
    resolve: Callable[[ResolveTask], str] = resolve_task,
    generate: Callable[[GenerateTask], str] = generate_task,
) -> FastAPI:
    """The API. ``settings``: from the environment if not given.

    check, load, mark, verify, resolve, generate: what the workers run; importable by name, since they run in
    processes of their own.
    """
    settings = settings or Settings.from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        work = Work(check, mark, verify, resolve, generate)
        app.state.runner = await run_in_threadpool(CheckRunner, settings, work, load)
        try:
            yield
        finally:
            await run_in_threadpool(app.state.runner.close)

    app = FastAPI(
        title="EarWitness",
        version=earwitness.__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        # Their pages load scripts from elsewhere; /openapi.json fits any viewer.
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    problems.install(app)
    for module in (checks, marks, verifications, models, health, root):
        app.include_router(module.router)
    if settings.generations:
        app.include_router(generations.router)
    if settings.resolver:
        app.include_router(resolution.router)
    if settings.records != "off":
        app.include_router(records.router)
    _complete_document(app)
    return app


def _complete_document(app: FastAPI) -> None:
    """Add to the OpenAPI document what FastAPI leaves out.

    The Problem schema, which the routes' error descriptions point at, and the example report:
    FastAPI strips the nulls from examples, and a report without them is none.
    """
    original = app.openapi

    def openapi() -> dict[str, Any]:
        document = original()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.setdefault("Problem", problems.Problem.model_json_schema())
        answer = document["paths"]["/v1/checks"]["post"]["responses"]["200"]
        answer["content"]["application/json"]["example"] = example_report()
        return document

    app.openapi = openapi  # type: ignore[method-assign]
