"""watermark/layout.py: each key has a pattern of its own, complete and evenly spread."""

from __future__ import annotations

import hashlib

import numpy as np

from earwitness.marks import MarkKey
from earwitness.watermark.layout import COLUMNS, PAIRS, SYNC, TAG, block_signs, layout_of


def test_every_chip_has_one_job(key: MarkKey) -> None:
    layout = layout_of(key)
    jobs = np.concatenate([layout.sync, layout.tag, layout.code.ravel()])
    assert sorted(jobs.tolist()) == list(range(COLUMNS * PAIRS))
    assert (len(layout.sync), len(layout.tag), layout.code.shape) == (SYNC, TAG, (250, 2))


def test_every_code_bit_has_a_chip_below_and_above_2_khz(key: MarkKey) -> None:
    pair = np.sort(layout_of(key).code % PAIRS, axis=1)
    assert pair[:, 0].max() < 18
    assert pair[:, 1].min() >= 10


def test_patterns_of_two_keys_have_nothing_in_common(key: MarkKey, other_key: MarkKey) -> None:
    one, other = block_signs(key, 7), block_signs(other_key, 7)
    assert abs(float((one * other).sum())) < 5 * (COLUMNS * PAIRS) ** 0.5
    assert not np.array_equal(layout_of(key).sync, layout_of(other_key).sync)


def test_the_payload_changes_code_and_tag_and_nothing_else(key: MarkKey) -> None:
    layout = layout_of(key)
    changed = (block_signs(key, 7) != block_signs(key, 8)).ravel()
    assert not changed[layout.sync].any()
    assert changed[layout.code].any()
    assert changed[layout.tag].any()


def test_the_pattern_of_a_key_never_changes(key: MarkKey) -> None:
    """A changed pattern would make every mark that was ever put in unreadable."""
    signs = block_signs(key, 0xC0FFEE42).astype(np.int8).tobytes()
    assert hashlib.sha256(signs).hexdigest() == FROZEN


FROZEN = "aa5d90a45dc053ed02818642634a8d8b36d2543e7ca8f3e8908217712c05baaf"
