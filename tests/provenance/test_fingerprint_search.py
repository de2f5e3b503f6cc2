"""provenance/fingerprint_search.py: records by their sound, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soxr

from earwitness.errors import RegistryError
from earwitness.fingerprints import Fingerprint
from earwitness.marks import Search
from earwitness.provenance import fingerprint_search
from earwitness.provenance.database import Database
from earwitness.provenance.fingerprint import METHOD, open_landmarks
from earwitness.provenance.fingerprint_search import cache_folder
from earwitness.provenance.store import open_registry
from earwitness.records import Record

Float32 = npt.NDArray[np.float32]
Make = Callable[..., Record]
RATE = 16_000


def take(samples: Float32) -> Fingerprint:
    maker = open_landmarks().maker(RATE, 1)
    maker.push(samples[None])
    return maker.finish()


@pytest.fixture(scope="module")
def voices(speech_like: Callable[..., Float32], noise: Callable[..., Float32]) -> list[Float32]:
    """Four recordings of 10 s."""
    return [
        np.concatenate([speech_like(2.0, seed=10 * k + part) for part in range(5)])
        + noise(10.0, level=0.003, seed=k)
        for k in range(4)
    ]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_copies_lead_to_their_record(place: str, make_record: Make, voices: list[Float32]) -> None:
    with open_registry(place) as registry:
        entries = registry.add_all(
            [make_record(0), *(make_record(1 + k, fingerprint=take(v)) for k, v in enumerate(voices[:3]))]
        )
        (match,) = registry.by_fingerprint(take(0.2 * voices[1][RATE:]))
        assert match.entry == entries[2]
        assert match.likeness.same
        assert match.likeness.start_s == pytest.approx(1.0, abs=0.05)
        assert registry.by_fingerprint(take(voices[3]), search=Search.FULL) == ()
        late = registry.add(make_record(9, fingerprint=take(voices[3])))
        assert registry.by_fingerprint(take(voices[3]))[0].entry == late, "the index follows the registry"
        fast = np.asarray(soxr.resample(voices[2], 0.94 * RATE, RATE), np.float32)
        assert registry.by_fingerprint(take(fast), search=Search.NONE) == ()
        (match,) = registry.by_fingerprint(take(fast))
        assert match.entry == entries[3]
        assert match.likeness.speed == 0.94


def test_the_likest_of_several_comes_first(tmp_path: Path, make_record: Make, voices: list[Float32]) -> None:
    with open_registry(str(tmp_path / "r.db")) as registry:
        whole = registry.add(make_record(1, fingerprint=take(voices[0])))
        part = registry.add(make_record(2, fingerprint=take(voices[0][: 5 * RATE])))
        found = registry.by_fingerprint(take(voices[0]))
        assert [match.entry for match in found] == [whole, part]
        assert registry.by_fingerprint(take(voices[0]), most=1) == found[:1]


def test_where_nothing_may_be_written_it_works_all_the_same(
    tmp_path: Path, make_record: Make, voices: list[Float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(fingerprint_search.index, "save_segment", refuse)
    monkeypatch.setattr(fingerprint_search, "_A_SEGMENT", 2)
    with open_registry(str(tmp_path / "r.db")) as registry:
        registry.add_all([make_record(k, fingerprint=take(v)) for k, v in enumerate(voices)])
        assert [registry.by_fingerprint(take(v))[0].entry.number for v in voices] == [1, 2, 3, 4]


def test_other_methods_and_damaged_fingerprints(
    tmp_path: Path, make_record: Make, voices: list[Float32]
) -> None:
    with open_registry(str(tmp_path / "r.db")) as registry:
        registry.add(make_record(1, fingerprint=Fingerprint("chromaprint-1", b"1234", 1.0)))
        registry.add(make_record(2, fingerprint=Fingerprint(METHOD, b"123", 1.0)))
        registry.add(make_record(3, fingerprint=take(voices[0])))
        assert registry.by_fingerprint(take(voices[0]))[0].entry.number == 3
        with pytest.raises(RegistryError, match="cannot be compared"):
            registry.by_fingerprint(Fingerprint("chromaprint-1", b"1234", 1.0))


def test_where_the_index_lies() -> None:
    beside = cache_folder(Database("/d/r.db", Path("/d"), None), "id")
    assert beside == Path("/d/r.db.sounds/id")
    server = Database("postgresql://x", None, None)
    assert cache_folder(server, "id", {"XDG_CACHE_HOME": "/c"}) == Path("/c/earwitness/sounds/id")
    assert cache_folder(server, "id", {}).parts[-3:] == ("earwitness", "sounds", "id")
