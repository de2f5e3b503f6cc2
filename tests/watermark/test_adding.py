"""watermark/adding.py: recording and mark meet sample by sample, whenever each of them comes in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.watermark.adding import Adder

Float32 = npt.NDArray[np.float32]


def run(sound: Float32, added: Float32, seed: int) -> Float32:
    """The sum, with both pushed in pieces of their own."""
    random = np.random.default_rng(seed)
    adder = Adder(16_000, len(sound))
    out, held, given = [], 0, 0
    while held < sound.shape[1] or given < added.shape[1]:
        step, other = random.integers(0, 700, 2)
        adder.hold(sound[:, held : held + step])
        adder.add(added[:, given : given + other])
        held, given = held + step, given + other
        out.append(adder.ready(last=False))
    return np.concatenate([*out, adder.ready(last=True)], axis=1)


@pytest.mark.parametrize("seed", range(6))
def test_pieces_do_not_matter_and_silence_stays(seed: int) -> None:
    random = np.random.default_rng(seed)
    sound = (0.1 * random.standard_normal((2, 5_000))).astype(np.float32)
    sound[:, 1_000:1_400] = 0
    sound[:, 2_000:2_031] = 0  # one short of what counts as silence
    sound[0, 3_000:3_400] = 0  # in one channel only
    added = (0.01 * random.standard_normal((2, 5_000))).astype(np.float32)
    wanted = sound + added
    wanted[:, 1_000:1_400] = 0
    np.testing.assert_array_equal(run(sound, added, seed), wanted)


def test_a_mark_shorter_or_longer_than_the_recording() -> None:
    sound = np.full((1, 600), 0.25, np.float32)
    assert run(sound, sound[:, :200], 0).tolist() == [[0.5] * 200 + [0.25] * 400]
    assert run(sound[:, :200], sound, 0).tolist() == [[0.5] * 200]
