"""The C2PA library, opened so that it fetches nothing: no manifests, no revocation lists, no identities."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from earwitness.provenance.extra import needed

__all__ = ["load", "open_context"]


def load() -> ModuleType:
    """The module ``c2pa``. Raises MissingDependencyError, which names the extra."""
    with needed():
        import c2pa
    module: ModuleType = c2pa
    return module


def open_context(anchors: str) -> Any:
    """A ``c2pa.Context`` (close it) that trusts the authorities in the PEM text ``anchors``, "" for none.

    A file names addresses that its maker chose: following them would let a file call into the network of
    whoever checks it. Time-stamp authorities are the signer's affair and not concerned.
    """
    settings: dict[str, Any] = {
        "verify": {
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
            "verify_trust": True,
            "verify_timestamp_trust": True,
        },
        "core": {"allowed_network_hosts": [], "decode_identity_assertions": False},
        "builder": {"thumbnail": {"enabled": False}},
    }
    if anchors:
        settings["trust"] = {"user_anchors": anchors}
    return load().Context.from_dict(settings)
