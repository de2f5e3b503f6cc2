"""provenance/web.py: servers on this machine that behave as badly as they can."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from earwitness.errors import MissingDependencyError
from earwitness.provenance import web
from earwitness.provenance.web import Answer, NoAnswerError, Place, get

Serve = Callable[..., tuple[int, list[bytes]]]
HELLO = b"HTTP/1.1 200 OK\r\nContent-Type: Text/Plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(*parts, pause=0, context=None)``: port of a server that says this, and what it was asked."""
    with ExitStack() as stack:

        def begin(
            *parts: bytes, pause: float = 0.0, context: ssl.SSLContext | None = None
        ) -> tuple[int, list[bytes]]:
            asked: list[bytes] = []
            over = threading.Event()
            listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            listening.settimeout(0.05)

            def answer(plain: socket.socket) -> None:
                plain.settimeout(5)
                with plain if context is None else context.wrap_socket(plain, server_side=True) as talk:
                    asked.append(talk.recv(65_536))
                    for part in parts:
                        talk.sendall(part)
                        if over.wait(pause):
                            return

            def run() -> None:
                while not over.is_set():
                    try:
                        plain, _ = listening.accept()
                        answer(plain)
                    except OSError:  # nobody came, or somebody left early
                        continue

            thread = threading.Thread(target=run)
            thread.start()
            stack.callback(thread.join)
            stack.callback(over.set)
            return listening.getsockname()[1], asked

        yield begin


def ask(port: int, *, whole_s: float = 5.0, most_bytes: int = 1000, scheme: str = "http") -> Answer:
    return get(
        Place(f"{scheme}://resolver.example:{port}/v1", internal=True),
        "/x",
        {"a": "b c+/="},
        accept="text/plain",
        most_bytes=most_bytes,
        look_up=lambda *_: ["127.0.0.1"],
        whole_s=whole_s,
    )


def test_an_answer_and_what_was_asked(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    port, asked = serve(HELLO)
    assert ask(port) == Answer(200, "text/plain", b"hello")
    assert asked[0].startswith(b"GET /v1/x?a=b+c%2B%2F%3D HTTP/1.1\r\n")
    assert f"Host: resolver.example:{port}\r\n".encode() in asked[0]
    assert b"authorization" not in asked[0].lower()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
            "redirects are not",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000, "larger than 1,000 bytes"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2000, "larger than 1,000 bytes"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "no answer that can be read"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "no answer that can be read"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "no answer that can be read"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500, "no answer that can be read"),
        (b"", "no answer that can be read"),
    ],
)
def test_answers_that_are_none(serve: Serve, said: bytes, told: str) -> None:
    port, asked = serve(said)
    with pytest.raises(NoAnswerError, match=told):
        ask(port)
    assert len(asked) == 1


def test_a_compressed_answer_is_not_blown_up(serve: Serve) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"
    assert ask(serve(head)[0]).body == b"abc"


@pytest.mark.parametrize(
    "parts",
    [
        [b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", *[b"x"] * 900],
        [b"HTTP/1.1 200 OK\r\n", *[b"a"] * 900],
        [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 900],
    ],
)
def test_a_byte_now_and_then_does_not_hold_us(serve: Serve, parts: list[bytes]) -> None:
    port, _ = serve(*parts, pause=0.1)
    begun = time.monotonic()
    with pytest.raises(NoAnswerError, match="too long"):
        ask(port, whole_s=0.7)
    assert time.monotonic() - begun < 5


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NoAnswerError, match="no answer"):
        ask(port)


def test_nothing_goes_to_this_machine_unless_its_owner_says_so(serve: Serve) -> None:
    port, asked = serve(HELLO)
    for base in (f"https://127.0.0.1:{port}", f"http://2130706433:{port}", f"http://localhost:{port}"):
        with pytest.raises(NoAnswerError, match=r"nothing was asked: .* address of this machine"):
            get(Place(base), "/x", {}, accept="*/*", most_bytes=10)
    assert asked == []


def test_the_address_that_was_checked_is_the_one_that_is_used(serve: Serve) -> None:
    """A second look-up would lead elsewhere: there is none."""
    port, asked = serve(HELLO)
    looked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        looked.append(host)
        return ["127.0.0.1"] if len(looked) == 1 else ["169.254.169.254"]

    place = Place(f"http://a.example:{port}", internal=True)
    answer = get(place, "/x", {}, accept="*/*", most_bytes=10, look_up=rebinding)
    assert (answer.body, looked, len(asked)) == (b"hello", ["a.example"], 1)


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "server.pem", folder / "server.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return public, private


@pytest.mark.parametrize(
    ("name", "known", "told"),
    [
        ("resolver.example", True, None),
        ("other.example", True, "certificate is not valid"),
        ("resolver.example", False, "certificate is not valid"),
    ],
)
def test_the_certificate_must_be_of_the_name_and_of_a_known_authority(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, known: bool, told: str | None
) -> None:
    public, private = certificate(tmp_path, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    port, asked = serve(HELLO, context=context)
    if known:
        trusting = ssl.create_default_context(cafile=str(public))
        monkeypatch.setattr(web.ssl, "create_default_context", lambda: trusting)
    if told is None:
        assert ask(port, scheme="https").body == b"hello"
        return
    with pytest.raises(NoAnswerError, match=told):
        ask(port, scheme="https")
    assert asked == []


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "urllib3.exceptions", None)
    monkeypatch.setitem(__import__("sys").modules, "urllib3", None)
    with pytest.raises(MissingDependencyError, match=r"Resolvers need the package urllib3.*provenance"):
        get(Place("https://a.example"), "/x", {}, accept="*/*", most_bytes=10)
