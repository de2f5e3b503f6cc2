"""AudioSeal's networks, built from the weights that ``earwitness.watermark.checkpoints`` vouches for.

The official checkpoints are pickles with weights and a configuration object in them, and the package's own
loader unpickles them without restriction. Here the weights are read without running anything in the file, and
the networks are built from the configuration that lies in the package as text.
"""

from __future__ import annotations

import importlib.util
import os
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from earwitness.errors import ModelError
from earwitness.samples import Float32
from earwitness.watermark.checkpoints import Checkpoint, HubFile, converted, load_weights, needs
from earwitness.watermark.torch_archive import Tensors

__all__ = [
    "BITS",
    "DETECTOR",
    "EXTRA",
    "FOLDER_VARIABLE",
    "FRAME",
    "GENERATOR",
    "HOP",
    "RATE",
    "change",
    "detect",
    "missing",
    "prepare",
    "renamed",
]

EXTRA = "audioseal"
FOLDER_VARIABLE = "EARWITNESS_AUDIOSEAL"
RATE = 16_000
HOP = 320
FRAME = 1_600  # samples that one answer of ``detect`` is the mean of: a tenth of a second
BITS = 16
_HUB = HubFile("facebook/audioseal", "3c19eba53390776cf2cc9ed5f6c9ac67ce72ecba", FOLDER_VARIABLE)
GENERATOR = Checkpoint(
    "generator_base.pth", "7a845b5fbe9364a63a3909d8ab3fe064d13a76ae4c2e983573e08c69b7b51748", _HUB
)
DETECTOR = Checkpoint(
    "detector_base.pth", "8a78e8a83584113523e161fc599fcab10fd0e94c04d2eb9d2fa1e9ec91ab69d9", _HUB
)
_CARDS = {"generator": "audioseal_wm_16bits", "detector": "audioseal_detector_16bits"}


def missing() -> str | None:
    """What keeps AudioSeal from working here, or None. Loads nothing, asks no network."""
    for package in ("torch", "safetensors", "omegaconf", "audioseal"):
        if importlib.util.find_spec(package) is None:
            return str(needs(EXTRA, ImportError(name=package)))
    for checkpoint in (GENERATOR, DETECTOR):
        given = _given(checkpoint)
        here = converted(checkpoint).is_file() or (given is not None and given.is_file())
        if not here and (given is not None or importlib.util.find_spec("huggingface_hub") is None):
            return f"{checkpoint.name} is not there. Put it into the folder that {FOLDER_VARIABLE} names."
        if not here:
            return f"{checkpoint.name} comes from the hub at the first use, or put it into {FOLDER_VARIABLE}."
    return None


def prepare(kind: str) -> None:
    """Load the "generator" or the "detector". Raises MissingDependencyError and ModelError."""
    _net(kind)


def change(sound: Float32, message: int) -> Float32:
    """What marks each of (channels, n) channels at 16 kHz with a message of 16 bits, highest bit first."""
    import torch

    bits = torch.tensor([[message >> (BITS - 1 - k) & 1 for k in range(BITS)]] * len(sound))
    with torch.inference_mode(), _uncompiled():
        added: Float32 = _net("generator").get_watermark(torch.from_numpy(sound)[:, None], message=bits)[:, 0]
    return np.asarray(added, np.float32)


def detect(sound: Float32) -> tuple[Float32, Float32]:
    """For each tenth of a second of (n,) samples at 16 kHz: probability of a mark (k,) and bits (k, 16).

    Bits: mean logits, above 0 for a 1, highest bit first. A rest of less than a frame counts as one.
    """
    import torch

    with torch.inference_mode(), _uncompiled():
        said = _net("detector").detector(torch.from_numpy(sound)[None, None])[0].numpy()
    odds = said[1] - said[0]
    probability = 0.5 * (1 + np.tanh(0.5 * odds))
    starts = np.arange(0, len(sound), FRAME)
    counts = np.diff([*starts, len(sound)])
    means = np.add.reduceat(np.concatenate([probability[None], said[2:]]), starts, axis=1) / counts
    return means[0].astype(np.float32), means[1:].T.astype(np.float32)


def renamed(tensors: Tensors) -> Tensors:
    """The names that release 0.2 gives its layers, and plain weights where a norm and a direction are kept.

    The official files are from before the renaming. (The package's own renaming breaks names that are new
    already; here those stay.)
    """
    found: Tensors = {}
    for name, value in tensors.items():
        stem, _, part = name.rpartition(".")
        if part in ("weight_v", "original1"):
            continue
        if part == "weight_g":
            direction = tensors[f"{stem}.weight_v"]
        elif part == "original0":
            direction = tensors[f"{stem}.original1"]
        else:
            found[_layer(stem) + part] = value
            continue
        stem = stem.removesuffix(".parametrizations.weight")
        axes = tuple(range(1, direction.ndim))
        size = np.sqrt(np.sum(np.square(direction, dtype=np.float64), axis=axes, keepdims=True))
        found[_layer(stem) + "weight"] = np.asarray(direction * (value / size), direction.dtype)
    return found


def _layer(stem: str) -> str:
    old = stem.endswith((".conv", ".convtr")) and stem.rpartition(".")[0].endswith((".conv", ".convtr"))
    return f"{stem}.inner_conv." if old else f"{stem}."


def _given(checkpoint: Checkpoint) -> Path | None:
    folder = os.environ.get(FOLDER_VARIABLE)
    return Path(folder).expanduser() / checkpoint.name if folder else None


def _uncompiled() -> Any:
    """Without torch.compile, which would call a C++ compiler for every network."""
    from audioseal.libs.moshi.utils.compile import no_compile

    return no_compile()


@cache
def _net(kind: str) -> Any:
    try:
        import torch

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it scripts some classes in a way that newer torch talks about
            from audioseal.builder import (
                AudioSealDetectorConfig,
                AudioSealWMConfig,
                create_detector,
                create_generator,
            )
            from audioseal.loader import AudioSeal, load_local_model_config
            from omegaconf import OmegaConf
    except ImportError as error:
        raise needs(EXTRA, error) from error
    config = OmegaConf.to_container(load_local_model_config(_CARDS[kind]))
    checkpoint = GENERATOR if kind == "generator" else DETECTOR
    weights = load_weights(checkpoint, _given(checkpoint), renamed, EXTRA)
    with torch.device("meta"):  # no time is spent on random weights
        if kind == "generator":
            net = create_generator(AudioSeal.parse_config(config, AudioSealWMConfig))
        else:
            net = create_detector(AudioSeal.parse_config(config, AudioSealDetectorConfig))
    try:
        net.load_state_dict(weights, assign=True)
    except RuntimeError as error:
        raise ModelError(
            f"{checkpoint.name} does not fit the installed audioseal.", hint="Install audioseal 0.2."
        ) from error
    return net.eval()
