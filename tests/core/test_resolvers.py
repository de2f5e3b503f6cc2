"""core/resolvers.py: the contract; who answers is tests/provenance/test_resolvers.py."""

from __future__ import annotations

import pytest

from earwitness.credentials import CredentialReport, CredentialState, SoftBinding
from earwitness.resolvers import Resolution, load_resolvers, names_binding

BINDING = SoftBinding("org.earwitness.patchwork.1", bytes(8))


def test_nobody_is_asked_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EARWITNESS_RESOLVERS", raising=False)
    resolvers = load_resolvers()
    assert resolvers.addresses == ()
    assert resolvers.resolve([BINDING]) == Resolution()


def test_credentials_have_to_name_the_mark_that_led_to_them() -> None:
    spoken = SoftBinding(BINDING.algorithm, BINDING.value, 0.0, 2.5)
    report = CredentialReport("x", None, CredentialState.TRUSTED, "", "", soft_bindings=(spoken,))
    assert names_binding(report, BINDING), "where in the sound does not matter"
    assert not names_binding(report, SoftBinding(BINDING.algorithm, bytes(7) + b"\x01"))
    assert not names_binding(report, SoftBinding("org.earwitness.patchwork.2", BINDING.value))
