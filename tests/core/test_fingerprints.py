"""core/fingerprints.py: methods come from plug-ins."""

from __future__ import annotations

import pytest

from earwitness import plugins
from earwitness.errors import PluginError
from earwitness.fingerprints import Fingerprint, load_fingerprints


def test_the_default_method_needs_nothing_but_the_base() -> None:
    assert load_fingerprints().name == "landmarks-1"
    assert {"default", "chromaprint"} <= set(plugins.names(plugins.FINGERPRINTS))


def test_an_unknown_method_is_told() -> None:
    with pytest.raises(PluginError, match="landmarks-9"):
        load_fingerprints("landmarks-9")


def test_data_is_not_shown() -> None:
    assert "secret" not in repr(Fingerprint("x-1", b"secret", 1.0))
