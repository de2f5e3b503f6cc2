"""What honest people do to recordings before they send them: denoisers and compressors.

Nothing of it makes a voice synthetic, and a detector must not think so: both classes go through it.
"""

from __future__ import annotations

import numpy as np

from earwitness.detector.training.channels import SAMPLE_RATE, Float32
from earwitness.detector.training.overlap import sound, spectra

__all__ = ["compress", "denoise"]

_SIZE = 512
_BLOCK = SAMPLE_RATE // 200  # 5 ms, the step in which a compressor follows the level


def denoise(x: Float32, rng: np.random.Generator) -> Float32:
    """Spectral gating: Wiener-like gains from a noise floor taken at a low quantile of every bin.

    x: (n,) at 16 kHz. Strength and floor (6 to 25 dB) are drawn; what sounds "musical" afterwards is what
    cheap denoisers leave. Source: Boll 1979; Ephraim & Malah 1984 (decision-directed smoothing).
    """
    n = len(x)
    if n < _SIZE:
        return x
    spectrum = spectra(x, _SIZE)
    power = np.abs(spectrum) ** 2
    noise = np.quantile(power, rng.uniform(0.1, 0.3), axis=0) * rng.uniform(1.0, 4.0) + 1e-12
    gains = np.empty_like(power)
    smooth, before = rng.uniform(0.5, 0.97), np.zeros(power.shape[1])
    for k, now in enumerate(power):
        prior = smooth * before + (1 - smooth) * np.maximum(now / noise - 1, 0)
        gains[k] = prior / (1 + prior)
        before = gains[k] ** 2 * now / noise
    floor = 10 ** (-rng.uniform(6, 25) / 20)
    return sound(spectrum * np.maximum(gains, floor), _SIZE, n)


def compress(x: Float32, rng: np.random.Generator) -> Float32:
    """A compressor as in phones, podcasts and video calls: 2:1 to 8:1 above a threshold, then made up for.

    x: (n,) at 16 kHz in -1..1; the peak stays. Attack 5 ms, release 50 to 300 ms.
    """
    blocks = -(-len(x) // _BLOCK)
    peaks = np.abs(np.pad(x, (0, blocks * _BLOCK - len(x)))).reshape(blocks, _BLOCK).max(axis=1)
    level, fall = np.empty(blocks), float(np.exp(-0.005 / rng.uniform(0.05, 0.3)))
    last = 0.0
    for k, peak in enumerate(peaks):
        last = max(float(peak), last * fall)
        level[k] = last
    threshold = float(peaks.max(initial=1e-6)) * 10 ** (-rng.uniform(10, 30) / 20)
    gain = np.minimum(1.0, (level / threshold + 1e-9) ** (1 / rng.uniform(2, 8) - 1))
    curve = np.interp(np.arange(len(x)), (np.arange(blocks) + 0.5) * _BLOCK, gain)
    y = x * curve.astype(np.float32)
    return np.asarray(y * (np.abs(x).max(initial=0.0) / (np.abs(y).max(initial=0.0) + 1e-9)), np.float32)
