"""watermark/perth_net.py: the shipped networks, loaded without their package; needs the perth extra."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import MissingDependencyError
from earwitness.watermark import perth_net

HERE = all(importlib.util.find_spec(name) for name in ("torch", "safetensors", "perth"))
needs_perth = pytest.mark.skipif(not HERE, reason="needs the perth extra")


@pytest.fixture(autouse=True, scope="module")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EARWITNESS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@needs_perth
def test_a_mark_raises_the_score_and_keeps_the_sound(speech_like: Callable[..., np.ndarray]) -> None:
    sound = np.stack([speech_like(3.0, perth_net.RATE, seed=seed) for seed in (1, 2)])
    marked = perth_net.marked(sound)
    assert marked.shape == sound.shape
    for before, after in zip(sound, marked, strict=True):
        assert perth_net.score(before) < 0.6
        assert perth_net.score(after) > 0.9
        loss = 10 * np.log10(np.sum(before**2) / np.sum((after - before) ** 2))
        assert loss > 8


@needs_perth
def test_silence_scores_nothing() -> None:
    assert perth_net.score(np.zeros(perth_net.RATE, np.float32)) <= 0.5


@needs_perth
def test_nothing_of_its_package_is_imported_under_its_name(tmp_path: Path) -> None:
    """And no stand-in for what it would import is left behind."""
    code = """
import sys
from earwitness.watermark import perth_net
perth_net.prepare()
print(sorted({"perth", "pkg_resources", "torchaudio", "librosa"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, env={"EARWITNESS_CACHE": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "perth" else find(name))
    assert perth_net.missing() is not None
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingDependencyError, match=r"earwitness\[perth\]"):
        perth_net.prepare()
