"""FARGAN and DRED, the neural vocoder and the neural codec inside Opus 1.5, as copy-synthesis.

Both come with their weights in Opus's own source archive (BSD). FARGAN (Valin et al. 2024, arXiv
2405.21069) is a sample-autoregressive vocoder, 2.5 ms a step, driven by 20 features a 10-ms frame: 18
Bark cepstra, pitch and voicing. DRED (Valin et al. 2023, arXiv 2212.04453) is a rate-distortion-optimised
VAE of those features at about 1 kbit/s, which a decoder plays through FARGAN when packets are lost:
losing 30 packets in 31 leaves little else.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.detector.training.recipes import RECIPES
from earwitness.errors import MissingDependencyError

__all__ = ["dred", "fargan", "perturb_features"]

Float32 = npt.NDArray[np.float32]
RATE = 16_000
FRAME = 160
TOTAL, CEPSTRA, PITCH = 36, 18, 18
"""Floats a frame in FARGAN's feature file; the first 18 are cepstra, then the log pitch period."""
LOST = 30
"""20-ms packets lost between two that arrive: the redundancy reaches back one second."""


def _write(path: Path, x: Float32) -> None:
    np.clip(x * 32767, -32768, 32767).astype("<i2").tofile(path)


def _read(path: Path) -> Float32:
    return np.fromfile(path, "<i2").astype(np.float32) / np.float32(32768)


def _run(command: list[str | Path]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError as error:
        raise MissingDependencyError(
            "the program is missing.", subject=str(command[0]), hint=f"Get: {RECIPES['fargan']}."
        ) from error


def perturb_features(features: Float32, rng: np.random.Generator) -> Float32:
    """Blur the cepstra along time, or bend the pitch, as an acoustic model would. features: (frames, 36)."""
    out = features.copy()
    if rng.random() < 0.6:
        sigma = rng.uniform(0.6, 1.4)
        taps = np.exp(-0.5 * (np.arange(-4, 5) / sigma) ** 2)
        padded = np.pad(out[:, :CEPSTRA], ((4, 4), (0, 0)), "edge")
        out[:, :CEPSTRA] = np.tensordot(
            taps / taps.sum(), np.stack([padded[k : k + len(out)] for k in range(9)]), 1
        )
    else:
        out[:, PITCH] += np.float32(rng.uniform(-0.15, 0.15))
    return out


def fargan(x: Float32, tool: Path, rng: np.random.Generator) -> Float32:
    """Speech (n,) at 16 kHz through FARGAN's features and back; a third of the time perturbed between.

    tool: the folder in which Opus was built (``fargan_demo``).
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # The synthesiser takes its first 5 frames as history and the analysis looks 2 frames ahead.
        _write(folder / "in.pcm", np.pad(x, (5 * FRAME, 2 * FRAME)))
        _run([tool / "fargan_demo", "-features", folder / "in.pcm", folder / "f.f32"])
        features = np.fromfile(folder / "f.f32", "<f4").reshape(-1, TOTAL)
        if rng.random() < 0.35:
            perturb_features(features, rng).astype("<f4").tofile(folder / "f.f32")
        _run([tool / "fargan_demo", "-fargan-synthesis", folder / "f.f32", folder / "out.pcm"])
        return _read(folder / "out.pcm")


def dred(x: Float32, tool: Path) -> Float32:
    """Speech (n,) at 16 kHz through Opus when 30 of every 31 packets are lost and DRED fills in.

    tool: the folder in which Opus was built (``opus_demo``). At 96 kbit/s, constant, every packet has room
    for a second of redundancy; at 48 kbit/s it had not, and the gaps faded to silence.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "in.pcm", np.pad(x, (RATE, RATE)))  # before the first second nothing is filled in
        pattern = ["1" if k % (LOST + 1) else "0" for k in range(len(x) // 320 + 200)]
        (folder / "loss.txt").write_text("\n".join(pattern) + "\n")
        options = f"voip {RATE} 1 96000 -cbr -dred 104 -loss 50 -dec_complexity 10 -lossfile".split()
        files = [folder / "loss.txt", folder / "in.pcm", folder / "out.pcm"]
        _run([tool / "opus_demo", *options, *files])
        return _read(folder / "out.pcm")[RATE:]
