"""provenance/public_addresses.py: the many ways to write an address where no request may go."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from earwitness.provenance.public_addresses import RefusedAddressError, checked_addresses, why_refused

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
OWN_NETWORK = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "::1",
    "fc00::1",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::c0a8:101",
]
NEVER = [
    "0.0.0.0",
    "::",
    "::ffff:0.0.0.0",
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "fe80::1",
    "fec0::1",
    "224.0.0.1",
    "ff02::1",
    "ff0e::1",
    "2002:7f00:1::",
    "2001::1",
    "3fff::1",
    "5f00::1",
    "192.0.0.8",
    "192.88.99.1",
]
RESERVED = [
    "240.0.0.1",
    "255.255.255.255",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "2001:db8::1",
    "::7f00:1",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_fit(text: str) -> None:
    assert why_refused(ipaddress.ip_address(text)) is None
    assert why_refused(ipaddress.ip_address(text), internal=True) is None


@pytest.mark.parametrize("text", [*OWN_NETWORK, *NEVER, *RESERVED])
def test_others_are_not(text: str) -> None:
    assert why_refused(ipaddress.ip_address(text)) is not None


@pytest.mark.parametrize("text", OWN_NETWORK)
def test_one_s_own_network_is_fit_where_its_owner_says_so(text: str) -> None:
    assert why_refused(ipaddress.ip_address(text), internal=True) is None


@pytest.mark.parametrize("text", NEVER)
def test_some_are_never_fit(text: str) -> None:
    assert why_refused(ipaddress.ip_address(text), internal=True) is not None


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0",
        "::1",
        "::ffff:127.0.0.1",
    ],
)
def test_numbers_and_names_are_judged_by_where_they_lead(host: str) -> None:
    """What the system makes of them is what a connection would go to."""
    try:
        socket.getaddrinfo(host, 80, type=socket.SOCK_STREAM)
    except OSError:
        pytest.skip("this system does not know the form")
    with pytest.raises(RefusedAddressError, match=f"^{host}( leads to .*)?, which is "):
        checked_addresses(host, 80, internal=False)


def test_one_private_address_among_public_ones_refuses_all() -> None:
    with pytest.raises(RefusedAddressError, match=r"leads to 10\.0\.0\.1, which is a private address"):
        checked_addresses("a.example", 443, internal=False, look_up=lambda *_: ["8.8.8.8", "10.0.0.1"])
    fine = checked_addresses("a.example", 443, internal=False, look_up=lambda *_: ["8.8.8.8", "8.8.8.8"])
    assert fine == ["8.8.8.8"]
    with pytest.raises(RefusedAddressError):
        checked_addresses("a.example", 443, internal=True, look_up=lambda *_: ["fe80::1%eth0"])


@pytest.mark.parametrize("host", ["", "a" * 64 + ".example", "x..y"])
def test_what_is_no_name_is_an_error_of_the_system(host: str) -> None:
    with pytest.raises(OSError, match=r"\w"):
        checked_addresses(host, 80, internal=False)
