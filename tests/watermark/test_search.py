"""watermark/search.py: marks that were played faster, slower or higher."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.marks import MarkKey, Reading, Search
from earwitness.samples import resample
from earwitness.watermark.search import tries

Float32 = npt.NDArray[np.float32]
Read = Callable[..., tuple[Reading, ...]]


@pytest.mark.parametrize("speed", [0.9, 0.97, 1.03, 1.1])
def test_another_speed_is_found_by_a_hint(
    speed: float, marked: Float32, key: MarkKey, read_marks: Read
) -> None:
    played = resample(marked, round(16_000 * speed), 16_000)
    assert not read_marks(played, key)[0].verified
    (reading,) = read_marks(played, key, search=Search.HINT)
    assert reading.payload == 0xC0FFEE42
    assert reading.speed == pytest.approx(speed, abs=0.006)
    assert reading.pitch == pytest.approx(speed, abs=0.006)
    assert reading.spans[-1].end_s == pytest.approx(7 / speed, abs=0.6)


def test_what_is_found_at_once_is_not_searched(marked: Float32, key: MarkKey, read_marks: Read) -> None:
    (reading,) = read_marks(marked, key, search=Search.FULL)
    assert (reading.speed, reading.pitch, reading.verified) == (1.0, 1.0, True)


def test_a_search_finds_nothing_in_unmarked_sound(speech: Float32, key: MarkKey, read_marks: Read) -> None:
    (reading,) = read_marks(speech, key, search=Search.FULL)
    assert not reading.marked
    assert reading.speed == 1.0


def test_every_look_is_counted() -> None:
    assert tries(Search.NONE) == 0
    assert 60 <= tries(Search.HINT) < tries(Search.FULL)
