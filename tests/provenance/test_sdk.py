"""provenance/sdk.py: the library is opened so that it fetches nothing."""

from __future__ import annotations

from typing import Any

import pytest

from earwitness.provenance import sdk


def test_settings_forbid_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, Any]] = []
    c2pa = sdk.load()
    monkeypatch.setattr(c2pa.Context, "from_dict", given.append)
    sdk.open_context("")
    sdk.open_context("PEM")
    for settings in given:
        assert settings["core"] == {"allowed_network_hosts": [], "decode_identity_assertions": False}
        assert settings["verify"]["remote_manifest_fetch"] is False
        assert settings["verify"]["ocsp_fetch"] is False
        assert settings["verify"]["verify_trust"] is True
    assert ["trust" in settings for settings in given] == [False, True]


def test_the_library_takes_the_settings() -> None:
    with sdk.open_context("") as context:
        assert context.is_valid
