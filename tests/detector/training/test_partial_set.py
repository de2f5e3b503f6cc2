"""Partly synthetic recordings: the labels say where the copy is, to the length of a fade."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from earwitness.detector.training.partial_set import BUCKETS, FADE_S, GAP_S, build, main, splice
from earwitness.detector.training.partial_voices import Tracks, read_voices
from earwitness.errors import UsageError
from earwitness.eval.protocols import read_manifest

RATE = 16_000
COUNTS = {"partial": 6, "human": 2, "synthetic": 2}


def test_the_same_seed_makes_the_same_and_another_something_else(pairs: Path, real: Path) -> None:
    voices = read_voices(pairs, real)
    one, same, other = (list(build(voices, COUNTS, seed)) for seed in (1, 1, 2))
    assert [r.truth for r in one] == [r.truth for r in same]
    for a, b in zip(one, same, strict=True):
        np.testing.assert_array_equal(a.samples, b.samples)
    assert [r.truth for r in one] != [r.truth for r in other]
    fewer = list(build(voices, {"partial": 2}, 1))
    assert [r.truth for r in fewer] == [r.truth for r in one[:2]]


def test_lengths_places_and_kinds(pairs: Path, real: Path) -> None:
    made = list(build(read_voices(pairs, real), COUNTS, 0))
    assert [r.kind for r in made] == ["partial"] * 6 + ["human"] * 2 + ["synthetic"] * 2
    assert {r.speaker for r in made if r.kind != "synthetic"} == {"ann", "ben"}
    for one in made:
        seconds = len(one.samples) / RATE
        assert np.abs(one.samples).max() <= 1
        if one.kind == "human":
            assert (one.truth, one.engine) == ((), "human")
        elif one.kind == "synthetic":
            assert one.truth == ((0.0, seconds),)
        else:
            assert one.engine == "world"
            assert 8 <= seconds <= 20
            assert 1 <= len(one.truth) <= 2
            for begin, end in one.truth:
                assert BUCKETS[0][0] - 1e-3 <= end - begin <= BUCKETS[-1][1]
            assert all(b[0] - a[1] >= GAP_S for a, b in zip(one.truth, one.truth[1:], strict=False))


def test_a_stretch_is_replaced_from_border_to_border_as_loud_as_before() -> None:
    human = np.full(3 * RATE, 0.1, np.float32)
    tracks = Tracks(human, np.full(3 * RATE, -0.02, np.float32), np.ones(3 * RATE, np.bool_))
    out = splice(tracks, [(RATE, 2 * RATE)], np.random.default_rng(0))
    fade = int(FADE_S[1] * RATE / 2) + 1
    np.testing.assert_allclose(out[RATE + fade : 2 * RATE - fade], -0.1, atol=1e-6)
    np.testing.assert_array_equal(out[: RATE - fade], human[: RATE - fade])
    np.testing.assert_array_equal(out[2 * RATE + fade :], human[2 * RATE + fade :])
    # Half of the way at the border itself.
    assert abs(out[RATE - 1] + out[RATE]) < 0.01
    assert abs(out[2 * RATE - 1] + out[2 * RATE]) < 0.01
    # Faded, not cut: no step is as high as that from the one to the other.
    assert np.abs(np.diff(out)).max() < 0.02


def test_nobody_with_enough_clips(pairs: Path) -> None:
    only_ben = read_voices(pairs)[1:]
    with pytest.raises(UsageError, match="nobody has clips enough for human"):
        list(build(only_ben, {"human": 1}))
    assert len(list(build(only_ben, {"synthetic": 1}))) == 1


def test_files_and_a_manifest_that_others_read(pairs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = [str(out), "--pairs", str(pairs), "--partial", "2", "--human", "1", "--synthetic", "1"]
    assert main(words) == 0
    clips = read_manifest(out / "manifest.tsv")
    assert [(c.synthetic, c.family) for c in clips] == [
        (True, "partial"), (True, "partial"), (False, "human"), (True, "synthetic")
    ]  # fmt: skip
    made = list(build(read_voices(pairs), {"partial": 2}, 0))
    rows = [line.split("\t") for line in (out / "manifest.tsv").read_text().splitlines()]
    told = [tuple(float(word) for word in span.split("-")) for span in rows[1][-1].split()]
    np.testing.assert_allclose(told, made[0].truth, atol=1e-4)
    samples, rate = soundfile.read(out / "partial_0000.flac", dtype="float32")
    assert rate == RATE
    np.testing.assert_allclose(samples, made[0].samples, atol=1e-4)
    assert main([str(out), "--pairs", str(tmp_path / "none")]) == 2
