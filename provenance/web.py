"""GET requests to addresses that the user named: bounded in time and size, never redirected, never inward."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from earwitness.provenance.extra import needed
from earwitness.provenance.public_addresses import Lookup, RefusedAddressError, checked_addresses

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

__all__ = ["Answer", "NoAnswerError", "Place", "get"]

STEP_S = 10.0
WHOLE_S = 20.0
_CHUNK = 65_536


class NoAnswerError(Exception):
    """Nothing usable came back; the message says why, in a sentence without the place."""


@dataclass(frozen=True, slots=True)
class Place:
    """A server. base: its address up to the paths that are asked for, without a slash at the end.

    internal: it may be on this machine or in a private network, and need not speak HTTPS.
    """

    base: str
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. kind: its media type in lower case, without parameters."""

    status: int
    kind: str
    body: bytes


def get(
    place: Place,
    path: str,
    query: Mapping[str, str],
    *,
    accept: str,
    most_bytes: int,
    look_up: Lookup | None = None,
    whole_s: float = WHOLE_S,
) -> Answer:
    """Ask for ``path`` (quoted, from a slash on) at a place. Raises NoAnswerError, MissingDependencyError.

    most_bytes: a longer body is refused. look_up: host and port to addresses, other than the system's.
    whole_s: seconds from the first connection to the last byte. Proxies and passwords that the environment
    names are not used.
    """
    with needed("Resolvers"):
        from urllib3.exceptions import HTTPError
    parts = urlsplit(place.base)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    target = parts.path + path + (f"?{urlencode(query)}" if query else "")
    headers = {"Host": parts.netloc, "Accept": accept, "User-Agent": "earwitness"}
    end = time.monotonic() + whole_s
    try:
        addresses = checked_addresses(host, port, internal=place.internal, look_up=look_up)
        with _connected(addresses, port, host if parts.scheme == "https" else None, end) as connection:
            connection.request("GET", target, headers=headers, preload_content=False, decode_content=False)
            answer = _answer(connection, most_bytes)
        if time.monotonic() >= end:  # the cut looks like the end of the answer
            raise NoAnswerError("it took too long.")
        return answer
    except RefusedAddressError as error:
        raise NoAnswerError(f"nothing was asked: {error}") from None
    except (HTTPError, http.client.HTTPException, OSError) as error:
        late = time.monotonic() >= end
        raise NoAnswerError("it took too long." if late else _brief(error)) from error


@contextlib.contextmanager
def _connected(addresses: Sequence[str], port: int, name: str | None, end: float) -> Iterator[HTTPConnection]:
    """A connection to the first address that takes one, cut at ``end``.

    name: the connection is encrypted, and the server must show a certificate of this name.
    """
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    problem: Exception = OSError("the name has no address")
    for address in addresses:
        step = max(0.1, min(STEP_S, end - time.monotonic()))
        if name is None:
            connection = HTTPConnection(address, port, timeout=step)
        else:
            context = ssl.create_default_context()
            connection = HTTPSConnection(
                address, port, timeout=step, ssl_context=context, server_hostname=name
            )
        with contextlib.closing(connection):
            try:
                connection.connect()
            except (NewConnectionError, ConnectTimeoutError) as error:
                problem = error
                continue
            # Time-outs count from the last byte: one byte now and then would hold us for hours.
            cut = threading.Timer(max(0.0, end - time.monotonic()), _cut, [connection.sock])
            cut.start()
            try:
                yield connection
            finally:
                cut.cancel()
            return
    raise problem


def _cut(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # Not the encrypted socket's own way, which is not made for another thread.
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _answer(connection: HTTPConnection, most_bytes: int) -> Answer:
    response = connection.getresponse()
    if 300 <= response.status < 400:
        raise NoAnswerError("it sends elsewhere; redirects are not followed.")
    body = bytearray()
    while chunk := response.read(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > most_bytes:
            raise NoAnswerError(f"its answer is larger than {most_bytes:,} bytes.")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Answer(response.status, kind, bytes(body))


def _brief(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid for it ({error.verify_message})."
    if isinstance(error, socket.gaierror):
        return "its name is not known."
    if isinstance(error, TimeoutError):
        return "it took too long."
    return f"no answer that can be read ({type(error).__name__})."
