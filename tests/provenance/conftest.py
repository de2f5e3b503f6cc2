"""A studio that signs, a person who trusts it, and a time-stamp authority on this machine."""

from __future__ import annotations

import hashlib
import http.server
import shutil
import subprocess
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from earwitness.provenance import authority
from earwitness.provenance.authority import key_to_pem
from earwitness.provenance.certificates import to_pem
from earwitness.provenance.credentials import ContentCredentials
from earwitness.provenance.identities import Identities
from earwitness.provenance.trust import TrustList
from earwitness.records import Record

TSA_SETTINGS = """[tsa]
default_tsa=t
[t]
serial={0}/serial
signer_cert={0}/tsa.pem
certs={0}/issuer.pem
signer_key={0}/tsa.key
signer_digest=sha256
default_policy=1.2.3.4.1
digests=sha256,sha384,sha512
accuracy=secs:1
ess_cert_id_alg=sha256
"""
FORMATS = {
    "wav": ("wav", "pcm_s16le"),
    "mp3": ("mp3", "libmp3lame"),
    "flac": ("flac", "flac"),
    "m4a": ("ipod", "aac"),
    "ogg": ("ogg", "libopus"),
    "aac": ("adts", "aac"),
    "aiff": ("aiff", "pcm_s16be"),
}


@pytest.fixture
def studio(tmp_path: Path) -> ContentCredentials:
    """One certificate, "studio", whose root is on nobody's trust list yet."""
    settings = tmp_path / "settings"
    store = Identities(settings / "certificates")
    store.create("studio", organization="Demo Lab", days=365)
    return ContentCredentials(store, TrustList(settings / "trust"))


@pytest.fixture
def trusted(studio: ContentCredentials) -> ContentCredentials:
    """The studio, and its own root on the trust list."""
    root = studio.identities.get("studio").root
    assert root is not None
    studio.trust.add("studio", to_pem([root]).encode())
    return studio


@pytest.fixture
def recording(
    tmp_path: Path, speech_like: Callable[..., np.ndarray], encode: Callable[..., bytes]
) -> Callable[[str], Path]:
    """``recording("mp3")``: a second of speech-like sound in that format."""

    def make(ending: str) -> Path:
        path = tmp_path / f"talk.{ending}"
        path.write_bytes(encode(speech_like(1.0, rate=48_000), 48_000, *FORMATS[ending]))
        return path

    return make


def time_stamp_certificate() -> tuple[x509.Certificate, x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Signer of time stamps, the authority above it, and the signer's key."""
    above = authority.create("Clock", "Clock")
    key = ec.generate_private_key(ec.SECP256R1())
    leaf, issuer = above.chain
    builder = (
        x509.CertificateBuilder(issuer_name=issuer.subject, subject_name=leaf.subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(leaf.not_valid_before_utc)
        .not_valid_after(leaf.not_valid_after_utc)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    for extension in leaf.extensions:
        if not isinstance(extension.value, x509.ExtendedKeyUsage | x509.SubjectKeyIdentifier):
            builder = builder.add_extension(extension.value, extension.critical)
    return builder.sign(above.issuer_key, hashes.SHA256()), issuer, key


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[str]:
    """Address of a time-stamp authority (RFC 3161) of this test; skips without the openssl program."""
    openssl = shutil.which("openssl") or ""
    if not openssl:
        pytest.skip("the openssl program answers as time-stamp authority")
    folder = tmp_path / "clock"
    folder.mkdir()
    certificate, issuer, key = time_stamp_certificate()
    for name, text in (
        ("tsa.pem", to_pem([certificate])),
        ("issuer.pem", to_pem([issuer])),
        ("tsa.key", key_to_pem(key)),
        ("serial", "01\n"),
        ("settings", TSA_SETTINGS.format(folder)),
    ):
        (folder / name).write_text(text)

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["content-length"])))
            options = {"-config": "settings", "-queryfile": "query", "-out": "reply"}
            files = [word for option, name in options.items() for word in (option, str(folder / name))]
            reply = subprocess.run([openssl, "ts", "-reply", *files], check=False, capture_output=True)
            assert reply.returncode == 0, reply.stderr
            body = (folder / "reply").read_bytes()
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    yield from serve(Answer)


@pytest.fixture
def stranger() -> Iterator[tuple[str, list[str]]]:
    """Address of a web server that must never be asked, and what it was asked."""
    asked: list[str] = []

    class Note(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    for address in serve(Note):
        yield address, asked


def serve(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server, with ``{}`` for the database; skips where none can run."""
    from fake_postgres import server

    with ExitStack() as stack:
        try:
            address = stack.enter_context(server())
        except LookupError as reason:
            pytest.skip(str(reason))
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a registry may lie that nobody has used yet: a file, then a database of a server."""
    if request.param == "sqlite":
        yield str(tmp_path / "registry.db")
        return
    import psycopg

    address = request.getfixturevalue("postgres")
    name = "r" + uuid.uuid4().hex
    with psycopg.connect(address.format("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield address.format(name)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def make_record() -> Callable[..., Record]:
    """``make_record(number, **values)``: a record of a file that holds that number."""

    def make(number: int = 0, **values: Any) -> Record:
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        return Record(content_sha256=digest, **values)

    return make
