"""watermark/reading.py: who reads what, where, and who reads nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.marks import MarkKey, Reading
from earwitness.samples import resample

Float32 = npt.NDArray[np.float32]
Put = Callable[..., Float32]
Read = Callable[..., tuple[Reading, ...]]
PAYLOAD = 0xC0FFEE42


def test_the_right_key_reads_the_payload(marked: Float32, key: MarkKey, read_marks: Read) -> None:
    (reading,) = read_marks(marked, key)
    assert (reading.scheme, reading.key, reading.key_id) == ("patchwork-1", "studio", "00000a11")
    assert reading.marked
    assert reading.verified
    assert reading.payload == PAYLOAD
    assert reading.p_or_one < 1e-12
    assert reading.p_payload is not None
    assert reading.p_payload < 1e-12
    assert (reading.speed, reading.pitch) == (1.0, 1.0)
    (span,) = reading.spans
    assert span.start_s == pytest.approx(0, abs=0.5)
    assert span.end_s == pytest.approx(7, abs=0.5)


@pytest.mark.parametrize("seed", range(12))
def test_a_wrong_key_reads_nothing(seed: int, marked: Float32, read_marks: Read) -> None:
    stranger = MarkKey("stranger", f"{seed:08x}", np.random.default_rng(seed).bytes(32))
    (reading,) = read_marks(marked, stranger)
    assert not reading.marked
    assert not reading.verified
    assert reading.payload is None
    assert reading.spans == ()


def test_the_same_secret_under_another_id_reads_nothing(
    marked: Float32, key: MarkKey, read_marks: Read
) -> None:
    assert not read_marks(marked, MarkKey("renamed", "ffffffff", key.secret))[0].marked


def test_unmarked_sound_reads_nothing(speech: Float32, key: MarkKey, read_marks: Read) -> None:
    (reading,) = read_marks(speech, key)
    assert not reading.marked
    assert reading.p_or_one > 1e-6


@pytest.mark.parametrize("seed", range(3))
def test_a_reading_does_not_depend_on_the_blocks(
    seed: int, marked: Float32, key: MarkKey, other_key: MarkKey, read_marks: Read
) -> None:
    cuts = np.sort(np.random.default_rng(seed).integers(0, marked.shape[1], 30)).tolist()
    whole = read_marks(marked, key, other_key)
    parts = read_marks(marked, key, other_key, blocks=cuts)
    for one, other in zip(whole, parts, strict=True):
        assert (one.marked, one.payload, one.spans) == (other.marked, other.payload, other.spans)
        assert one.p_marked == pytest.approx(other.p_marked, rel=0.05)


def test_two_keys_in_one_file_are_both_read(
    marked: Float32, key: MarkKey, other_key: MarkKey, put_mark: Put, read_marks: Read
) -> None:
    twice = put_mark(marked, other_key, payload=77)
    first, second = read_marks(twice, key, other_key)
    assert (first.payload, second.payload) == (PAYLOAD, 77)


def test_a_marked_sentence_between_unmarked_ones_is_found_where_it_is(
    speech: Float32, marked: Float32, key: MarkKey, read_marks: Read
) -> None:
    spliced = np.concatenate([speech[:, ::-1], marked, speech[:, 5_000:]], axis=1)
    (reading,) = read_marks(spliced, key)
    assert reading.payload == PAYLOAD
    (span,) = reading.spans
    assert span.start_s == pytest.approx(7, abs=1)
    assert span.end_s == pytest.approx(14, abs=1)


def test_an_unmarked_insertion_leaves_a_gap(
    speech: Float32, key: MarkKey, put_mark: Put, read_marks: Read
) -> None:
    double = put_mark(np.concatenate([speech, speech[:, ::-1]], axis=1), key)
    spliced = np.concatenate([double[:, :96_000], speech[:, :64_000], double[:, 160_000:]], axis=1)
    (reading,) = read_marks(spliced, key)
    assert len(reading.spans) == 2
    assert reading.spans[0].end_s == pytest.approx(6, abs=1)
    assert reading.spans[1].start_s == pytest.approx(10, abs=1)


def test_two_payloads_of_one_key_are_two_readings(
    speech: Float32, marked: Float32, key: MarkKey, put_mark: Put, read_marks: Read
) -> None:
    joined = np.concatenate([marked, put_mark(speech[:, ::-1], key, payload=5)], axis=1)
    readings = read_marks(joined, key)
    assert {reading.payload for reading in readings} == {PAYLOAD, 5}


@pytest.mark.parametrize("start", [0, 777, 20_000, 33_333])
def test_three_seconds_from_anywhere_carry_the_payload(
    start: int, marked: Float32, key: MarkKey, read_marks: Read
) -> None:
    assert read_marks(marked[:, start : start + 48_000], key)[0].payload == PAYLOAD


def test_telephone_noise_and_gain_are_survived(marked: Float32, key: MarkKey, read_marks: Read) -> None:
    telephone = resample(resample(marked, 16_000, 8_000), 8_000, 16_000)
    hiss = np.random.default_rng(0).standard_normal(marked.shape).astype(np.float32)
    noisy = marked + hiss * np.sqrt(np.mean(marked**2) / 100)
    for heard in (telephone, noisy.astype(np.float32), marked * np.float32(0.05), -marked):
        assert read_marks(heard, key)[0].payload == PAYLOAD


def test_a_long_recording_is_read_in_chapters(
    key: MarkKey, speech: Float32, put_mark: Put, read_marks: Read
) -> None:
    """150 s of which the second minute is marked: three chapters, one reading, joined spans."""
    long = np.tile(speech, (1, 22))[:, : 150 * 16_000]
    part = slice(50 * 16_000, 110 * 16_000)
    spliced = long.copy()
    spliced[:, part] = put_mark(long[:, part], key)
    (reading,) = read_marks(spliced, key, blocks=list(range(160_000, 2_400_000, 160_000)))
    assert reading.payload == PAYLOAD
    assert reading.spans[0].start_s == pytest.approx(50, abs=1)
    assert reading.spans[-1].end_s == pytest.approx(110, abs=1)


@pytest.mark.parametrize("samples", [0, 1, 400, 3_000])
def test_hardly_any_sound_is_no_error(samples: int, speech: Float32, key: MarkKey, read_marks: Read) -> None:
    assert not read_marks(speech[:, :samples], key)[0].marked


def test_silence_is_unmarked(key: MarkKey, read_marks: Read) -> None:
    assert not read_marks(np.zeros((2, 80_000), np.float32), key)[0].marked


def test_without_keys_nothing_is_read(marked: Float32, read_marks: Read) -> None:
    assert read_marks(marked) == ()


@settings(max_examples=15)
@given(cuts=st.lists(st.integers(0, 112_000), max_size=12).map(sorted), start=st.integers(0, 60_000))
def test_any_cut_and_any_start_read_the_same(
    cuts: list[int], start: int, marked: Float32, key: MarkKey, read_marks: Read
) -> None:
    """From any sample on, in any blocks: three seconds and more give the payload."""
    rest = marked[:, start:]
    (whole,) = read_marks(rest, key)
    (parts,) = read_marks(rest, key, blocks=[cut for cut in cuts if cut <= rest.shape[1]])
    assert whole.payload == PAYLOAD
    assert (whole.marked, whole.payload, whole.spans) == (parts.marked, parts.payload, parts.spans)
    assert whole.p_marked == pytest.approx(parts.p_marked, rel=0.05)
