"""core/compliance_facts.py: what counts as signed, marked and labelled, and how it is told."""

from __future__ import annotations

import pytest
from fake_held import MARKED, credentials, held, marks

from earwitness.compliance import Outcome
from earwitness.compliance_facts import (
    credentials_clause,
    label_says_generated,
    mark_clause,
    signed_as_generated,
    told,
    uncheckable,
    watermarked,
)
from earwitness.credentials import CredentialState
from earwitness.labels import AigcLabel, FoundLabels, LatentDisclosure


def test_outcomes() -> None:
    assert told("n", "s", "t", True, "e").outcome is Outcome.MET
    assert told("n", "s", "t", False, "e").outcome is Outcome.NOT_MET
    assert uncheckable("n", "s", "t", "e", optional=True).outcome is Outcome.NOT_CHECKABLE


@pytest.mark.parametrize("state", list(CredentialState))
def test_only_intact_credentials_in_date_count(state: CredentialState) -> None:
    there = held(credentials=credentials(state))
    assert signed_as_generated(there) == (state in (CredentialState.TRUSTED, CredentialState.UNTRUSTED))
    assert credentials_clause(there)


def test_what_credentials_must_say() -> None:
    assert not signed_as_generated(held(credentials=credentials(source="digitalCapture")))
    assert not signed_as_generated(held(credentials=credentials(source=None)))
    assert "not on your trust list" in credentials_clause(
        held(credentials=credentials(CredentialState.UNTRUSTED))
    )
    assert "tampered" in credentials_clause(held(credentials=credentials(CredentialState.TAMPERED)))
    assert "no Content Credentials" in credentials_clause(held())


def test_only_a_verified_mark_counts() -> None:
    assert watermarked(held(marks=MARKED))
    assert "0x0000002a" in mark_clause(held(marks=MARKED))
    traces = held(marks=marks(marked=True))
    assert not watermarked(traces)
    assert "no payload that verifies" in mark_clause(traces)
    assert "2 keys" in mark_clause(held())


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        (FoundLabels("a", "wav"), False),
        (FoundLabels("a", "wav", AigcLabel("1")), True),
        (FoundLabels("a", "wav", AigcLabel("3")), False),
        (FoundLabels("a", "wav", None, LatentDisclosure(source="trainedAlgorithmicMedia")), True),
        (FoundLabels("a", "wav", None, LatentDisclosure(provider="x")), False),
    ],
)
def test_labels_that_say_so(labels: FoundLabels, says: bool) -> None:
    assert label_says_generated(held(labels=labels)) is says
