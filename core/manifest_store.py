"""The manifests in a C2PA manifest store, by name: only its boxes (JUMBF, ISO 19566-5), not what they say.

A store is a box of manifests, each labelled with its id, e.g. ``urn:c2pa:c1c892ab-…``; the last one is the
active one, which is about the file itself. What they say, and whether it is true, the C2PA library tells.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

__all__ = ["MAX_ID", "MEDIA_TYPE", "active_manifest", "active_manifest_id", "manifest_ids"]

MEDIA_TYPE = "application/c2pa"
MAX_ID = 255
_STORE_TYPE = b"c2pa"
_HEADER = struct.Struct(">I4s")
_LONG = struct.Struct(">Q")
_TYPE_BYTES = 16
_LABELLED = 0x02  # of the toggles


def manifest_ids(store: bytes) -> tuple[str, ...]:
    """Ids of the manifests in a store, in their order: the last is active. () for bytes that are no store."""
    try:
        return tuple(label for label, _ in _manifests(store))
    except ValueError:
        return ()


def active_manifest_id(store: bytes) -> str | None:
    """Id of the manifest that is about the file itself; None for bytes that are no store."""
    return next(iter(reversed(manifest_ids(store))), None)


def active_manifest(store: bytes) -> bytes:
    """A store of the active manifest alone, without those of what the file was made from.

    Its signature holds as before; what it refers to is no longer there. Raises ValueError for bytes that
    are no store.
    """
    found = list(_manifests(store))
    if not found:
        raise ValueError("there is no manifest in it")
    (_, _, inside) = next(_boxes(store))
    (_, description, _) = next(_boxes(inside))
    content = description + found[-1][1]
    return _HEADER.pack(_HEADER.size + len(content), b"jumb") + content


def _manifests(store: bytes) -> Iterator[tuple[str, bytes]]:
    """Label and box of each manifest. Raises ValueError."""
    outer = list(_boxes(store))
    if len(outer) != 1 or outer[0][0] != b"jumb":
        raise ValueError("this is no box of boxes")
    kind, _ = _description(outer[0][2])
    if kind != _STORE_TYPE:
        raise ValueError("this is no manifest store")
    for name, box, content in list(_boxes(outer[0][2]))[1:]:
        if name != b"jumb":
            continue
        label = _description(content)[1]
        if not 0 < len(label) <= MAX_ID or not label.isprintable():
            raise ValueError("a manifest has no usable name")
        yield label, box


def _description(content: bytes) -> tuple[bytes, str]:
    """Kind (four letters) and label ("" without one) in the description at the start of a box of boxes."""
    first = next(_boxes(content), None)
    if first is None or first[0] != b"jumd" or len(first[2]) <= _TYPE_BYTES:
        raise ValueError("a box has no description")
    inside = first[2]
    if not inside[_TYPE_BYTES] & _LABELLED:
        return inside[:4], ""
    label, end, _ = inside[_TYPE_BYTES + 1 :].partition(b"\x00")
    if not end:
        raise ValueError("a label does not end")
    return inside[:4], label.decode("utf-8")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, whole box and content of each box in a row. Raises ValueError where one does not fit."""
    at = 0
    while at < len(data):
        if len(data) - at < _HEADER.size:
            raise ValueError("a box is cut off")
        size, name = _HEADER.unpack_from(data, at)
        begin = _HEADER.size
        if size == 1 and len(data) - at >= begin + _LONG.size:
            (size,) = _LONG.unpack_from(data, at + begin)
            begin += _LONG.size
        elif size == 0:  # to the end
            size = len(data) - at
        if not begin <= size <= len(data) - at:
            raise ValueError("a box is cut off")
        yield name, data[at : at + size], data[at + begin : at + size]
        at += size
