"""Serving starts the API where it was told to, and only there."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from earwitness.cli import serve as module
from earwitness.cli.serve import refuse_address
from earwitness.errors import UsageError

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What uvicorn was asked to run, instead of running it."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(module, "refuse_address", lambda *_: None)
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: calls.append({"app": app} | options))
    return calls


def test_this_machine_only_by_default(earwitness: Call, started: list[dict[str, Any]]) -> None:
    code, _, err = earwitness("serve")
    assert code == 0
    (call,) = started
    assert isinstance(call["app"], FastAPI)
    assert (call["host"], call["port"]) == ("127.0.0.1", 8000)
    assert err == ""


def test_an_open_address_is_told(earwitness: Call, started: list[dict[str, Any]]) -> None:
    code, _, err = earwitness("serve", "--host", "0.0.0.0", "--port", "9000", "--log-level", "warning")
    assert code == 0
    assert (started[0]["host"], started[0]["port"], started[0]["log_level"]) == ("0.0.0.0", 9000, "warning")
    assert "anyone who reaches this machine" in err


@pytest.mark.parametrize(
    "arguments", [["--port", "70000"], ["--port", "x"], ["--log-level", "loud"], ["--nonsense"]]
)
def test_nonsense_is_refused(earwitness: Call, started: list[dict[str, Any]], arguments: list[str]) -> None:
    code, _, err = earwitness("serve", *arguments)
    assert code == 2
    assert err
    assert started == []


def test_bad_settings_are_one_line(
    earwitness: Call, started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARWITNESS_MAX_UPLOAD_BYTES", "much")
    code, _, err = earwitness("serve")
    assert code == 2
    assert "EARWITNESS_MAX_UPLOAD_BYTES" in err
    assert "Traceback" not in err
    assert started == []


@pytest.mark.parametrize(
    ("host", "wanted", "read"),
    [
        ("127.0.0.1", None, "all"),
        ("::1", None, "all"),
        ("127.0.0.1", "signposts", "signposts"),
        ("0.0.0.0", None, None),
        ("0.0.0.0", "all", "all"),
    ],
)
def test_private_keys_are_read_for_this_machine_or_on_request(
    earwitness: Call, started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, host: str,
    wanted: str | None, read: str | None,
) -> None:  # fmt: skip
    if wanted is not None:
        monkeypatch.setenv("EARWITNESS_READ_KEYS", wanted)
    assert earwitness("serve", "--host", host)[0] == 0
    settings = started[0]["app"].state.settings
    assert settings.read_keys == read
    assert settings.signposts_only is (read != "all")


def test_a_taken_port_is_an_error_and_no_verdict(earwitness: Call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = earwitness("serve", "--port", port)
    assert code == 2
    assert err.startswith(f"earwitness: 127.0.0.1:{port}: cannot listen there: Address already in use.")
    assert "--port" in err
    assert len(err.splitlines()) == 1
    refuse_address("127.0.0.1", port)  # it is free again


def test_an_address_of_nobody_is_an_error(earwitness: Call) -> None:
    code, _, err = earwitness("serve", "--host", "192.0.2.1")
    assert code == 2
    assert "192.0.2.1:8000: cannot listen there" in err
    assert "anyone who reaches" not in err  # it listens nowhere
    with pytest.raises(UsageError, match=r"--host no such host: there is no such address"):
        refuse_address("no such host", 0)


@pytest.mark.parametrize("ended", [1, 3])
def test_what_ends_the_server_is_no_verdict(
    earwitness: Call, started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, ended: int
) -> None:
    def end(*_: object, **__: object) -> None:
        raise SystemExit(ended)

    monkeypatch.setattr(uvicorn, "run", end)
    assert earwitness("serve")[0] == 2
    assert started == []
