"""provenance/fingerprint_index.py: segments on the disk, their merging, and what is found in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earwitness.provenance import fingerprint_index as index
from earwitness.provenance.fingerprint_index import Segment
from earwitness.provenance.landmark_pairs import Pairs, pairs_of
from earwitness.provenance.landmarks import BINS


def sound(seed: int, count: int = 240, frames: int = 620) -> Pairs:
    random = np.random.default_rng(seed)
    frame = np.sort(random.integers(0, frames, count))
    return pairs_of(np.stack([frame, random.integers(0, BINS, count)], axis=1).astype(np.int32))


def segment(first: int, last: int) -> Segment:
    entries = [(number, sound(number)) for number in range(first, last + 1)]
    return Segment(first, last, f"{last:064x}", index.postings(entries, first))


def anything_fits(_number: int, _chain: str) -> bool:
    return True


def test_one_pair_in_four_is_kept_the_same_ones_always() -> None:
    pairs = sound(0, 5000, 20_000)
    kept = index.kept(pairs)
    assert len(kept.key) == pytest.approx(len(pairs.key) / 4, rel=0.1)
    assert set(kept.key) & set(pairs.key[~np.isin(pairs.key, kept.key)]) == set()


def test_the_right_entry_comes_first() -> None:
    segments = [segment(1, 20), segment(21, 30)]
    for number in (1, 20, 21, 30):
        heard = sound(number)
        part = Pairs(heard.key[100:600], heard.frame[100:600] - 37)
        found = index.search(segments, part, 3)
        assert found[0].number == number
        assert found[0].shared > 10 * max([one.shared for one in found[1:]], default=1) / 2
    assert index.search([], sound(1), 3) == []
    assert index.search(segments, Pairs(np.zeros(0, np.int32), np.zeros(0, np.int32)), 3) == []


def test_very_many_hits_are_thinned_out_without_losing_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [segment(1, 60)]
    plain = index.search(whole, sound(33), 1)
    monkeypatch.setattr(index, "_MANY", 1)
    assert index.search(whole, sound(33), 1) == plain
    assert plain[0].number == 33


def test_frames_that_do_not_fit_are_left_out() -> None:
    pairs = sound(1)
    late = Pairs(pairs.key, pairs.frame + 2**index.FRAME_BITS)
    assert len(index.postings([(1, late)], 1)) == 0


def test_segments_are_kept_merged_and_found_again(tmp_path: Path) -> None:
    segments: list[Segment] = []
    for first in range(1, 41, 4):
        segments.append(index.save_segment(tmp_path, segment(first, first + 3)))
        segments = index.merge_last(tmp_path, segments)
    assert len(segments) < 4
    assert len(list(tmp_path.iterdir())) == len(segments)
    again = index.load_segments(tmp_path, anything_fits)
    assert [(one.first, one.last) for one in again] == [(one.first, one.last) for one in segments]
    for number in (1, 17, 40):
        assert index.search(again, sound(number), 1)[0].number == number
    together = np.concatenate([one.postings for one in again])
    assert len(together) == sum(len(segment(n, n).postings) for n in range(1, 41))
    assert all((np.diff(one.postings.astype(np.int64)) >= 0).all() for one in again)


def test_only_what_fits_the_registry_is_used(tmp_path: Path) -> None:
    for first, last in ((1, 4), (1, 8), (5, 8), (10, 12)):
        index.save_segment(tmp_path, segment(first, last))
    assert [(s.first, s.last) for s in index.load_segments(tmp_path, anything_fits)] == [(1, 8)]
    older = index.load_segments(tmp_path, lambda number, chain: number < 8 and int(chain, 16) == number)
    assert [(s.first, s.last) for s in older] == [(1, 4)]
    assert index.load_segments(tmp_path / "none", anything_fits) == []


def test_torn_and_foreign_files_are_ignored(tmp_path: Path) -> None:
    good = index.save_segment(tmp_path, segment(1, 4))
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / f"1-9-{'0' * 64}.npy").write_bytes(b"torn")
    np.save(tmp_path / f"1-8-{'0' * 64}.npy", np.zeros(3))
    (found,) = index.load_segments(tmp_path, anything_fits)
    assert (found.first, found.last) == (good.first, good.last)


def test_what_a_long_recording_says_late_leads_to_no_other_entry() -> None:
    there, pairs = [segment(1, 6)], sound(4)
    late = Pairs(pairs.key, pairs.frame + 2 ** (index.FRAME_BITS + 1) + 9)
    assert index.search(there, late, 3) == []
    both = Pairs(np.concatenate([pairs.key, late.key]), np.concatenate([pairs.frame, late.frame]))
    assert index.search(there, both, 3) == index.search(there, pairs, 3)


def test_of_very_many_hits_the_rarest_keys_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries that share only what is everywhere do not hide the one that shares what is rare."""
    random = np.random.default_rng(3)
    common = Pairs(np.repeat(_kept_keys(4), 50).astype(np.int64), np.sort(random.integers(0, 600, 200)))
    own = Pairs(_kept_keys(40)[4:], np.arange(36, dtype=np.int64) * 10)
    crowd = [(number, common) for number in range(1, 200)]
    mine = Pairs(np.concatenate([common.key, own.key]), np.concatenate([common.frame, own.frame]))
    segment = index.Segment(1, 200, "0" * 64, index.postings([*crowd, (200, mine)], 1))
    monkeypatch.setattr(index, "MOST_HITS", 1_000)
    (best, *_) = index.search([segment], mine, 4)
    assert (best.number, best.shared) == (200, 36)


def _kept_keys(count: int) -> np.ndarray:
    """Keys that the index keeps."""
    every = np.arange(4_000, dtype=np.int64)
    return index.kept(Pairs(every, every)).key[:count]
