"""Addresses that a request may go to: public ones, whatever name or number stands for them.

A name is looked up once, and the connection goes to the address that was checked, so that a second look-up
cannot give another one (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

__all__ = ["RefusedAddressError", "checked_addresses", "why_refused"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Sequence[str]]

# IPv6 addresses that stand for an IPv4 address somewhere else: NAT64 (RFC 6052) keeps it in the last 4 bytes.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NOT_REACHABLE = tuple(
    ipaddress.ip_network(one)
    for one in (
        "64:ff9b:1::/48",  # NAT64 of one network's own (RFC 8215)
        "2002::/16",  # 6to4, deprecated (RFC 7526)
        "2001::/32",  # Teredo
        "fec0::/10",  # site-local, deprecated
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing within a network (RFC 9602)
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # 6to4 relays, deprecated
    )
)


class RefusedAddressError(Exception):
    """A name or number leads to where no request may go; the message says why, in a sentence."""


def checked_addresses(host: str, port: int, *, internal: bool, look_up: Lookup | None = None) -> list[str]:
    """Addresses of ``host``, all of them fit for a request.

    One that is not refuses all: who controls the name controls which one is used. internal: those of this
    machine and of private networks are fit as well. Raises RefusedAddressError, and OSError where the name
    is not known.
    """
    found = list(dict.fromkeys((look_up or _look_up)(host, port)))
    for text in found:
        reason = why_refused(ipaddress.ip_address(text.partition("%")[0]), internal=internal)
        if reason is not None:
            leads = host if host == text else f"{host} leads to {text}"
            raise RefusedAddressError(f"{leads}, {reason}.")
    return found


def why_refused(address: Address, *, internal: bool = False) -> str | None:
    """What keeps a request from going there; None when nothing does."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return why_refused(inner, internal=internal)
    if address.is_multicast:
        return "which is an address of many machines"
    if address.is_unspecified:
        return "which is no address of a machine"
    if address.is_link_local:  # among them the clouds' metadata services: never a resolver
        return "which is an address of the link alone"
    if any(address in network for network in _NOT_REACHABLE if network.version == address.version):
        return "which is not an address of the public network"
    if address.is_global and not address.is_reserved:
        return None
    if internal and (address.is_private or address.is_loopback):
        return None
    return "which is an address of this machine" if address.is_loopback else "which is a private address"


def _look_up(host: str, port: int) -> list[str]:
    try:
        return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except UnicodeError as error:
        raise OSError(f"{host!r} is no name of a machine") from error
