"""The shipped model: weights fit their card, are small enough, and every damage has a name."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from earwitness.detector import model
from earwitness.detector.card import read_card, read_weights
from earwitness.detector.frontend import HOP, N_FFT
from earwitness.detector.model import SpectrogramDetector, load_default
from earwitness.errors import ModelError, UsageError
from earwitness.samples import Float32


def test_what_ships_is_whole_and_small_enough() -> None:
    card = read_card()
    data = read_weights(card)  # raises when the hash is another
    files = [path for path in Path(model.__file__).parent.joinpath("weights").iterdir() if path.is_file()]
    assert max(path.stat().st_size for path in files) < 20e6
    assert sum(path.stat().st_size for path in files) < 60e6
    # Weights are float32, so that a parameter takes four bytes at least.
    assert len(data) / 4 <= 10e6


def test_the_shipped_card_holds_what_runtime_and_verdict_need() -> None:
    card = read_card()
    for way in (card, card.telephone):
        assert way is not None
        tables = [way.thresholds]
        if way.limits is not None:
            assert card.conditions is not None
            kinds = range(len(card.conditions.names))
            tables += [way.limits.of([float(k == one) for k in kinds]) for one in kinds]
        for table in tables:
            assert table["likely_human"] < table["likely_synthetic"] < table["synthetic"]
    detector = load_default()
    scores_steps = detector.steps(np.zeros((1, *detector.vector_shape), np.float32)) is not None
    assert scores_steps == (card.local is not None), "steps are of no use without a way to read them"
    if card.local is not None:
        assert card.local.human < 0 < card.local.stretch
    assert card.whole.slope > 0, "a higher raw score is more synthetic"
    assert card.window_calibration.slope > 0
    assert 0 < card.hop <= card.window


def test_the_default_is_loaded_once_and_tells_who_it_is() -> None:
    detector = load_default()
    assert detector is load_default()
    assert detector.sample_rate == 16_000
    assert (detector.info.name, detector.info.sha256) == (read_card().name, read_card().sha256)
    assert detector.info.kind == "detector"


def noise(samples: int) -> Float32:
    return np.random.default_rng(0).normal(0, 0.1, samples).astype(np.float32)


@pytest.mark.parametrize("frames", [8, 96, 297, 960])
def test_eight_frames_make_a_vector(frames: int) -> None:
    detector = load_default()
    vectors, attention = detector.frames(noise(N_FFT + (frames - 1) * HOP))
    assert vectors.shape == (-(-frames // 8), *detector.vector_shape)
    assert attention.shape == (-(-frames // 8), detector.vector_shape[0])
    assert np.isfinite(vectors).all()


def test_a_recording_from_end_to_end(speech_like: Callable[..., Float32]) -> None:
    sound = speech_like(6.0)
    stream = load_default().start()
    windows = stream.push(sound, np.ones_like(sound)) + stream.finish()
    total = stream.total_llr()
    assert len(windows) > 5
    steps = stream.steps()
    assert steps is None or (len(steps) == 74 and np.isfinite(steps).all())
    assert total is not None
    assert np.isfinite([total, *(w.llr for w in windows)]).all()


def test_streams_do_not_disturb_each_other(speech_like: Callable[..., Float32]) -> None:
    detector = load_default()
    sounds = [speech_like(1.5, seed=k) for k in range(4)]
    alone = [detector.frames(x)[0] for x in sounds]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda x: detector.frames(x)[0], sounds))
    for one, other in zip(alone, together, strict=True):
        assert one == pytest.approx(other, abs=1e-4)


def test_a_head_is_two_layers_with_relu_between_and_members_are_averaged() -> None:
    table = {
        "w1": "[[[1, 2], [-1, 0]], [[0, 1], [1, 0]]]",
        "b1": "[[0.5, 0], [0, 0]]",
        "w2": "[[3, 4], [1, 1]]",
        "b2": "[-1, 0]",
    }
    heads = model._Heads.from_metadata(table)
    x = np.array([[[1.0, 1.0], [2.0, 1.0]], [[-1.0, 0.0], [-5.0, 0.5]]], dtype=np.float32)
    assert heads.steps(np.ones((3, 2, 1), np.float32)) is None, (
        "a model of an edition without scores of steps"
    )
    # first member: hidden [3.5, 0] and [0, 1]; second: hidden [1, 2] and [0.5, 0]
    assert heads(x) == pytest.approx([(9.5 + 3.0) / 2, (3.0 + 0.5) / 2])


HEADS = {"w1": "[[[1, 2, 0, 0]], [[0, 1, 0, 0]]]", "b1": "[[0], [0]]", "w2": "[[3], [1]]", "b2": "[-1, 0]"}


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("[[1, 2, 0.5], [3, 0, -1]]", [(3 + 6 - 0.5) / 2, (-2 + 0 - 0.5) / 2]),
        ("[[0, 0, 0], [3, 0, -1]]", [6 - 1, -1]),
        ("[[1, 2, 0.5], [0, 0, 0]]", [3 + 0.5, -2 + 0.5]),
    ],
    ids=["both", "second", "first"],
)
def test_steps_are_scored_by_the_members_that_can(local: str, expected: list[float]) -> None:
    heads = model._Heads.from_metadata({**HEADS, "local": local})
    vectors = np.array([[[1.0, 1.0], [2.0, 5.0]], [[0.0, -1.0], [0.0, 1.0]]], dtype=np.float32)
    found = heads.steps(vectors)
    assert found is not None
    assert found.dtype == np.float32
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("table", [HEADS, {**HEADS, "local": "[[0, 0, 0], [0, 0, 0]]"}])
def test_where_no_member_scores_steps_there_are_none(table: dict[str, str]) -> None:
    assert model._Heads.from_metadata(table).steps(np.ones((4, 2, 2), np.float32)) is None


def test_bytes_that_are_no_model_are_refused() -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        SpectrogramDetector(read_card(), b"no model")


@pytest.mark.parametrize("threads", ["many", "-1", "1.5", "", "²"])
def test_a_senseless_number_of_threads_is_refused(monkeypatch: pytest.MonkeyPatch, threads: str) -> None:
    monkeypatch.setenv("EARWITNESS_THREADS", threads)
    with pytest.raises(UsageError, match="EARWITNESS_THREADS"):
        SpectrogramDetector(read_card(), read_weights(read_card()))


def test_the_number_of_threads_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARWITNESS_THREADS", "1")
    one = SpectrogramDetector(read_card(), read_weights(read_card()))
    assert one.frames(noise(16_000))[0] == pytest.approx(load_default().frames(noise(16_000))[0], abs=1e-4)
