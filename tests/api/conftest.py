"""A running API with checks that do what the uploaded text says (tests/fakes/fake_checks.py)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fake_server import create_fake_app
from fastapi import FastAPI
from fastapi.testclient import TestClient

from earwitness.api.settings import Settings

Start = Callable[..., TestClient]


def wait_ready(client: TestClient, seconds: float = 90.0) -> None:
    """Wait until the workers have loaded their models."""
    deadline = time.monotonic() + seconds
    while client.get("/readyz").status_code != 200:
        assert time.monotonic() < deadline, client.get("/readyz").text
        time.sleep(0.05)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """``start(ready=True, app=create_fake_app, **settings)``: a client of a started application."""
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    with ExitStack() as stack:

        def begin(
            *, ready: bool = True, app: Callable[[Settings], FastAPI] = create_fake_app, **values: Any
        ) -> TestClient:
            settings = Settings(**{"jobs": 1, "temp_dir": uploads, **values})
            client = stack.enter_context(TestClient(app(settings), raise_server_exceptions=False))
            if ready:
                wait_ready(client)
            return client

        yield begin
    assert list(uploads.iterdir()) == []  # whatever a test did: no upload outlives the server


@pytest.fixture(scope="session")
def common_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the application of ``client`` keeps its uploads."""
    return tmp_path_factory.mktemp("common")


@pytest.fixture(scope="session")
def common_client(common_folder: Path) -> Iterator[TestClient]:
    """One application for all tests that need no settings of their own: starting one takes a second."""
    app = create_fake_app(Settings(jobs=1, temp_dir=common_folder))
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_ready(client)
        yield client


@pytest.fixture
def client(common_client: TestClient, common_folder: Path) -> Iterator[TestClient]:
    """A client of an application with default settings; checks that no upload is left."""
    yield common_client
    assert [path for path in common_folder.rglob("*") if path.is_file()] == []


@pytest.fixture
def uploads(tmp_path: Path) -> Callable[[], list[Path]]:
    """``uploads()``: recordings that lie in the server's folder now."""
    return lambda: [path for path in (tmp_path / "uploads").rglob("*") if path.is_file()]
