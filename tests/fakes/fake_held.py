"""What was read in a file, put together by hand, for the tests of the rules."""

from __future__ import annotations

from typing import Any

from earwitness.compliance import Held
from earwitness.credentials import Action, CredentialReport, CredentialState, Signer
from earwitness.labels import FoundLabels
from earwitness.mark_report import Verification
from earwitness.marks import Search
from earwitness.report import FileFacts

FACTS = FileFacts(
    name="a.wav", sha256="0" * 64, size_bytes=1, duration_s=1.0, container="wav", codec="pcm_s16le",
    sample_rate=16000, channels=1,
)  # fmt: skip


def marks(**change: Any) -> Verification:
    """No mark, unless ``change`` says so."""
    nothing: dict[str, Any] = {
        "file": FACTS,
        "marked": False,
        "verified": False,
        "proof": False,
        "scheme": None,
        "key": None,
        "payload": None,
        "p_value": None,
        "sentence": "",
        "cannot_tell": "",
        "keys_tried": 2,
        "search": Search.HINT,
    }
    return Verification(**{**nothing, **change})


MARKED = marks(marked=True, verified=True, key="studio", payload=42)


def credentials(
    state: CredentialState = CredentialState.TRUSTED,
    source: str | None = "trainedAlgorithmicMedia",
    agent: str | None = "Piper 1.2",
    **change: Any,
) -> CredentialReport:
    """Credentials of a studio, as the tests want them."""
    action = Action("c2pa.created", "2026-11-24T09:00:00Z", agent, source)
    values: dict[str, Any] = {
        "place": "embedded",
        "manifest_id": "urn:c2pa:1",
        "signer": Signer("studio", "Demo Lab", None, None),
        "actions": (action,),
    }
    return CredentialReport("a.wav", "audio/wav", state, "", "", **{**values, **change})


NO_CREDENTIALS = CredentialReport("a.wav", "audio/wav", CredentialState.ABSENT, "", "")


def held(**change: Any) -> Held:
    """Nothing was read, but for ``change``."""
    nothing: dict[str, Any] = {
        "marks": marks(),
        "credentials": NO_CREDENTIALS,
        "labels": FoundLabels("a.wav", "wav"),
        "rhythm": None,
    }
    return Held(**{**nothing, **change})
