"""A second look at the steps, in blocks: the same scores however they come, and nothing left out."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from earwitness.contracts import Float32
from earwitness.detector import card as cards
from earwitness.detector.card import SecondLook, read_card
from earwitness.detector.localiser import BLOCK, HEARD_SHARE, MARGIN, Blocks, Localiser, read_localiser
from earwitness.errors import ModelError

LAST = 2 * BLOCK + MARGIN  # from so many steps on, a block is judged before the end


class Echo:
    """Gives back the first component of each vector, and remembers how much it was shown."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, Float32]] = []

    def look(self, vectors: Float32, heard: Float32) -> Float32:
        self.seen.append((len(vectors), heard))
        return vectors[:, 0, 0].copy()


def judged(count: int, sizes: list[int]) -> tuple[Float32, Echo]:
    echo = Echo()
    blocks = Blocks(cast(Localiser, echo))
    vectors = np.arange(count, dtype=np.float32)[:, None, None] * np.ones((1, 2, 3), np.float32)
    for part in np.split(vectors, np.cumsum(sizes)):
        blocks.push(part, np.ones(len(part), np.float32))
    return blocks.finish(), echo


@pytest.mark.parametrize("count", [0, 1, BLOCK, LAST - 1, LAST, LAST + 1, 5 * BLOCK + 7])
def test_every_step_has_its_own_score(count: int) -> None:
    scores, _ = judged(count, [])
    assert scores.tolist() == list(range(count))


def test_pieces_make_no_difference() -> None:
    whole, all_at_once = judged(700, [])
    cut, by_and_by = judged(700, [1, 119, 120, 3, 200])
    assert (whole == cut).all()
    assert [n for n, _ in all_at_once.seen] == [n for n, _ in by_and_by.seen]


def test_a_short_recording_is_looked_at_as_a_whole() -> None:
    _, echo = judged(LAST - 1, [100, 50])
    assert [n for n, _ in echo.seen] == [LAST - 1]


def test_no_look_is_longer_than_two_blocks_and_their_margins() -> None:
    _, echo = judged(20 * BLOCK + 11, [BLOCK] * 19)
    assert all(BLOCK < n <= LAST + MARGIN for n, _ in echo.seen)


def test_pauses_are_shown_as_such() -> None:
    echo = Echo()
    blocks = Blocks(cast(Localiser, echo))
    blocks.push(np.zeros((3, 1, 2), np.float32), np.array([0, HEARD_SHARE, 1], np.float32))
    blocks.finish()
    assert echo.seen[0][1].tolist() == [0, 1, 1]


@pytest.fixture(scope="module")
def shipped() -> Localiser:
    found = read_localiser(read_card())
    assert found is not None, "edition 6.1 and later have one"
    return found


def test_the_shipped_one_hears_what_differs_and_not_what_all_have(shipped: Localiser) -> None:
    rng = np.random.default_rng(0)
    vectors = np.abs(rng.normal(size=(100, 2, 128))).astype(np.float32)
    heard = np.ones(100, np.float32)
    shift = np.abs(rng.normal(size=(1, 2, 128))).astype(np.float32)
    scores = shipped.look(vectors, heard)
    assert scores.shape == (100,)
    assert shipped.look(vectors + shift, heard) == pytest.approx(scores, abs=1e-2)
    part = vectors.copy()
    part[40:60] += shift
    assert np.abs(shipped.look(part, heard) - scores).max() > 0.1


def test_pauses_have_no_say(shipped: Localiser) -> None:
    rng = np.random.default_rng(1)
    vectors = np.abs(rng.normal(size=(80, 2, 128))).astype(np.float32)
    heard = np.ones(80, np.float32)
    heard[30:40] = 0
    other = vectors.copy()
    other[30:40] = 50
    assert (shipped.look(other, heard) == shipped.look(vectors, heard)).all()


def _named(file: str, sha256: str) -> Any:
    card = read_card()
    return type(card)(
        **{name: getattr(card, name) for name in card.__slots__ if name != "localiser"},
        localiser=SecondLook(file, sha256, 0.5),
    )


def test_what_is_not_the_cards_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "l.onnx").write_bytes(b"something else")
    monkeypatch.setattr(cards, "weights_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match=r"localiser's weights are not those of their card"):
        read_localiser(_named("l.onnx", "0" * 64))
    with pytest.raises(ModelError, match="cannot be read"):
        read_localiser(_named("missing.onnx", "0" * 64))


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        Localiser(b"no network", 0.5)
    other = cards.weights_folder().joinpath("spectro.onnx").read_bytes()
    with pytest.raises(ModelError, match="other inputs"):
        Localiser(other, 0.5)


def test_a_card_without_one_has_none() -> None:
    card = read_card()
    parts = {name: getattr(card, name) for name in card.__slots__ if name != "localiser"}
    assert read_localiser(type(card)(**parts)) is None
