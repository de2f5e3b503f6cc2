"""The API with the fake check; for a process: ``uvicorn --factory fake_server:create_fake_app``."""

from __future__ import annotations

from fake_checks import fake_check, load_broken, load_fake
from fastapi import FastAPI

from earwitness.api.app import create_app
from earwitness.api.settings import Settings


def create_fake_app(settings: Settings | None = None) -> FastAPI:
    """An application whose checks do what the uploaded text says."""
    return create_app(settings, check=fake_check, load=load_fake)


def create_broken_app(settings: Settings | None = None) -> FastAPI:
    """An application whose models cannot be loaded."""
    return create_app(settings, check=fake_check, load=load_broken)
