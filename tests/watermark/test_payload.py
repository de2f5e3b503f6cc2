"""watermark/payload.py: every id comes back, through noise too, and nobody guesses a tag."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.marks import MarkKey
from earwitness.watermark.payload import (
    CODE_BITS,
    encode,
    false_tag_probability,
    likeliest,
    tag_chips,
    tag_threshold,
)


def payloads(count: int) -> list[int]:
    return [0, 1, 2**32 - 1, *np.random.default_rng(5).integers(2**32, size=count).tolist()]


@pytest.mark.parametrize("payload", payloads(8))
def test_a_code_word_decodes_to_its_id(payload: int) -> None:
    assert likeliest(encode(payload).astype(np.float32), 1)[0].payload == payload


@pytest.mark.parametrize("payload", payloads(8))
def test_forty_five_wrong_bits_are_corrected(payload: int) -> None:
    random = np.random.default_rng(payload)
    soft = encode(payload).astype(np.float32) * random.uniform(0.4, 1.6, CODE_BITS).astype(np.float32)
    soft[random.permutation(CODE_BITS)[:45]] *= -0.5  # wrong bits are less sure of themselves
    assert likeliest(soft, 4)[0].payload == payload


def test_ids_come_back_at_2_db() -> None:
    """Eb/N0 = 2 dB: amplitude 0.637 in unit noise. The best code of this size errs once in hundreds there."""
    random = np.random.default_rng(7)
    right = 0
    for payload in payloads(37):
        soft = (0.637 * encode(payload) + random.standard_normal(CODE_BITS)).astype(np.float32)
        right += payload in [candidate.payload for candidate in likeliest(soft, 16)]
    assert right >= 38


def test_two_code_words_differ_in_91_bits() -> None:
    words = np.array([encode(payload) for payload in payloads(200)], np.int64)
    distances = (CODE_BITS - words @ words.T) // 2
    assert distances[~np.eye(len(words), dtype=bool)].min() >= 91


def test_the_list_is_sorted_and_holds_no_id_twice() -> None:
    soft = np.random.default_rng(1).standard_normal(CODE_BITS).astype(np.float32)
    found = likeliest(soft, 16)
    assert len({candidate.payload for candidate in found}) == len(found) == 16
    values = [candidate.correlation for candidate in found]
    assert values == sorted(values, reverse=True)
    for candidate in found:
        assert candidate.correlation == pytest.approx(float(soft @ encode(candidate.payload)), abs=1e-3)


@pytest.mark.parametrize("payload", [-1, 2**32])
def test_what_is_no_32_bit_number_is_refused(payload: int) -> None:
    with pytest.raises(ValueError, match="payload"):
        encode(payload)


def test_a_tag_depends_on_everything_it_covers(key: MarkKey) -> None:
    chips = tag_chips(key, "scheme-1", 5, 360).astype(int)
    others = [
        tag_chips(key, "scheme-1", 6, 360),
        tag_chips(key, "scheme-2", 5, 360),
        tag_chips(dataclasses.replace(key, key_id="12345678"), "scheme-1", 5, 360),
        tag_chips(dataclasses.replace(key, secret=b"another secret, also long"), "scheme-1", 5, 360),
    ]
    assert set(chips.tolist()) == {-1, 1}
    assert all(abs(chips @ other) < 5 * 360**0.5 for other in others)
    assert np.array_equal(chips, tag_chips(key, "scheme-1", 5, 360))


def test_the_threshold_keeps_false_tags_below_2_to_the_minus_24() -> None:
    for tried in (1, 32, 5000):
        assert false_tag_probability(tag_threshold(tried), tried) == pytest.approx(2.0**-24, rel=1e-6)


def test_the_bound_holds_for_tags_of_random_ids(key: MarkKey) -> None:
    """20,000 tags against one heavy-tailed reception: no threshold is exceeded oftener than promised."""
    received = np.random.default_rng(2).standard_t(2, 360)
    received /= np.sqrt((received**2).sum())
    said = np.array([tag_chips(key, "s", payload, 360) @ received for payload in range(20_000)])
    for threshold in (2.0, 2.5, 3.0, 3.5):
        assert (said > threshold).mean() <= false_tag_probability(threshold, 1)


ids = st.integers(0, 2**32 - 1)


@given(one=ids, other=ids)
def test_the_code_is_linear_and_keeps_ids_far_apart(one: int, other: int) -> None:
    """The designed distance of 91, whatever the ids; the sum of two code words is the word of their sum."""
    first, second = encode(one), encode(other)
    np.testing.assert_array_equal(-first * second, encode(one ^ other))
    assert one == other or int((first != second).sum()) >= 91


@settings(max_examples=25)
@given(payload=ids, wrong=st.sets(st.integers(0, CODE_BITS - 1), max_size=45))
def test_any_forty_five_wrong_bits_are_corrected(payload: int, wrong: set[int]) -> None:
    soft = encode(payload).astype(np.float32)
    soft[list(wrong)] *= -1
    assert likeliest(soft, 1)[0].payload == payload


@given(secret=st.binary(min_size=16, max_size=64), payload=ids, other=ids, count=st.integers(1, 900))
def test_tags_belong_to_one_key_and_one_id(secret: bytes, payload: int, other: int, count: int) -> None:
    key = MarkKey("studio", "00000a11", secret)
    chips = tag_chips(key, "patchwork-1", payload, count)
    assert set(chips.tolist()) <= {-1, 1}
    np.testing.assert_array_equal(chips, tag_chips(key, "patchwork-1", payload, 900)[:count])
    strangers = (
        tag_chips(dataclasses.replace(key, secret=secret + b"x"), "patchwork-1", payload, 900),
        tag_chips(dataclasses.replace(key, key_id="00000a12"), "patchwork-1", payload, 900),
        tag_chips(key, "patchwork-2", payload, 900),
        tag_chips(key, "patchwork-1", other if other != payload else other ^ 1, 900),
    )
    own = tag_chips(key, "patchwork-1", payload, 900).astype(int)
    for stranger in strangers:
        assert abs(int(own @ stranger)) < 8 * 30  # eight standard deviations of 900 coin tosses


@given(tried=st.floats(1, 1e9), more=st.floats(1, 1e3))
def test_the_threshold_keeps_the_bound_however_many_are_tried(tried: float, more: float) -> None:
    assert false_tag_probability(tag_threshold(tried), tried) == pytest.approx(2.0**-24, rel=1e-6)
    assert tag_threshold(tried * more) >= tag_threshold(tried)
