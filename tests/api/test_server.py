"""The API as a real server process on the loopback: what a test client inside the process cannot show."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pytest

FAKES = Path(__file__).resolve().parents[1] / "fakes"


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    log: Path

    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def post(self, content: bytes, name: str = "a.wav") -> httpx.Response:
        url = f"http://127.0.0.1:{self.port}/v1/checks"
        return httpx.post(url, files={"file": (name, content)}, timeout=30)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(tmp_path: Path, **settings: str) -> Iterator[Server]:
    port, log = free_port(), tmp_path / "server.log"
    folder = tmp_path / "uploads"
    folder.mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(FAKES), "EARWITNESS_TEMP_DIR": str(folder)}
    environment |= {
        "EARWITNESS_JOBS": "1",
        **{f"EARWITNESS_{key.upper()}": text for key, text in settings.items()},
    }
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "fake_server:create_fake_app",
        "--port",
        str(port),
    ]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=tmp_path)
    server = Server(process, port, folder, log)
    try:
        _wait(lambda: _ready(server))
        yield server
    finally:
        process.kill()
        process.wait()


def _ready(server: Server) -> bool:
    assert server.process.poll() is None, server.log.read_text()
    try:
        return server.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def _wait(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_checks_logs_nothing_of_the_content_and_stops_cleanly(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        answer = server.post(b"4.25", "secret-interview.wav")
        assert answer.status_code == 200
        assert answer.json()["llr_synthetic"] == 4.25
        assert server.post(b"error", "secret-interview.wav").status_code == 422
        assert server.post(b"bug", "secret-interview.wav").status_code == 500
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) in (0, -signal.SIGTERM)
        log = server.log.read_text()
        assert "secret-interview" not in log
        assert "4.25" not in log
        assert list(server.folder.iterdir()) == []


def test_healthz_answers_while_a_check_runs(tmp_path: Path) -> None:
    """Were the loop blocked, the first answer would come after the check's time-out."""
    with ThreadPoolExecutor(1) as threads:
        with serve(tmp_path, check_timeout_s="30") as server:
            running = threads.submit(server.post, b"hang")
            _wait(lambda: bool(server.files()))
            assert {server.get("/healthz").status_code for _ in range(10)} == {200}
            assert not running.done()
        running.exception()


HEAD = (
    b"POST /v1/checks HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    b"Content-Length: 5000\r\n\r\n"
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n12'
)


def test_a_stalled_upload_is_ended_and_gives_its_place_back(tmp_path: Path) -> None:
    with serve(tmp_path, queue="0", upload_timeout_s="0.7") as server:
        with socket.create_connection(("127.0.0.1", server.port), 10) as stalled:
            stalled.sendall(HEAD)
            _wait(lambda: bool(server.files()))
            assert server.post(b"1").status_code == 503
            assert stalled.recv(4096).startswith(b"HTTP/1.1 408 ")
        assert server.post(b"1").status_code == 200
        assert server.files() == []


def test_a_client_that_leaves_leaves_nothing_behind(tmp_path: Path) -> None:
    with serve(tmp_path, queue="0") as server:
        with socket.create_connection(("127.0.0.1", server.port), 10) as leaving:
            leaving.sendall(HEAD)
            _wait(lambda: bool(server.files()))
        _wait(lambda: not server.files())
        assert server.post(b"1").status_code == 200


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_after_kill_9_no_worker_lives_on_and_the_next_server_removes_the_uploads(tmp_path: Path) -> None:
    with serve(tmp_path) as server, ThreadPoolExecutor(1) as threads:
        lost = threads.submit(server.post, b"hang")
        _wait(lambda: bool(server.files()))
        children = _children(server.process.pid)
        assert children
        server.process.kill()
        server.process.wait()
        assert isinstance(lost.exception(10), httpx.TransportError)
        _wait(lambda: not any(_alive(pid) for pid in children))
        assert server.files()
    with serve(tmp_path) as server:
        assert server.files() == []


def _children(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = (line.split() for line in listing.splitlines())
    return [int(child) for child, parent in pairs if int(parent) == pid]


def _alive(pid: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state.strip()) and not state.startswith("Z")
