"""eval/watermark_null.py: the null is measured as readers look, and a mark would show in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.eval import watermark_null
from earwitness.eval.watermark_null import best_correlations, chords, main, tries_from
from earwitness.marks import MarkKey
from earwitness.watermark.layout import RATE, layout_of
from earwitness.watermark.patchwork import Patchwork

Float32 = npt.NDArray[np.float32]


def keys(count: int) -> list[MarkKey]:
    random = np.random.default_rng(8)
    return [MarkKey("k", f"{k:08x}", random.bytes(32)) for k in range(count)]


def test_a_mark_would_show(speech_like: Callable[..., Float32]) -> None:
    all_keys = keys(50)
    embedder = Patchwork().embedder(all_keys[7], 1, RATE, 1)
    marked = np.concatenate([embedder.push(speech_like(7.0)[None]), embedder.finish()], axis=1)[0]
    best = best_correlations(
        marked,
        watermark_null._patterns(all_keys, absolute=False),
        watermark_null._patterns(all_keys, absolute=True),
    )
    assert best.argmax() == 7
    assert best[7] > 6
    assert np.delete(best, 7).max() < 6


def test_independent_tries_are_counted_right() -> None:
    """The best of 50 normal numbers counts as 50 tries."""
    best = np.random.default_rng(3).standard_normal((60_000, 50)).astype(np.float32).max(1)
    tries, counts = tries_from(best)
    assert 42 < tries < 60
    assert counts["3.0"] == int((best > 3).sum())


def test_chords_are_sound() -> None:
    (piece,) = chords(1, np.random.default_rng(1))
    assert piece.shape == (8 * RATE,)
    assert 0.29 < np.abs(piece).max() < 0.31


def test_the_command_writes_what_it_counted(
    tmp_path: Path,
    write_wav: Callable[..., Path],
    speech_like: Callable[..., Float32],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watermark_null, "CONDITIONS", ("clean", "white_10db"))
    folder = write_wav(speech_like(3.0), 16_000, "a.wav").parent
    out = tmp_path / "null.json"
    assert main([str(folder), "--out", str(out), "--keys", "20", "--music", "1"]) == 0
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["trials"] == 2 * 2 * 20
    assert written["seed"] == 1
    assert str(tmp_path) not in written["command"]


def test_an_empty_folder_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--out", str(tmp_path / "x.json"), "--music", "0"]) == 2
    assert "no recordings" in capsys.readouterr().err


def test_patterns_are_those_of_the_layout() -> None:
    (key,) = keys(1)
    layout = layout_of(key)
    energy = np.abs(watermark_null._patterns([key], absolute=True)[0]).sum()
    assert energy == pytest.approx(len(layout.sync), rel=1e-4)
