"""provenance/resolvers.py: against this project's own server, and against servers that lie."""

from __future__ import annotations

import base64
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fake_checks import fake_check, load_fake

from earwitness.api.app import create_app
from earwitness.api.settings import Settings
from earwitness.errors import UsageError
from earwitness.provenance import resolvers as module
from earwitness.provenance.resolvers import WebResolvers, parse_place
from earwitness.provenance.store import open_registry
from earwitness.provenance.web import Place
from earwitness.records import Record
from earwitness.resolvers import Resolution, Resolved, load_resolvers
from earwitness.soft_bindings import bind

ID, OTHER = "urn:c2pa:00000000-0000-4000-8000-000000000001", "urn:c2pa:00000000-0000-4000-8000-000000000002"
BINDING = bind("patchwork-1", "aabbccdd", 7)
Liar = Callable[[dict[str, Any]], tuple[Place, list[str]]]


def store_of(manifest_id: str) -> bytes:
    """A manifest store, as far as its boxes go."""

    def box(name: bytes, content: bytes) -> bytes:
        return (8 + len(content)).to_bytes(4, "big") + name + content

    def described(kind: bytes, label: str, inside: bytes) -> bytes:
        rest = bytes.fromhex("00110010800000aa00389b71")
        return box(b"jumb", box(b"jumd", kind + rest + b"\x03" + label.encode() + b"\x00") + inside)

    return described(b"c2pa", "c2pa", described(b"c2ma", manifest_id, b""))


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Place]:
    """``earwitness serve`` with the resolver switched on, at a port of this machine."""
    place = str(tmp_path / "registry.db")
    with open_registry(place) as registry:
        registry.add(Record(content_sha256="0" * 64, payload=7, key_ids=("aabbccdd",), manifest=store_of(ID)))
    settings = Settings(jobs=1, resolver=True, registry=place, temp_dir=tmp_path)
    app = create_app(settings, check=fake_check, load=load_fake)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Place(f"http://127.0.0.1:{port}/v1/c2pa", internal=True)
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def liar() -> Iterator[Liar]:
    """``liar({path: answer})``: a server that says this (a number: that status), and what it was asked."""
    servers: list[tuple[http.server.ThreadingHTTPServer, threading.Thread]] = []

    def begin(answers: dict[str, Any]) -> tuple[Place, list[str]]:
        asked: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                answer = answers.get(self.path.partition("?")[0], 404)
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(answer if isinstance(answer, int) else 200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return Place(f"http://127.0.0.1:{server.server_port}", internal=True), asked

    yield begin
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def test_our_own_server_answers_our_own_client(own_server: Place) -> None:
    client = WebResolvers([own_server])
    assert client.resolve([BINDING, BINDING]) == Resolution(
        (Resolved(own_server.base, BINDING, ID, store_of(ID), 100),), (own_server.base,)
    )
    assert client.resolve([bind("patchwork-1", "00000000", 7)]).found == ()


def test_only_the_binding_is_told(liar: Liar) -> None:
    place, asked = liar({"/matches/byBinding": {"matches": []}})
    assert WebResolvers([place]).resolve([BINDING]) == Resolution((), (place.base,))
    value = base64.b64encode(BINDING.value).decode().replace("=", "%3D")
    assert asked == [f"/matches/byBinding?alg=org.earwitness.patchwork.1&value={value}&maxResults=5"]


@pytest.mark.parametrize(
    ("matches", "manifest", "told"),
    [
        (500, None, "it answered 500"),
        (b"<html>", None, "not of the form"),
        ([], None, "not of the form"),
        ({"matches": None}, None, "not of the form"),
        ({"matches": {"a": 1}}, None, "not of the form"),
        ({"matches": [7]}, None, "not of the form"),
        ({"matches": [{"manifestId": 7}]}, None, "not of the form"),
        ({"matches": [{"manifestId": "x" * 256}]}, None, "not of the form"),
        (b"[" * 100_000, None, "not of the form"),
        (b" " * (1 << 20) + b"{}", None, "larger than"),
        ({"matches": [{"manifestId": ID}]}, None, "it answered 404 when asked for a manifest"),
        ({"matches": [{"manifestId": ID}]}, b"nonsense", "not the manifest"),
        ({"matches": [{"manifestId": ID}]}, store_of(OTHER), "not the manifest"),
        (
            {"matches": [{"manifestId": ID, "endpoint": "http://127.0.0.1:1/"}]},
            store_of(ID),
            "not one of your",
        ),
    ],
)
def test_answers_that_cannot_be_used_are_told_and_do_no_harm(
    liar: Liar, matches: Any, manifest: bytes | None, told: str
) -> None:
    answers = {"/matches/byBinding": matches}
    place, _ = liar(answers if manifest is None else {**answers, f"/manifests/{ID}": manifest})
    got = WebResolvers([place]).resolve([BINDING])
    assert got.found == ()
    assert [problem for problem in got.problems if problem.startswith(place.base) and told in problem]


def test_one_that_fails_does_not_hinder_the_others(liar: Liar) -> None:
    good, _ = liar(
        {
            "/matches/byBinding": {"matches": [{"manifestId": ID, "similarityScore": 40.5}]},
            f"/manifests/{ID}": store_of(ID),
        }
    )
    elsewhere, _ = liar(
        {
            "/matches/byBinding": {
                "matches": [{"manifestId": ID, "endpoint": good.base + "/", "similarityScore": 90}]
            }
        }
    )
    bad, _ = liar({})
    got = WebResolvers([bad, good, elsewhere]).resolve([BINDING])
    assert got.found == (Resolved(elsewhere.base, BINDING, ID, store_of(ID), 90),), "the same, told once"
    assert got.problems == (f"{bad.base}: it answered 404 to org.earwitness.patchwork.1.",)
    assert WebResolvers([good]).resolve([BINDING]).found[0].score is None, "no score of the specification"


def test_at_most_five_manifests_are_fetched(liar: Liar) -> None:
    place, asked = liar({"/matches/byBinding": {"matches": [{"manifestId": f"urn:{n}"} for n in range(50)]}})
    WebResolvers([place]).resolve([BINDING])
    assert len(asked) == 1 + 5


def test_this_machine_is_not_asked_unless_its_owner_says_so(liar: Liar) -> None:
    place, asked = liar({})
    got = WebResolvers([Place(place.base)]).resolve([BINDING])
    assert "nothing was asked" in got.problems[0]
    assert asked == []


def test_where_they_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    monkeypatch.delenv("EARWITNESS_RESOLVERS", raising=False)
    assert load_resolvers().addresses == ()
    listed = tmp_path / "resolvers.txt"
    listed.write_text(
        "# ours\ninternal http://10.0.0.7:8000/v1/c2pa/ # in the cellar\n\nhttps://a.example/v1\n"
    )
    listed.chmod(0o644)
    assert load_resolvers().addresses == ("http://10.0.0.7:8000/v1/c2pa", "https://a.example/v1")
    listed.chmod(0o666)
    with pytest.raises(UsageError, match="others can change this file"):
        _ = load_resolvers().addresses
    monkeypatch.setenv("EARWITNESS_RESOLVERS", " https://b.example , https://b.example/,")
    assert load_resolvers().addresses == ("https://b.example",)
    monkeypatch.setenv("EARWITNESS_RESOLVERS", "")
    assert load_resolvers().addresses == (), "an empty variable switches the file off"
    monkeypatch.setenv("EARWITNESS_RESOLVERS", ",".join(f"https://{n}.example" for n in range(21)))
    with pytest.raises(UsageError, match="more than 20"):
        _ = load_resolvers().addresses
    assert module.MOST_PLACES == 20


@pytest.mark.parametrize(
    "text",
    [
        "http://a.example",
        "ftp://a.example",
        "internal ftp://a.example",
        "a.example/v1",
        "https://",
        "https://:443",
        "https://user:secret@a.example",
        "https://a.example:0",
        "https://a.example:99999",
        "https://a.example?x=1",
        "https://a.example#x",
        "https://[::1",
        "https://a b.example",
        "https://bücher.example",
        "https://a.example/\r\nX: y",
        "internal",
    ],
)
def test_addresses_that_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"EARWITNESS_RESOLVERS: .* https://host/path"):
        parse_place(text)
