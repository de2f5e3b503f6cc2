"""watermark/patchwork.py: the scheme keeps the protocol and refuses nonsense."""

from __future__ import annotations

import pytest

from earwitness import plugins
from earwitness.errors import UsageError
from earwitness.marks import MarkKey, Watermark
from earwitness.watermark.patchwork import Patchwork, load


def test_the_default_plugin_is_this_scheme() -> None:
    scheme: Watermark = load()
    assert (scheme.name, scheme.payload_bits, scheme.needs_key) == ("patchwork-1", 32, True)
    assert plugins.load(plugins.WATERMARKS) is load


@pytest.mark.parametrize(
    ("payload", "rate", "channels", "says"),
    [
        (None, 16_000, 1, "payload"),
        (2**32, 16_000, 1, "payload"),
        (1, 2_000, 1, "rate"),
        (1, 16_000, 0, "channel"),
    ],
)
def test_nonsense_is_refused(payload: int | None, rate: int, channels: int, says: str, key: MarkKey) -> None:
    with pytest.raises(UsageError, match=says):
        Patchwork().embedder(key, payload, rate, channels)


def test_no_key_no_mark() -> None:
    with pytest.raises(UsageError, match="key"):
        Patchwork().embedder(None, 1, 16_000, 1)
