"""The AASIST adapter: windows as in its own evaluation, polarity turned round, clear errors."""

import importlib
import json
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from earwitness.errors import MissingDependencyError, ModelError
from earwitness.eval.aasist import WINDOW, Aasist, windows

MODEL = """
import numpy as np

class Model:
    def __init__(self, settings):
        self.bias = settings["bias"]

    def load_state_dict(self, state):
        self.bias += state["bias"]

    def eval(self):
        pass

    def __call__(self, batch):
        return None, np.array([[0.0, batch.mean() + self.bias]])
"""


def test_a_short_clip_is_repeated_until_it_fills_the_window() -> None:
    clip = np.arange(1, 30_001, dtype=np.float32)
    (row,) = windows(clip, "first")
    assert row.shape == (WINDOW,)
    assert np.array_equal(row[:30_000], clip)
    assert np.array_equal(row[30_000:60_000], clip)
    assert np.array_equal(row[60_000:], clip[:4_600])


def test_first_is_the_official_window_and_mean_covers_the_clip() -> None:
    clip = np.arange(2 * WINDOW + 20_000, dtype=np.float32)
    assert np.array_equal(windows(clip, "first"), clip[None, :WINDOW])
    every = windows(clip, "mean")
    assert every[:, 0].tolist() == [0, WINDOW, WINDOW + 20_000]
    assert every[-1, -1] == clip[-1]
    assert windows(clip[: WINDOW + 100], "mean").shape == (1, WINDOW), "a tail under a second is left out"


def test_empty_clips_are_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        windows(np.zeros(0, np.float32), "first")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "models" / "weights").mkdir(parents=True)
    settings = {"model_path": "./models/weights/AASIST.pth", "model_config": {"bias": 1.0}}
    (tmp_path / "config" / "AASIST.conf").write_text(json.dumps(settings))
    (tmp_path / "models" / "AASIST.py").write_text(MODEL)
    (tmp_path / "models" / "weights" / "AASIST.pth").write_bytes(b"weights")
    return tmp_path


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """As much of torch as the adapter touches; the base and dev installs have none."""
    fake: SimpleNamespace = SimpleNamespace(
        set_num_threads=lambda n: setattr(fake, "threads", n),
        load=lambda path, map_location, weights_only: {"bias": 2.0},  # noqa: ARG005
        inference_mode=nullcontext,
        from_numpy=lambda array: array,
        threads=0,
    )
    monkeypatch.setitem(sys.modules, "torch", fake)  # type: ignore[arg-type]
    return fake


def test_score_is_minus_the_bona_fide_logit(checkout: Path, torch: SimpleNamespace) -> None:
    model = Aasist(checkout)
    assert torch.threads == 1
    assert model.score(np.full(WINDOW, 0.5, np.float32)) == pytest.approx(-3.5)
    clip = np.concatenate([np.zeros(WINDOW, np.float32), np.ones(WINDOW, np.float32)])
    assert model.score(clip) == pytest.approx(-3.0)
    assert model.score(clip, "mean") == pytest.approx(-3.5)
    assert len(model.sha256) == 64


@pytest.mark.usefixtures("torch")
def test_a_folder_that_is_no_checkout_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no usable checkout"):
        Aasist(tmp_path / "nowhere")


def test_without_torch_the_extra_is_named(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.import_module

    def without(name: str, *rest: Any) -> Any:
        if name == "torch":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(MissingDependencyError, match=r"earwitness\[train\]"):
        Aasist(checkout)
