"""Schemes of the bench: ours marks and reads, wrong keys read nothing, rivals that are absent are told."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import MissingDependencyError, UsageError
from earwitness.eval.mark_schemes import NAMES, WRONG_KEYS, Ours, load_scheme
from earwitness.marks import Strength

Float32 = npt.NDArray[np.float32]

PROTOTYPE = """
import numpy as np

def embed(x, rate, payload, key):
    return np.concatenate([x, np.full(10, payload % 7, np.float32)])

def detect(x, rate, key, level):
    return {"z": 9.0 if x[0] > 0.1 else 1.0, "ok": True, "payload": PAYLOAD}
"""


def test_ours_marks_and_reads(speech_like: Callable[..., Float32]) -> None:
    x = speech_like(6.0)
    ours = Ours()
    marked = ours.embed(x, "one")
    assert marked.shape == x.shape
    answer = ours.read(marked, "one")
    assert (answer.detected, answer.exact) == (True, True)
    assert answer.p is not None
    assert answer.p < 1e-6
    assert answer.wrong == ()
    stranger = ours.read(marked, "two", wrong=True)
    assert (stranger.detected, stranger.exact) == (False, False)
    assert len(stranger.wrong) == WRONG_KEYS
    ours.read_plain(marked, "one")


def test_strengths_are_schemes_of_their_own() -> None:
    names = {Ours(strength).name for strength in Strength}
    assert names == {"earwitness", "earwitness-soft", "earwitness-strong"}
    assert names <= set(NAMES)
    assert len({Ours(strength).identity() for strength in Strength}) == 3


def test_a_prototype_is_loaded_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "proto.py"
    path.write_text(PROTOTYPE + "\nPAYLOAD = 5\n", encoding="utf-8")
    scheme = load_scheme("prototype", path)
    x = np.full(100, 0.5, np.float32)
    assert scheme.embed(x, "a").shape == x.shape
    assert scheme.read(x, "a").detected
    assert scheme.read(x, "a").exact is False  # another payload than that of "a"
    assert not scheme.read(0 * x, "a").detected
    assert scheme.identity() != load_scheme("earwitness").identity()


def test_unknown_and_absent_schemes_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no scheme 'carrier-pigeon'"):
        load_scheme("carrier-pigeon")
    with pytest.raises(UsageError, match="--prototype"):
        load_scheme("prototype")
    with pytest.raises(UsageError, match="cannot be loaded"):
        load_scheme("prototype", tmp_path / "absent.py")
    if importlib.util.find_spec("aware") is None:
        with pytest.raises(MissingDependencyError, match="aware"):
            load_scheme("aware")
