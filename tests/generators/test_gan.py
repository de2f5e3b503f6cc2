"""generators/gan.py: what is no model is told; with weights: tests/generators/training/test_export_gan.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.errors import ModelError
from earwitness.generators.gan import GanVocoder


def test_a_missing_or_broken_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.onnx"):
        GanVocoder(tmp_path / "none.onnx")
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match="Export it again"):
        GanVocoder(tmp_path / "broken.onnx")
