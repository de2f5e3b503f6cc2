"""core/verifying.py: from readings to one answer."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import fake_marks
import numpy as np
import pytest

from earwitness.marking import mark
from earwitness.marks import MarkKey, Reading, Search
from earwitness.provenance.keys import KeyRing
from earwitness.verifying import MarkSearch, verify

pytestmark = pytest.mark.usefixtures("fake_scheme")


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    ring = KeyRing(tmp_path / "keys.json", {})
    ring.create("studio")
    return ring


def test_a_stream_is_read_like_a_file(
    ring: KeyRing, tmp_path: Path, speech_like: Callable[..., np.ndarray], write_wav: Callable[..., Path]
) -> None:
    target = tmp_path / "b.wav"
    mark(write_wav(speech_like(4.0, level=0.3)), target, key="studio", payload=9, keys=ring)
    found = verify(io.BytesIO(target.read_bytes()), name="-", keys=ring, search="none")
    assert (found.payload, found.file.name, found.search) == (9, "-", Search.NONE)
    assert found.spans[0].end_s == pytest.approx(4.0)
    assert found.scheme == "fake-1"


def test_p_values_are_multiplied_by_the_keys_tried(
    ring: KeyRing, tmp_path: Path, tone: Callable[..., np.ndarray], write_wav: Callable[..., Path]
) -> None:
    path = write_wav(tone(2.0))
    assert verify(path, keys=ring).p_value == 1.0  # two keys, 0.5 each
    assert verify(path, keys=ring, key="studio").p_value == 0.5
    mark(path, tmp_path / "b.wav", key="studio", keys=ring)
    assert verify(tmp_path / "b.wav", keys=ring).p_value == pytest.approx(2e-8)


class Keyless(fake_marks.FakeWatermark):
    """A scheme that everybody can read and forge."""

    needs_key = False

    def reader(
        self, keys: Sequence[MarkKey], rate: int, channels: int, search: Search
    ) -> fake_marks.FakeReader:
        assert keys == ()
        reader = super().reader(keys, rate, channels, search)
        found = Reading("keyless", "everybody", "", True, True, 1e-9, True, None, 1e-9, ())
        reader.finish = lambda: (found,)  # type: ignore[method-assign]
        return reader


def test_a_scheme_without_keys_never_proves_anything(
    ring: KeyRing, monkeypatch: pytest.MonkeyPatch, tone: Callable[..., np.ndarray]
) -> None:
    monkeypatch.setattr("earwitness.verifying.load_scheme", lambda _: Keyless())
    search = MarkSearch(ring, 16000, 1, schemes=("theirs",))
    search.push(tone(1.0)[np.newaxis])
    [finding] = search.finish()
    assert search.keys_tried == 1
    assert not finding.proof
    assert finding.key.signpost
