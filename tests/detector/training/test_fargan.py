"""FARGAN and DRED: what is given to Opus's programs and what is made of their answers.

The programs themselves are not here; small scripts stand in for them and write down what they were given.
"""

import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.training.fargan import CEPSTRA, LOST, PITCH, TOTAL, dred, fargan, perturb_features
from earwitness.errors import MissingDependencyError

Float32 = npt.NDArray[np.float32]

FARGAN_STAND_IN = """#!/bin/sh
# features: as many frames as the speech has; synthesis: the speech, five frames short as the real one is
if [ "$1" = -features ]; then
  frames=$(( $(wc -c < "$2") / 320 )); head -c $(( frames * 144 )) /dev/zero > "$3"
  cp "$2" "$(dirname "$0")/in.pcm"
else
  cp "$2" "$(dirname "$0")/features.f32"; tail -c +1601 "$(dirname "$0")/in.pcm" > "$3"
fi
"""
OPUS_STAND_IN = """#!/bin/sh
here=$(dirname "$0"); echo "$@" > "$here/arguments"
while [ $# -gt 2 ]; do [ "$1" = -lossfile ] && cp "$2" "$here/loss"; shift; done
cp "$1" "$2"
"""


@pytest.fixture
def tool(tmp_path: Path) -> Path:
    for name, text in (("fargan_demo", FARGAN_STAND_IN), ("opus_demo", OPUS_STAND_IN)):
        program = tmp_path / name
        program.write_text(text)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def test_the_vocoder_gets_history_and_look_ahead(tool: Path, speech: Float32) -> None:
    x = speech[:16_000] * 0.5
    made = fargan(x, tool, np.random.default_rng(0))
    assert made[: len(x)] == pytest.approx(x, abs=1e-4), "five frames of padding are eaten by the history"
    assert len(made) == len(x) + 2 * 160


def test_features_are_perturbed_in_some_copies(tool: Path, speech: Float32) -> None:
    changed = []
    for seed in range(12):
        fargan(speech[:16_000], tool, np.random.default_rng(seed))
        features = np.fromfile(tool / "features.f32", "<f4").reshape(-1, TOTAL)
        assert len(features) == 107
        changed.append(bool(features.any()))
    assert 0 < sum(changed) < 12


@pytest.mark.parametrize("seed", range(8))
def test_a_perturbation_touches_cepstra_or_pitch_and_nothing_else(seed: int) -> None:
    features = np.random.default_rng(99).normal(size=(50, TOTAL)).astype(np.float32)
    made = perturb_features(features, np.random.default_rng(seed))
    moved = np.flatnonzero(~np.isclose(made, features, atol=1e-6).all(axis=0))
    assert set(moved) in ({PITCH}, set(range(CEPSTRA)))
    if PITCH not in moved:
        assert made[:, :CEPSTRA].std() < features[:, :CEPSTRA].std()
        assert made.mean() == pytest.approx(features.mean(), abs=0.02)


def test_nearly_every_packet_is_lost(tool: Path, speech: Float32) -> None:
    x = speech[:24_000] * 0.5
    made = dred(x, tool)
    assert made[: len(x)] == pytest.approx(x, abs=1e-4), "the second before the speech is cut off again"
    pattern = (tool / "loss").read_text().split()
    assert len(pattern) * 320 >= len(x) + 2 * 16_000
    assert pattern[: LOST + 2] == ["0", *["1"] * LOST, "0"]
    assert "-dred 104" in (tool / "arguments").read_text()


@pytest.mark.parametrize("method", [lambda x, t: fargan(x, t, np.random.default_rng(0)), dred])
def test_programs_that_are_not_there_are_named(
    tmp_path: Path, speech: Float32, method: Callable[[Float32, Path], Float32]
) -> None:
    with pytest.raises(MissingDependencyError, match=r"Get: source of Opus"):
        method(speech, tmp_path)
