"""generators/vae.py: a folder without a model is told; with one: training/test_export_vae.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.errors import ModelError
from earwitness.generators.vae import SpeechVae


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"vae_encoder\.onnx"):
        SpeechVae(tmp_path)
