"""provenance/credential_json.py: values that a hostile file chose are left out or cut, and raise nothing."""

from __future__ import annotations

import math
from typing import Any

import pytest

from earwitness.credentials import CredentialState, SoftBinding
from earwitness.provenance import credential_json as parts

JUNK: list[Any] = [
    None,
    3,
    -1.5,
    math.inf,
    True,
    "x",
    b"y",
    [],
    {},
    [[]],
    [None],
    {"a": {}},
    10**400,
    "x" * 10**5,
]


@pytest.mark.parametrize(
    ("codes", "verdict", "state"),
    [
        (set(), "Trusted", "trusted"),
        (set(), "Valid", "invalid"),
        (set(), None, "invalid"),
        ({"signingCredential.untrusted"}, "Valid", "untrusted"),
        ({"signingCredential.untrusted"}, "Trusted", "invalid"),
        ({"signingCredential.untrusted"}, "Invalid", "invalid"),
        ({"signingCredential.untrusted", "timeStamp.untrusted"}, "Valid", "untrusted"),
        ({"signingCredential.untrusted", "signingCredential.expired"}, "Invalid", "expired"),
        ({"signingCredential.expired"}, "Invalid", "expired"),
        ({"claimSignature.outsideValidity"}, "Invalid", "expired"),
        ({"signingCredential.expired", "assertion.dataHash.mismatch"}, "Invalid", "tampered"),
        ({"signingCredential.expired", "signingCredential.invalid"}, "Invalid", "invalid"),
        ({"signingCredential.ocsp.revoked"}, "Invalid", "revoked"),
        ({"assertion.bmffHash.mismatch", "signingCredential.untrusted"}, "Invalid", "tampered"),
        ({"assertion.hashedURI.mismatch"}, "Invalid", "tampered"),
        ({"claimSignature.mismatch"}, "Trusted", "tampered"),
        ({"assertion.missing"}, "Invalid", "tampered"),
        ({"claim.multiple"}, "Invalid", "invalid"),
        ({"something.new"}, "Valid", "invalid"),
    ],
)
def test_states(codes: set[str], verdict: str | None, state: str) -> None:
    assert parts.state_of(codes, verdict) is CredentialState(state)


@pytest.mark.parametrize("junk", JUNK, ids=lambda value: repr(value)[:12])
def test_junk_in_every_place(junk: Any) -> None:
    keys = ("claim_generator_info", "claim_generator", "signature_info", "assertions", "ingredients", "title")
    action = dict.fromkeys(("action", "when", "softwareAgent", "digitalSourceType"), junk)
    block = {"value": junk, "scope": {"timespan": {"start": junk, "end": junk}}}
    ingredient = dict.fromkeys(("active_manifest", "relationship", "title", "validation_results"), junk)
    for manifest in (
        junk,
        dict.fromkeys(keys, junk),
        {"assertions": [{"label": junk, "data": junk}, {"label": "c2pa.actions", "data": junk}]},
        {"assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action, junk]}}]},
        {"assertions": [{"label": "c2pa.soft-binding", "data": {"alg": "a", "blocks": [block, junk]}}]},
        {"ingredients": [ingredient, junk], "signature_info": {"issuer": junk, "common_name": junk}},
    ):
        for results in (junk, {"activeManifest": junk, "ingredientDeltas": junk}):
            store = {"active_manifest": "m", "manifests": {"m": manifest}, "validation_results": results}
            found = parts.active(store)
            told: list[Any] = [
                one(found) for one in (parts.actions, parts.soft_bindings, parts.signer, parts.generator)
            ]
            told += [one(parts.mapping(results)) for one in (parts.problems, parts.time_stamp)]
            told.append(parts.ingredients(store))
            assert len(repr(told)) < 10_000
    assert parts.active({"active_manifest": junk, "manifests": junk}) == {}


def test_ingredients_that_name_each_other_end() -> None:
    inner = {"ingredients": [{"active_manifest": "b"}, {"active_manifest": "a"}]}
    found = parts.ingredients({"active_manifest": "a", "manifests": {"a": inner, "b": inner}})
    assert 2 <= len(found) <= 4
    assert {item.state for item in found} == {CredentialState.INVALID}, "nobody recorded a check"


def test_many_ingredients_are_cut() -> None:
    store = {"active_manifest": "a", "manifests": {"a": {"ingredients": [{}] * 5000}}}
    assert len(parts.ingredients(store)) == parts.MAX_ITEMS


def test_trust_of_an_ingredient_counts_as_of_now() -> None:
    url = "self#jumbf=/c2pa/b/c2pa.signature"
    recorded = {"failure": [{"code": "signingCredential.untrusted", "url": url}]}
    item = {"active_manifest": "b", "validation_results": {"activeManifest": recorded}}
    store: dict[str, Any] = {"active_manifest": "a", "manifests": {"a": {"ingredients": [item]}, "b": {}}}
    assert parts.ingredients(store)[0].state is CredentialState.UNTRUSTED
    now = {"success": [{"code": "signingCredential.trusted", "url": url}]}
    store["validation_results"] = {"ingredientDeltas": [{"validationDeltas": now}]}
    assert parts.ingredients(store)[0].state is CredentialState.TRUSTED
    worse = {"failure": [{"code": "ingredient.manifest.mismatch", "url": "self#jumbf=/c2pa/b"}]}
    store["validation_results"] = {"ingredientDeltas": [{"validationDeltas": worse}]}
    assert parts.ingredients(store)[0].state is CredentialState.TAMPERED


def test_values_of_soft_bindings() -> None:
    def one(value: object) -> tuple[SoftBinding, ...]:
        data = {
            "alg": "a.b",
            "blocks": [{"value": value, "scope": {"timespan": {"start": 500, "end": 2000}}}],
        }
        return parts.soft_bindings({"assertions": [{"label": "c2pa.soft-binding__1", "data": data}]})

    assert one("AQI=") == one([1, 2]) == (SoftBinding("a.b", b"\x01\x02", 0.5, 2.0),)
    assert one("no base64!") == one([1, 999]) == one([1] * 10**6) == ()


def test_time_stamps() -> None:
    stamped = {"success": [{"code": "timeStamp.validated"}, {"code": "timeStamp.trusted"}]}
    assert parts.time_stamp(stamped) == "trusted"
    untrusted = {
        "success": [{"code": "timeStamp.validated"}],
        "informational": [{"code": "timeStamp.untrusted"}],
    }
    assert parts.time_stamp(untrusted) == "untrusted"
    assert parts.time_stamp({"failure": [{"code": "timeStamp.mismatch"}]}) is None
