"""Perth as shipped: told when absent; its stand-ins behave like what they stand for."""

import importlib.util
import sys

import numpy as np
import pytest

from earwitness.errors import MissingDependencyError
from earwitness.eval import perth_runtime


def test_absence_is_told() -> None:
    if importlib.util.find_spec("perth") is not None:
        pytest.skip("Perth is installed")
    with pytest.raises(MissingDependencyError, match="resemble-perth"):
        perth_runtime.perth_implicit()


def test_resource_names_are_paths_beside_the_package() -> None:
    found = perth_runtime._resources().resource_filename("earwitness.eval", "results")
    assert found == str(sys.modules["earwitness.eval"].__path__[0]) + "/results"


def test_spectrogram_and_inverse_fit() -> None:
    torch = pytest.importorskip("torch", reason="part of the train extra")
    made = perth_runtime._torchaudio(torch)["torchaudio.transforms"]
    sizes = {"n_fft": 512, "win_length": 512, "hop_length": 128}
    x = torch.from_numpy(np.random.default_rng(0).standard_normal(4_096).astype(np.float32))
    values = made.Spectrogram(power=None, **sizes)(x)
    assert values.shape == (257, 33)
    back = made.InverseSpectrogram(**sizes)(values)
    assert torch.allclose(back, x, atol=1e-4)
    assert torch.allclose(made.Spectrogram(**sizes)(x), values.abs() ** 2)
