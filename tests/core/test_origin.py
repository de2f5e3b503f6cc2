"""core/origin.py: which record, and whether the sound is the record's; attacked copies stay the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.credentials import SoftBinding
from earwitness.fingerprints import Fingerprint, load_fingerprints
from earwitness.key_rings import KeyInfo, KeyState, MarkFinding
from earwitness.marks import Reading, Search, Span
from earwitness.origin import (
    By,
    Comparison,
    Heard,
    Lead,
    bound_leads,
    find_origins,
    mark_leads,
)
from earwitness.provenance.store import SqlRegistry, open_registry
from earwitness.records import Record
from earwitness.samples import resample
from earwitness.soft_bindings import bind

Float32 = npt.NDArray[np.float32]
KEY, PAYLOAD = "00000a11", 7
LEAD = Lead(By.MARK, KEY, PAYLOAD, "studio")


def fingerprint(sound: Float32, rate: int = 16_000) -> Fingerprint:
    maker = load_fingerprints().maker(rate, 1)
    maker.push(sound[None])
    return maker.finish()


@pytest.fixture
def sound(speech_like: Callable[..., Float32]) -> Float32:
    return speech_like(12.0, seed=1)


@pytest.fixture
def registry(tmp_path: Path, sound: Float32) -> Iterator[SqlRegistry]:
    record = Record(
        content_sha256="a" * 64,
        payload=PAYLOAD,
        key_ids=(KEY,),
        fingerprint=fingerprint(sound),
        manifest=b"not really a manifest",
    )
    with open_registry(str(tmp_path / "registry.db")) as opened:
        opened.add(record)
        yield opened


def noisy(sound: Float32) -> Float32:
    noise = np.random.default_rng(0).standard_normal(sound.size).astype(np.float32)
    return sound + noise * np.float32(0.3 * np.sqrt(np.mean(sound**2)))


@pytest.mark.parametrize(
    "change",
    [
        lambda x: 0.1 * x,
        noisy,
        lambda x: x[32_000:],
        lambda x: resample(x[None], 16_000, 17_000)[0],
        lambda x: resample(resample(x[None], 16_000, 8_000), 8_000, 16_000)[0],
    ],
    ids=["quieter", "noise", "cut", "faster", "telephone band"],
)
def test_copies_are_the_same_sound(
    change: Callable[[Float32], Float32], sound: Float32, registry: SqlRegistry
) -> None:
    heard = Heard("b" * 64, fingerprint(np.asarray(change(sound), np.float32)))
    (origin,) = find_origins(heard, [LEAD], registry)
    assert (origin.by, origin.comparison, origin.key) == (By.MARK, Comparison.SAME_SOUND, "studio")
    assert origin.likeness is not None
    assert origin.likeness.same
    assert "edited" in origin.sentence


def test_the_very_file_needs_no_comparison(registry: SqlRegistry) -> None:
    (origin,) = find_origins(Heard("a" * 64), [LEAD], registry)
    assert origin.comparison is Comparison.SAME
    (origin,) = find_origins(Heard("a" * 64), [], registry)
    assert origin.by is By.CONTENT


def test_a_mark_on_other_sound_was_transferred(registry: SqlRegistry) -> None:
    other = np.random.default_rng(5).standard_normal(12 * 16_000).astype(np.float32) * 0.1
    (origin,) = find_origins(Heard("b" * 64, fingerprint(other)), [LEAD], registry)
    assert origin.comparison is Comparison.TRANSFERRED
    assert "TRANSFERRED" in origin.sentence
    assert "nothing about it" in origin.cannot_tell


@pytest.mark.parametrize("seconds", [2.0, 5.0])
def test_too_little_sound_settles_nothing(seconds: float, registry: SqlRegistry) -> None:
    other = np.random.default_rng(5).standard_normal(12 * 16_000).astype(np.float32) * 0.1
    short = Heard("b" * 64, fingerprint(other[: round(seconds * 16_000)]))
    assert find_origins(short, [LEAD], registry)[0].comparison is Comparison.UNCOMPARED
    part = Lead(By.MARK, KEY, PAYLOAD, "studio", seconds=seconds)  # a short marked stretch in longer sound
    assert (
        find_origins(Heard("b" * 64, fingerprint(other)), [part], registry)[0].comparison
        is Comparison.UNCOMPARED
    )
    assert find_origins(Heard("b" * 64), [LEAD], registry)[0].comparison is Comparison.UNCOMPARED


def test_a_copy_without_its_mark_is_found_by_its_sound(sound: Float32, registry: SqlRegistry) -> None:
    heard = Heard("b" * 64, fingerprint(noisy(sound)))
    (origin,) = find_origins(heard, [], registry)
    assert (origin.by, origin.comparison) == (By.FINGERPRINT, Comparison.SAME_SOUND)
    assert find_origins(heard, [], registry, copies=False) == ()


def test_a_mark_without_a_record_leads_nowhere(registry: SqlRegistry) -> None:
    assert find_origins(Heard("b" * 64), [Lead(By.MARK, KEY, 8)], registry) == ()
    assert find_origins(Heard("b" * 64), [Lead(By.MARK, "00000a12", PAYLOAD)], registry) == ()


def test_a_fingerprint_of_another_method_is_not_compared(tmp_path: Path) -> None:
    with open_registry(str(tmp_path / "other.db")) as opened:
        odd = Fingerprint("somebodys-2", b"abc", 9.0)
        opened.add(Record(content_sha256="a" * 64, payload=PAYLOAD, key_ids=(KEY,), fingerprint=odd))
        heard = Heard("b" * 64, fingerprint(np.zeros(160_000, np.float32)))
        (origin,) = find_origins(heard, [LEAD], opened, search=Search.NONE, copies=False)
        assert origin.comparison is Comparison.UNCOMPARED


def test_leads_are_verified_marks_and_our_own_bindings() -> None:
    info = KeyInfo("studio", KEY, KeyState.ACTIVE, False, "file")
    reading = Reading("patchwork-1", "studio", KEY, False, True, 1e-9, True, PAYLOAD, 1e-9, (Span(1, 3),))
    faint = Reading("patchwork-1", "studio", KEY, False, True, 1e-9, False, None, None, (Span(1, 3),))
    leads = mark_leads([MarkFinding(reading, info), MarkFinding(faint, info)])
    assert leads == (Lead(By.MARK, KEY, PAYLOAD, "studio", False, 2.0),)
    theirs = SoftBinding("com.somebody.watermark", b"12345678")
    assert bound_leads([bind("patchwork-1", KEY, PAYLOAD), theirs]) == (Lead(By.CREDENTIALS, KEY, PAYLOAD),)
