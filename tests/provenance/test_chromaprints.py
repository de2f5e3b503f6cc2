"""provenance/chromaprints.py: where the library is there, and the word where it is not."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import MissingDependencyError, RegistryError
from earwitness.fingerprints import Fingerprint
from earwitness.provenance.chromaprints import (
    METHOD,
    STEP_S,
    ChromaprintFingerprints,
    bit_errors,
    open_chromaprint,
)

Float32 = npt.NDArray[np.float32]
Sound = Callable[..., Float32]
RATE = 16_000


def bits(count: int, seed: int = 0) -> npt.NDArray[np.uint32]:
    return np.random.default_rng(seed).integers(0, 2**32, count, dtype=np.uint32)


def test_the_best_place_and_its_wrong_bits() -> None:
    whole = bits(100)
    wrong, shift, compared = bit_errors(whole, whole[40:80] ^ np.uint32(3))
    assert (wrong, shift, compared) == (2 / 32, 40, 40 * 32)
    assert bit_errors(whole[40:80], whole)[1] == -40
    assert bit_errors(whole, bits(60, 1))[0] > 0.4


def test_too_little_overlap_says_nothing() -> None:
    assert bit_errors(bits(100), bits(5)) == (1.0, 0, 0)


def test_data_is_compared_without_the_library() -> None:
    method = ChromaprintFingerprints(None)
    known = Fingerprint(METHOD, bits(100).astype("<u4").tobytes(), 12.4)
    heard = Fingerprint(METHOD, bits(100)[20:90].astype("<u4").tobytes(), 8.7)
    found = method.compare(known, heard)
    assert found.same
    assert found.start_s == pytest.approx(20 * STEP_S, abs=0.001)
    assert found.p_value < 1e-6
    assert not method.compare(known, Fingerprint(METHOD, bits(70, 1).tobytes(), 8.7)).same
    for bad in (Fingerprint(METHOD, b"abc", 1.0), Fingerprint("landmarks-1", b"", 1.0)):
        with pytest.raises(RegistryError, match="no whole fingerprint"):
            method.compare(known, bad)


def test_without_the_library_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chromaprint", None)
    with pytest.raises(MissingDependencyError, match=r"earwitness\[chromaprint\].*libchromaprint1"):
        open_chromaprint()


def test_real_fingerprints_of_a_copy(
    speech_like: Callable[..., Float32], noise: Callable[..., Float32]
) -> None:
    try:
        method = open_chromaprint()
    except MissingDependencyError as reason:
        pytest.skip(str(reason))

    def take(samples: Float32) -> Fingerprint:
        maker = method.maker(RATE, 1)
        for at in range(0, len(samples), 10_000):
            maker.push(samples[None, at : at + 10_000])
        return maker.finish()

    voice = np.concatenate([speech_like(2.0, seed=seed) for seed in range(8)])
    known = take(voice)
    assert known.duration_s == 16.0
    assert method.compare(known, take(0.3 * voice[3 * RATE : 13 * RATE])).same
    assert not method.compare(known, take(noise(10.0))).same
