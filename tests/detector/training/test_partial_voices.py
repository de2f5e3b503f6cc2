"""Who is in a folder of pairs, and clips joined to two tracks that agree in time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from earwitness.detector.training.channels import speech_level
from earwitness.detector.training.partial_voices import LEVEL, join, read_voices
from earwitness.errors import SourceNotFoundError

RATE = 16_000


def test_people_with_their_pairs_and_other_clips(pairs: Path, real: Path) -> None:
    assert [(v.speaker, len(v.takes)) for v in read_voices(pairs)] == [("ann", 5), ("ben", 1)]
    ben = read_voices(pairs, real)[1]
    assert [take.engine for take in ben.takes] == ["world", ""]
    assert [take.seconds for take in ben.others("world")] == [8.0]


def test_the_copy_lies_where_its_human_clip_does_and_is_as_loud(pairs: Path) -> None:
    ann = read_voices(pairs)[0]
    tracks = join(ann.takes[:3], "world", np.random.default_rng(0))
    assert tracks.copied.all()
    assert 9 * RATE + 2 * 0.08 * RATE <= len(tracks.human) <= 9 * RATE + 2 * 0.3 * RATE
    first = slice(0, 3 * RATE)
    np.testing.assert_allclose(tracks.copy[first], -tracks.human[first], atol=1e-3)
    assert speech_level(tracks.human[first]) == pytest.approx(LEVEL, rel=0.02)
    pause = slice(3 * RATE, 3 * RATE + int(0.08 * RATE))
    np.testing.assert_array_equal(tracks.copy[pause], tracks.human[pause])
    assert np.abs(tracks.human[pause]).max() < LEVEL


def test_clips_without_a_copy_have_none(pairs: Path, real: Path) -> None:
    ben = read_voices(pairs, real)[1]
    tracks = join(ben.takes, "world", np.random.default_rng(0))
    assert tracks.copied[: 3 * RATE].all()
    assert not tracks.copied[3 * RATE :].any()
    assert not tracks.copy[3 * RATE :].any()
    assert tracks.human[4 * RATE :].any()
    # Another engine's copies are not taken for this one's; its human clips are.
    assert not join(ben.takes, "mbmelgan", np.random.default_rng(0)).copied.any()


def test_other_clips_go_through_the_rate_of_the_engine(pairs: Path, real: Path) -> None:
    other = read_voices(pairs, real)[1].others("world")
    plain, through = (join(other, engine, np.random.default_rng(0)).human for engine in ("world", "cargan"))
    assert len(plain) == len(through)
    assert np.abs(plain - through).max() > 0
    np.testing.assert_allclose(plain, through, atol=0.02)


def test_what_is_missing_is_said(pairs: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="no pairs"):
        read_voices(tmp_path / "none")
    with pytest.raises(SourceNotFoundError, match="list of recordings"):
        read_voices(pairs, tmp_path / "none.tsv")
    (pairs / "3.flac").unlink()
    with pytest.raises(SourceNotFoundError, match="a clip"):
        read_voices(pairs)
