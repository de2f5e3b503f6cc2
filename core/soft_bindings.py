"""Our watermarks as C2PA soft bindings: what a reader of the mark needs to find the credentials again.

Algorithm name: ``org.earwitness.<scheme>`` with the scheme's last dash as a dot, e.g.
``org.earwitness.patchwork.1`` (its own namespace; not registered in the C2PA list yet). Value, 8 bytes: the
key's id (4 bytes) and the record id that the mark carries (4 bytes, big-endian).
"""

from __future__ import annotations

from earwitness.credentials import SoftBinding
from earwitness.mark_report import Verification

__all__ = ["NAMESPACE", "algorithm_of", "bind", "bindings_of", "unbind"]

NAMESPACE = "org.earwitness."
_ID_BYTES = 4
_PAYLOAD_BYTES = 4


def bind(
    scheme: str, key_id: str, payload: int, start_s: float | None = None, end_s: float | None = None
) -> SoftBinding:
    """The soft binding of a mark. key_id: 8 hex digits; payload: 0 .. 2**32 - 1."""
    value = bytes.fromhex(key_id) + payload.to_bytes(_PAYLOAD_BYTES, "big")
    if len(value) != _ID_BYTES + _PAYLOAD_BYTES:
        raise ValueError(f"a key id is {2 * _ID_BYTES} hex digits, not {key_id!r}")
    return SoftBinding(algorithm_of(scheme), value, start_s, end_s)


def unbind(binding: SoftBinding) -> tuple[str, str, int] | None:
    """(scheme, key id, payload) of one of our soft bindings; None for anybody else's."""
    if not binding.algorithm.startswith(NAMESPACE) or len(binding.value) != _ID_BYTES + _PAYLOAD_BYTES:
        return None
    scheme = "-".join(binding.algorithm.removeprefix(NAMESPACE).rsplit(".", 1))
    return scheme, binding.value[:_ID_BYTES].hex(), int.from_bytes(binding.value[_ID_BYTES:], "big")


def bindings_of(found: Verification) -> tuple[SoftBinding, ...]:
    """One for each mark of a file whose record id was read and verified."""
    return tuple(
        bind(mark.scheme, mark.key_id, mark.payload)
        for mark in found.marks
        if mark.verified and mark.payload is not None
    )


def algorithm_of(scheme: str) -> str:
    """The algorithm's name of a scheme (or of a fingerprint's method) such as "patchwork-1"."""
    return NAMESPACE + ".".join(scheme.rsplit("-", 1))
