"""core/marks.py: what everybody relies on about keys."""

from __future__ import annotations

import pytest

from earwitness.marks import MarkKey, detectability

SECRET = b"0123456789abcdef"


def test_a_secret_never_shows() -> None:
    assert "0123456789" not in repr(MarkKey("studio", "00ff00ff", SECRET))


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        MarkKey("studio", "00ff00ff", SECRET[:15])


@pytest.mark.parametrize("key_id", ["", "00FF00FF", "00ff00f", "00ff00ff0", "secret!!"])
def test_a_key_id_is_eight_hex_digits(key_id: str) -> None:
    with pytest.raises(ValueError, match="8 lower-case hex digits"):
        MarkKey("studio", key_id, SECRET)


@pytest.mark.parametrize(
    ("p", "expected"), [(1.0, 0.0), (1e-6, 0.0), (1e-33, 0.5), (1e-60, 1.0), (1e-200, 1.0), (0.0, 1.0)]
)
def test_detectability_is_the_margin_on_a_log_scale(p: float, expected: float) -> None:
    assert detectability(p) == pytest.approx(expected, abs=1e-9)
