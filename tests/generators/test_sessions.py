"""generators/sessions.py: networks take and give single examples; what is none is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.errors import ModelError
from earwitness.generators.sessions import Session


def test_a_missing_or_broken_network_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.onnx"):
        Session(tmp_path / "none.onnx")
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match="Export it again"):
        Session(tmp_path / "broken.onnx")
