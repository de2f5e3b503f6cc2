"""provenance/manifest.py: what is claimed, and nothing about anybody that was not given."""

from __future__ import annotations

import json

from earwitness.credentials import Claim, SoftBinding
from earwitness.digital_source import DigitalSource
from earwitness.provenance.manifest import definition

BINDING = SoftBinding("org.earwitness.patchwork.1", b"\x00\xff", 0.5, 1.25)


def test_created_and_edited() -> None:
    claim = Claim(DigitalSource.GENERATED, agent="Piper 1.2", soft_bindings=(BINDING,))
    made = definition(claim, "audio/wav", edited=False)
    actions, binding = made["assertions"]
    first, second = actions["data"]["actions"]
    assert first["action"] == "c2pa.created"
    assert first["digitalSourceType"] == DigitalSource.GENERATED.url
    assert first["softwareAgent"] == {"name": "Piper", "version": "1.2"}
    assert second["action"] == "c2pa.watermarked.bound"
    assert binding["data"]["blocks"] == [
        {"scope": {"timespan": {"start": 500, "end": 1250}}, "value": [0, 255]}
    ]
    assert all(assertion["created"] for assertion in made["assertions"]), "the signer answers for them"
    edited = definition(claim, "audio/wav", edited=True)
    assert edited["assertions"][0]["data"]["actions"][0]["action"] == "c2pa.edited"
    assert edited["instance_id"] != made["instance_id"]


def test_nothing_that_was_not_given() -> None:
    made = definition(Claim(DigitalSource.CAPTURED), "audio/wav", edited=False)
    assert "title" not in made
    assert "softwareAgent" not in json.dumps(made)
    assert len(made["assertions"]) == 1


def test_an_agent_without_a_version() -> None:
    made = definition(Claim(DigitalSource.GENERATED, agent="Deep Voice"), "audio/wav", edited=False)
    assert made["assertions"][0]["data"]["actions"][0]["softwareAgent"] == {"name": "Deep Voice"}
