"""watermark/audioseal_net.py against the package itself, with random weights in the official files' form.

Needs the audioseal extra.
"""

from __future__ import annotations

import hashlib
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from earwitness.errors import MissingDependencyError, ModelError
from earwitness.watermark import audioseal_net

MESSAGE = 0xBEEF
BITS = [MESSAGE >> (15 - k) & 1 for k in range(16)]


def test_names_and_norms_become_those_of_the_release() -> None:
    direction = np.random.default_rng(0).standard_normal((4, 3, 2)).astype(np.float32)
    size = np.full((4, 1, 1), 2.0, np.float32)
    bias = np.zeros(4, np.float32)
    found = audioseal_net.renamed(
        {
            "a.conv.conv.weight_g": size,
            "a.conv.conv.weight_v": direction,
            "a.conv.conv.bias": bias,
            "b.convtr.convtr.parametrizations.weight.original0": size,
            "b.convtr.convtr.parametrizations.weight.original1": direction,
            "c.conv.conv.inner_conv.weight": direction,
            "detector.1.weight": direction,
            "lstm.weight_ih_l0": bias,
        }
    )
    assert set(found) == {
        "a.conv.conv.inner_conv.weight",
        "a.conv.conv.inner_conv.bias",
        "b.convtr.convtr.inner_conv.weight",
        "c.conv.conv.inner_conv.weight",
        "detector.1.weight",
        "lstm.weight_ih_l0",
    }
    for name in ("a.conv.conv.inner_conv.weight", "b.convtr.convtr.inner_conv.weight"):
        norms = np.sqrt(np.square(found[name]).sum(axis=(1, 2)))
        np.testing.assert_allclose(norms, 2.0, rtol=1e-6)


def test_without_the_packages_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    audioseal_net._net.cache_clear()
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingDependencyError, match=r"earwitness\[audioseal\]"):
        audioseal_net.prepare("detector")


def official(kind: str, folder: Path) -> Path:
    """A checkpoint as the authors' own script writes it: a configuration object, old names, weight norm."""
    import torch
    from audioseal.builder import (
        AudioSealDetectorConfig,
        AudioSealWMConfig,
        create_detector,
        create_generator,
    )
    from audioseal.loader import AudioSeal, load_local_model_config
    from omegaconf import OmegaConf

    config: Any = OmegaConf.to_container(load_local_model_config(audioseal_net._CARDS[kind]))
    if kind == "generator":
        net = create_generator(AudioSeal.parse_config(config, AudioSealWMConfig))
        parts = {"decoder": config["decoder"]}
    else:
        net = create_detector(AudioSeal.parse_config(config, AudioSealDetectorConfig))
        parts = {"detector": config["detector"]}
    weights = {}
    for name, value in net.state_dict().items():
        old = name.replace(".inner_conv.", ".")
        if name.endswith(".inner_conv.weight"):
            axes = tuple(range(1, value.ndim))
            weights[f"{old}_g"] = value.norm(dim=axes, keepdim=True)
            weights[f"{old}_v"] = 1.7 * value
        else:
            weights[old] = value
    path = folder / f"{kind}_base.pth"
    torch.save(
        {"xp.cfg": OmegaConf.create({"seanet": {**config["seanet"], **parts}}), "model": weights}, path
    )
    return path


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The networks as the package loads the files; the files are what ``audioseal_net`` is pinned to."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("audioseal.loader", reason="needs the audioseal extra")
    from audioseal.loader import AudioSeal

    folder = tmp_path_factory.mktemp("official")
    torch.manual_seed(1)
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setenv("EARWITNESS_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("EARWITNESS_AUDIOSEAL", str(folder))
        loaded = {}
        for kind, load in (("generator", AudioSeal.load_generator), ("detector", AudioSeal.load_detector)):
            path = official(kind, folder)
            pin = replace(
                getattr(audioseal_net, kind.upper()), sha256=hashlib.sha256(path.read_bytes()).hexdigest()
            )
            patch.setattr(audioseal_net, kind.upper(), pin)
            loaded[kind] = load(str(path), nbits=16).eval()
        audioseal_net._net.cache_clear()
        yield loaded
    audioseal_net._net.cache_clear()


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return (0.1 * np.random.default_rng(2).standard_normal((2, 24_077))).astype(np.float32)


def test_the_generator_is_the_packages(theirs: dict[str, Any], sound: np.ndarray) -> None:
    import torch
    from audioseal.libs.moshi.utils.compile import no_compile

    with torch.inference_mode(), no_compile():
        expected = theirs["generator"].get_watermark(
            torch.from_numpy(sound)[:, None], message=torch.tensor([BITS, BITS])
        )
    np.testing.assert_allclose(audioseal_net.change(sound, MESSAGE), expected[:, 0].numpy(), atol=1e-6)
    assert np.abs(audioseal_net.change(sound, 1) - expected[:, 0].numpy()).max() > 1e-3


def test_the_detector_is_the_packages(theirs: dict[str, Any], sound: np.ndarray) -> None:
    import torch
    from audioseal.libs.moshi.utils.compile import no_compile

    with torch.inference_mode(), no_compile():
        result, message = theirs["detector"](torch.from_numpy(sound[:1])[:, None])
    probability, bits = audioseal_net.detect(sound[0])
    assert (len(probability), bits.shape) == (16, (16, 16))
    lengths = [1_600] * 15 + [77]
    np.testing.assert_allclose(probability[3], result[0, 1, 4_800:6_400].mean(), atol=1e-6)
    np.testing.assert_allclose(np.average(probability, weights=lengths), result[0, 1].mean(), atol=1e-6)
    mean = np.average(bits, axis=0, weights=lengths)
    np.testing.assert_allclose(1 / (1 + np.exp(-mean)), message[0], atol=1e-6)


def test_torch_refuses_such_files_and_others_are_refused_here(
    theirs: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Why there is a reader of our own; and weights that are not the pinned ones."""
    import os
    import pickle

    import torch

    assert theirs
    path = Path(os.environ["EARWITNESS_AUDIOSEAL"]) / "detector_base.pth"
    with pytest.raises(pickle.UnpicklingError, match="omegaconf"):
        torch.load(path, weights_only=True)
    assert audioseal_net.missing() is None
    monkeypatch.setattr(audioseal_net, "DETECTOR", replace(audioseal_net.DETECTOR, sha256="0" * 64))
    audioseal_net._net.cache_clear()
    with pytest.raises(ModelError, match="not the official"):
        audioseal_net.prepare("detector")
    monkeypatch.setenv("EARWITNESS_AUDIOSEAL", str(tmp_path))
    with pytest.raises(ModelError, match="cannot be read"):
        audioseal_net.prepare("detector")
    assert "EARWITNESS_AUDIOSEAL" in str(audioseal_net.missing())
