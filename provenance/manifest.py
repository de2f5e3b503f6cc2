"""The manifest: our claim about a file in the form that the C2PA library signs."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import earwitness
from earwitness.credentials import Claim, SoftBinding

__all__ = ["definition"]


def definition(claim: Claim, media_type: str, *, edited: bool, now: datetime | None = None) -> dict[str, Any]:
    """What ``c2pa.Builder`` takes.

    edited: the file had credentials, which stay as an ingredient: what is claimed was done to it, where
    otherwise it was created. The library itself adds c2pa.opened then. No file name and no person is
    named unless the claim has it.
    """
    when = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    first: dict[str, Any] = {
        "action": "c2pa.edited" if edited else "c2pa.created",
        "when": when,
        "digitalSourceType": claim.source.url,
    }
    if claim.agent:  # not ourselves: signing a recording is not making it
        first["softwareAgent"] = _agent(claim.agent)
    actions = [first]
    if claim.soft_bindings:
        actions.append({"action": "c2pa.watermarked.bound", "when": when})
    # "created": the signer answers for it; otherwise it would count as gathered from somewhere.
    assertions = [{"label": "c2pa.actions.v2", "data": {"actions": actions}, "created": True}]
    assertions += [
        {"label": "c2pa.soft-binding", "data": _soft_binding(binding), "created": True}
        for binding in claim.soft_bindings
    ]
    found: dict[str, Any] = {
        "claim_generator_info": [{"name": "EarWitness", "version": earwitness.__version__}],
        "format": media_type,
        "instance_id": f"xmp:iid:{uuid.uuid4()}",
        "assertions": assertions,
    }
    return {**found, "title": claim.title} if claim.title else found


def _agent(agent: str) -> dict[str, str]:
    """ "Piper 1.2" is name and version; without a number at the end all of it is the name."""
    name, _, version = agent.rpartition(" ")
    if name and version[:1].isdigit():
        return {"name": name, "version": version}
    return {"name": agent}


def _soft_binding(binding: SoftBinding) -> dict[str, Any]:
    scope: dict[str, Any] = {}
    if binding.start_s is not None and binding.end_s is not None:
        scope = {"timespan": {"start": round(binding.start_s * 1000), "end": round(binding.end_s * 1000)}}
    # A list of integers becomes a byte string.
    return {
        "alg": binding.algorithm,
        "alg-params": "",
        "blocks": [{"scope": scope, "value": list(binding.value)}],
    }
