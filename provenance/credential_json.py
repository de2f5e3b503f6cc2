"""The C2PA library's description of a manifest store, taken apart into our own types.

Whoever made the file chose every value in it. Nothing here raises on a value of the wrong type or of absurd
size: it is left out, or cut.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

from earwitness.credentials import (
    Action,
    CredentialProblem,
    CredentialState,
    Ingredient,
    Signer,
    SoftBinding,
)
from earwitness.digital_source import code_of
from earwitness.provenance.credential_wording import problem_sentence

__all__ = [
    "actions",
    "active",
    "generator",
    "ingredients",
    "mapping",
    "problems",
    "signer",
    "soft_bindings",
    "state_of",
    "text",
    "time_stamp",
    "verdict_of",
]

MAX_TEXT = 300
MAX_ITEMS = 100
MAX_DEPTH = 8
MAX_VALUE_BYTES = 4096
MAX_MILLISECONDS = 1e12  # 30 years; also keeps out infinity
_Json = Mapping[str, Any]
_GONE = ("assertion.missing", "assertion.undeclared", "claim.missing", "claimSignature.missing")


def text(value: object) -> str | None:
    """A text, cut to a length that can be shown; None for anything else and for an empty one."""
    return value[:MAX_TEXT] if isinstance(value, str) and value else None


def mapping(value: object) -> _Json:
    """A JSON object; {} for anything else."""
    return value if isinstance(value, dict) else {}


def active(store: _Json) -> _Json:
    """The manifest that speaks for the file."""
    return mapping(mapping(store.get("manifests")).get(str(store.get("active_manifest"))))


def problems(results: _Json) -> tuple[CredentialProblem, ...]:
    """Everything that failed for one manifest, each once."""
    found = {}
    for item in _items(results.get("failure")):
        code = text(item.get("code")) or "unknown"
        subject = _assertion(text(item.get("url")))
        found[code, subject] = CredentialProblem(code, subject, problem_sentence(code))
    return tuple(found.values())


def state_of(codes: set[str], verdict: str | None) -> CredentialState:
    """What failures make of credentials. verdict: of the library, "Trusted", "Valid" or "Invalid".

    Where the two do not agree, the worse one counts.
    """
    if any(code.endswith(".mismatch") and not code.startswith("timeStamp") for code in codes):
        return CredentialState.TAMPERED
    if codes & set(_GONE):
        return CredentialState.TAMPERED
    if any(code.endswith(".revoked") for code in codes):
        return CredentialState.REVOKED
    rest = {code for code in codes if not code.startswith("timeStamp.")}
    if not rest and verdict == "Trusted":
        return CredentialState.TRUSTED
    if rest == {"signingCredential.untrusted"} and verdict == "Valid":
        return CredentialState.UNTRUSTED
    late = {"signingCredential.expired", "claimSignature.outsideValidity"}
    if rest & late and rest <= late | {"signingCredential.untrusted"}:
        return CredentialState.EXPIRED
    return CredentialState.INVALID


def verdict_of(results: _Json, wrong: tuple[CredentialProblem, ...]) -> str | None:
    """What the library would say if only these had failed: "Trusted", "Valid" or None."""
    passed = {text(item.get("code")) for item in _items(results.get("success"))}
    if "claimSignature.validated" not in passed:
        return None
    if not wrong and "signingCredential.trusted" in passed:
        return "Trusted"
    return "Valid" if {problem.code for problem in wrong} == {"signingCredential.untrusted"} else None


def time_stamp(results: _Json) -> str | None:
    """ "trusted" or "untrusted"; None where there is no time stamp that fits."""
    groups = ("success", "informational", "failure")
    codes = {text(item.get("code")) for group in groups for item in _items(results.get(group))}
    if "timeStamp.validated" not in codes:
        return None
    return "trusted" if "timeStamp.trusted" in codes and "timeStamp.untrusted" not in codes else "untrusted"


def signer(manifest: _Json) -> Signer | None:
    """Whose certificate signed a manifest."""
    info = mapping(manifest.get("signature_info"))
    if not info:
        return None
    return Signer(
        name=text(info.get("common_name")),
        organization=text(info.get("issuer")),
        serial=text(info.get("cert_serial_number")),
        algorithm=text(info.get("alg")),
    )


def generator(manifest: _Json) -> str | None:
    """The program that made a manifest, with its version."""
    for info in _items(manifest.get("claim_generator_info")):
        if found := _program(info):
            return found
    return text(manifest.get("claim_generator"))


def actions(manifest: _Json) -> tuple[Action, ...]:
    """What a manifest says was done, in order."""
    return tuple(
        Action(
            name=text(action.get("action")) or "unknown",
            when=text(action.get("when")),
            agent=_program(action.get("softwareAgent")),
            digital_source=_code(action.get("digitalSourceType")),
        )
        for data in _assertions(manifest, "c2pa.actions")
        for action in _items(data.get("actions"))
    )[:MAX_ITEMS]


def soft_bindings(manifest: _Json) -> tuple[SoftBinding, ...]:
    """The identifiers in the sound that a manifest names."""
    found = []
    for data in _assertions(manifest, "c2pa.soft-binding"):
        for block in _items(data.get("blocks")):
            value = _bytes(block.get("value"))
            algorithm = text(data.get("alg"))
            if value is not None and algorithm:
                span = mapping(mapping(block.get("scope")).get("timespan"))
                times = _seconds(span.get("start")), _seconds(span.get("end"))
                found.append(SoftBinding(algorithm, value, *times))
    return tuple(found[:MAX_ITEMS])


def ingredients(store: _Json) -> tuple[Ingredient, ...]:
    """What the file was made from, and what that was made from, breadth first; each manifest once."""
    manifests = mapping(store.get("manifests"))
    deltas = _deltas(store)
    seen = {str(store.get("active_manifest"))}
    found: list[Ingredient] = []
    level = [(item, 1) for item in _items(active(store).get("ingredients"))]
    while level and len(found) < MAX_ITEMS:
        item, depth = level.pop(0)
        manifest_id = text(item.get("active_manifest"))
        manifest = mapping(manifests.get(manifest_id or ""))
        found.append(_ingredient(item, depth, manifest_id, manifest, deltas))
        if manifest_id and manifest_id not in seen and depth < MAX_DEPTH:
            seen.add(manifest_id)
            level += [(inner, depth + 1) for inner in _items(manifest.get("ingredients"))]
    return tuple(found)


def _ingredient(
    item: _Json, depth: int, manifest_id: str | None, manifest: _Json, deltas: Mapping[str, _Json]
) -> Ingredient:
    recorded = mapping(mapping(item.get("validation_results")).get("activeManifest"))
    delta = deltas.get(manifest_id or "", {})
    wrong = (*problems(recorded), *problems(delta))
    trusted_now = any(i.get("code") == "signingCredential.trusted" for i in _items(delta.get("success")))
    if trusted_now:
        wrong = tuple(problem for problem in wrong if problem.code != "signingCredential.untrusted")
    codes = {problem.code for problem in wrong}
    if "manifest.inaccessible" in codes:
        state = CredentialState.REMOTE
    elif manifest_id is None:
        state = CredentialState.INVALID if codes else CredentialState.ABSENT
    elif not recorded:  # its signer did not look, or did not say what came out
        state = CredentialState.INVALID
    else:
        unknown = "signingCredential.untrusted" in codes
        state = state_of(codes, "Valid" if unknown else "Trusted")
    return Ingredient(
        depth=depth,
        relation=text(item.get("relationship")) or "unknown",
        state=state,
        title=text(item.get("title")),
        manifest_id=manifest_id,
        signer=signer(manifest),
        generator=generator(manifest),
        digital_sources=tuple(dict.fromkeys(a.digital_source for a in actions(manifest) if a.digital_source)),
        problems=wrong,
    )


def _deltas(store: _Json) -> dict[str, _Json]:
    """What was found about ingredients just now, by the id of the manifest it is about."""
    found: dict[str, dict[str, list[_Json]]] = {}
    for delta in _items(mapping(store.get("validation_results")).get("ingredientDeltas")):
        changes = mapping(delta.get("validationDeltas"))
        for group in ("success", "failure"):
            for item in _items(changes.get(group)):
                url = text(item.get("url")) or ""
                name = url.partition("/c2pa/")[2].partition("/")[0]
                found.setdefault(name, {"success": [], "failure": []})[group].append(item)
    return dict(found)


def _assertions(manifest: _Json, label: str) -> Iterator[_Json]:
    """Data of all assertions of a label, its versions (.v2) and its further instances (__1) included."""
    for assertion in _items(manifest.get("assertions")):
        own = text(assertion.get("label")) or ""
        if own == label or own.startswith((f"{label}.", f"{label}__")):
            yield mapping(assertion.get("data"))


def _items(value: object) -> list[_Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _program(value: object) -> str | None:
    if isinstance(value, str):
        return text(value)
    info = mapping(value)
    parts = (text(info.get("name")), text(info.get("version")))
    return text(" ".join(part for part in parts if part))


def _code(value: object) -> str | None:
    found = text(value)
    return None if found is None else code_of(found)


def _bytes(value: object) -> bytes | None:
    """A byte string, which the library writes as base64, or as a list of numbers."""
    try:
        if isinstance(value, str) and len(value) <= 2 * MAX_VALUE_BYTES:
            return base64.b64decode(value, validate=True)
        if isinstance(value, list) and len(value) <= MAX_VALUE_BYTES:
            return bytes(value)
    except (binascii.Error, ValueError, TypeError):
        return None
    return None


def _seconds(milliseconds: object) -> float | None:
    if not isinstance(milliseconds, int | float) or not 0 <= milliseconds < MAX_MILLISECONDS:
        return None
    return milliseconds / 1000


def _assertion(url: str | None) -> str | None:
    """The assertion's label at the end of a JUMBF address."""
    return url.rpartition("/")[2] if url else None
