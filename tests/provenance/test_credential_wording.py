"""provenance/credential_wording.py: a plain sentence for every state, and never more than is known."""

from __future__ import annotations

import pytest

from earwitness.credentials import Action, CredentialProblem, CredentialState, Signer
from earwitness.digital_source import DigitalSource
from earwitness.provenance.credential_wording import (
    cannot_tell,
    problem_sentence,
    sentence,
    signer_words,
    source_words,
)

SIGNER = Signer("studio", "Demo Lab", "1", "Es256")
CAPTURED = (Action("c2pa.created", digital_source="digitalCapture"),)


@pytest.mark.parametrize("state", CredentialState)
def test_every_state_has_its_words(state: CredentialState) -> None:
    problem = CredentialProblem("claim.missing", None, problem_sentence("claim.missing"))
    said = sentence(state, SIGNER, CAPTURED, (problem,), remote_url="http://x")
    assert said
    assert cannot_tell(state)
    assert "proof" not in said
    assert "prove" not in said
    assert ("recorded from the real world" in said) == state.intact, "what does not hold is not repeated"


def test_a_camera_claim_is_named_as_a_claim() -> None:
    said = sentence(CredentialState.TRUSTED, SIGNER, CAPTURED, ())
    assert "The signer says that the sound was recorded" in said
    assert "no proof of human origin" in cannot_tell(CredentialState.TRUSTED)


@pytest.mark.parametrize("source", DigitalSource)
def test_every_source_has_words(source: DigitalSource) -> None:
    assert '"' not in source_words(source.value)


def test_unknown_codes_are_shown_as_they_are() -> None:
    assert source_words("urn:other") == '"urn:other"'
    assert "something.new" in problem_sentence("something.new")


def test_signers() -> None:
    assert signer_words(SIGNER) == '"studio" (Demo Lab)'
    assert signer_words(Signer("x", "x", None, None)) == '"x"'
    assert signer_words(Signer(None, None, None, None)) == signer_words(None) == "a signer without a name"
