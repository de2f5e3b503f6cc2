"""Perth's networks around its shipped weights, and the spectra that they work on.

Of the package resemble-perth only the files of the networks are loaded, under a package name of our own.
``import perth`` is avoided: it asks for pkg_resources, which setuptools 81 and newer no longer have, and for
torchaudio, and when either is missing its watermarker is silently None. The spectra are written here
(Hann window 2048, hop 320, decibels from -180 to 15 laid on 0..1); they are a dozen lines.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import Any

from earwitness.errors import ModelError
from earwitness.samples import Float32
from earwitness.watermark.checkpoints import Checkpoint, load_weights, needs
from earwitness.watermark.torch_archive import Tensors

__all__ = ["EXTRA", "HOP", "RATE", "WEIGHTS", "marked", "missing", "prepare", "score"]

EXTRA = "perth"
RATE = 32_000
HOP = 320
WEIGHTS = Checkpoint(
    "perth_net_250000.pth.tar", "a15bce457ebc53ce5e6c9c3f11df78cf7ee2bf9cdab0a798902135b4c4027670"
)
_WINDOW = 2048
_HIDDEN = 256
_SUBBAND = 128  # bins up to 2 kHz: round(1025 * 2000 / 16000)
_FLOOR_DB, _HEADROOM_DB = -180.0, 15.0
_ALIAS = "_earwitness_perth_nets"


def missing() -> str | None:
    """What keeps Perth from working here, or None. Loads nothing."""
    for package in ("torch", "safetensors", "perth"):
        if importlib.util.find_spec(package) is None:
            return str(needs(EXTRA, ImportError(name=package)))
    return None


def prepare() -> None:
    """Load the networks. Raises MissingDependencyError and ModelError."""
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise needs(EXTRA, error) from error
    _nets()


def score(sound: Float32) -> float:
    """The network's opinion on (n,) samples at 32 kHz: 0 unmarked .. 1 marked, one for all of it."""
    import torch

    spectrum = _spectrum(torch.from_numpy(sound))
    with torch.inference_mode():
        said = _nets()[1](_level(spectrum)[None])[0]
    # Where nothing sounds the network divides by nothing.
    return float(torch.nan_to_num(said, nan=0.0).clip(0.0, 1.0))


def marked(sound: Float32) -> Float32:
    """(channels, n) samples at 32 kHz, n at least 2048, with the mark; the same length."""
    import torch

    with torch.inference_mode():
        waves = torch.from_numpy(sound)
        spectrum = _spectrum(waves)
        level, _ = _nets()[0](_level(spectrum))
        db = level * (_HEADROOM_DB - _FLOOR_DB) + _FLOOR_DB
        size = 10.0 ** (db / 20).clip(max=10)
        turned = torch.polar(size, torch.angle(spectrum))
        made = torch.istft(turned, _WINDOW, HOP, window=_hann(), length=waves.shape[-1])
    result: Float32 = made.numpy()
    return result


def _spectrum(waves: Any) -> Any:
    import torch

    return torch.stft(waves, _WINDOW, HOP, window=_hann(), return_complex=True)


def _level(spectrum: Any) -> Any:
    """Decibels on a scale of 0 (-180 dB) to 1 (15 dB)."""
    import torch

    db = 20 * torch.log10(spectrum.abs().clip(10 ** (_FLOOR_DB / 20)))
    return (db - _FLOOR_DB) / (_HEADROOM_DB - _FLOOR_DB)


@cache
def _hann() -> Any:
    import torch

    return torch.hann_window(_WINDOW)


@cache
def _nets() -> tuple[Any, Any]:
    """Encoder and decoder with their weights. Raises MissingDependencyError and ModelError."""
    try:
        folder = _package()
        modules = [importlib.import_module(f"{_ALIAS}.model.{name}") for name in ("encoder", "decoder")]
    except ImportError as error:
        raise needs(EXTRA, error) from error
    weights = load_weights(WEIGHTS, folder.parent / "pretrained" / "implicit" / WEIGHTS.name, _ours, EXTRA)
    nets = modules[0].Encoder(_HIDDEN, _SUBBAND), modules[1].Decoder(_HIDDEN, _SUBBAND)
    for name, net in zip(("encoder.", "decoder."), nets, strict=True):
        own = {key.removeprefix(name): value for key, value in weights.items() if key.startswith(name)}
        try:
            net.load_state_dict(own)
        except (RuntimeError, AttributeError) as error:
            raise ModelError(
                "the weights do not fit the installed resemble-perth.", hint="Install resemble-perth 1.0.1."
            ) from error
        net.eval()
    return nets


def _package() -> Path:
    """Registers the folder of Perth's networks as a package of our own name, without running ``perth``."""
    found = importlib.util.find_spec("perth")
    if found is None or not found.submodule_search_locations:
        raise ImportError("resemble-perth is not installed", name="perth")
    folder = Path(next(iter(found.submodule_search_locations))) / "perth_net" / "perth_net_implicit"
    if _ALIAS not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            _ALIAS, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        if spec is None or spec.loader is None or not (folder / "__init__.py").is_file():
            raise ModelError("the installed perth is another package.", hint="Install resemble-perth 1.0.1.")
        sys.modules[_ALIAS] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return folder


def _ours(tensors: Tensors) -> Tensors:
    """Without the windows of its spectra, which are made here."""
    return {name: value for name, value in tensors.items() if not name.startswith("ap.")}
