"""Marking and verifying with the fake scheme in worker processes; a file that says ``hang`` hangs."""

from __future__ import annotations

import time
from pathlib import Path

from fake_checks import fake_check, load_fake
from fake_generators import with_generators
from fake_marks import fake_load
from fastapi import FastAPI

from earwitness import plugins
from earwitness.api.app import create_app
from earwitness.api.settings import Settings
from earwitness.generate_tasks import GenerateTask, generate_task
from earwitness.mark_tasks import MarkTask, VerifyTask, mark_task, verify_task

_fake_load = fake_load(plugins.load)


def fake_mark(task: MarkTask) -> str:
    """``mark_task`` with the fake scheme."""
    plugins.load = _fake_load
    if Path(task.path).read_bytes() == b"hang":
        time.sleep(600)
    return mark_task(task)


def fake_verify(task: VerifyTask) -> str:
    """``verify_task`` with the fake scheme."""
    plugins.load = _fake_load
    return verify_task(task)


def create_marking_app(settings: Settings | None = None) -> FastAPI:
    """An application that really marks and verifies, with the fake scheme."""
    return create_app(settings, check=fake_check, load=load_fake, mark=fake_mark, verify=fake_verify)


def fake_generate(task: GenerateTask) -> str:
    """``generate_task`` with the fake scheme and fake generators."""
    plugins.load = with_generators(_fake_load)
    return generate_task(task)


def create_generating_app(settings: Settings | None = None) -> FastAPI:
    """An application that speaks with fake generators, and marks and verifies with the fake scheme."""
    return create_app(
        settings, check=fake_check, load=load_fake, mark=fake_mark, verify=fake_verify, generate=fake_generate
    )
