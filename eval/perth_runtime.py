"""Resemble's Perth as its authors ship it, made to load: for the bench, which compares with the original.

Its package imports ``pkg_resources``, which setuptools dropped, and three classes of ``torchaudio``, whose
wheels do not fit every torch; without them it quietly offers None. Both get small stand-ins here, for the
time of the import. (``earwitness.watermark`` reads Perth's marks with code of its own.)
"""

from __future__ import annotations

import importlib.util
import sys
import types
from importlib.metadata import version
from pathlib import Path
from typing import Any

from earwitness.errors import MissingDependencyError

__all__ = ["perth_implicit"]


def perth_implicit() -> tuple[Any, str]:
    """The watermarker and the version of the package. Raises MissingDependencyError when it is absent."""
    if importlib.util.find_spec("perth") is None or importlib.util.find_spec("torch") is None:
        raise MissingDependencyError(
            "this rival is not installed.",
            subject="perth",
            hint="Get it: pip install --no-deps resemble-perth, beside the train extra.",
        )
    import torch

    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    stand_ins = {"pkg_resources": _resources(), **_torchaudio(torch)}
    before = {name: sys.modules.get(name) for name in stand_ins}
    sys.modules.update(stand_ins)
    try:
        import perth

        made = perth.PerthImplicitWatermarker
    finally:
        for name, module in before.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
    if made is None:
        raise MissingDependencyError("its parts cannot be imported.", subject="perth")
    return made(), version("resemble-perth")


def _resources() -> types.ModuleType:
    module: Any = types.ModuleType("pkg_resources")
    module.resource_filename = lambda package, name: str(
        Path(str(sys.modules[package].__file__)).parent / name
    )
    return module  # type: ignore[no-any-return]


def _torchaudio(torch: Any) -> dict[str, types.ModuleType]:
    """Spectrogram and its inverse with torchaudio's defaults; TimeStretch is only used in training."""

    class Spectrogram(torch.nn.Module):
        def __init__(self, n_fft: int, win_length: int, hop_length: int, **others: Any) -> None:
            super().__init__()
            self.sizes = (n_fft, hop_length, win_length)
            self.power = others.get("power", 2.0)
            self.register_buffer("window", torch.hann_window(win_length))

        def forward(self, x: Any) -> Any:
            found = torch.stft(x, *self.sizes, window=self.window, return_complex=True, pad_mode="reflect")
            return found if self.power is None else found.abs() ** self.power

    class InverseSpectrogram(torch.nn.Module):
        def __init__(self, n_fft: int, win_length: int, hop_length: int, **_: Any) -> None:
            super().__init__()
            self.sizes = (n_fft, hop_length, win_length)
            self.register_buffer("window", torch.hann_window(win_length))

        def forward(self, x: Any, length: int | None = None) -> Any:
            return torch.istft(x, *self.sizes, window=self.window, length=length)

    class TimeStretch(torch.nn.Module):
        def __init__(self, n_freq: int, **_: Any) -> None:
            super().__init__()
            self.register_buffer("phase_advance", torch.zeros(n_freq, 1))

    root: Any = types.ModuleType("torchaudio")
    transforms: Any = types.ModuleType("torchaudio.transforms")
    root.transforms = transforms
    for made in (Spectrogram, InverseSpectrogram, TimeStretch):
        setattr(transforms, made.__name__, made)
    return {"torchaudio": root, "torchaudio.transforms": transforms}
