"""Random channels for training: the same draw for a recording and for its copy.

A draw is made from a seed, so ``channel(x, seed)`` applied to both halves of a pair gives both the
same codec, band, noise, room, colour and level: only the synthesis differs.
"""

from __future__ import annotations

import numpy as np

from earwitness.detector.training import channels, harmless
from earwitness.detector.training.channels import Float32

__all__ = ["CODEC_MENU", "channel", "colour"]

# (codec, bit rate): bit rates a person meets, from a messenger voice note to a podcast.
CODEC_MENU: tuple[tuple[str, int | None], ...] = (
    ("mp3", 32_000),
    ("mp3", 64_000),
    ("mp3", 128_000),
    ("aac", 32_000),
    ("aac", 64_000),
    ("opus", 12_000),
    ("opus", 16_000),
    ("opus", 16_000),
    ("opus", 24_000),
    ("opus", 32_000),
    ("vorbis", 48_000),
    ("pcm_mulaw", None),
    ("pcm_alaw", None),
    ("gsm", None),
    ("gsm", None),
    ("amr_nb", 12_200),
    ("g722", None),
)


def colour(x: Float32, rng: np.random.Generator) -> Float32:
    """Smooth random equaliser of up to +-8 dB, as microphones and mixing leave it."""
    points = rng.uniform(-8, 8, 6)
    bins = len(x) // 2 + 1
    curve = np.interp(np.linspace(0, 5, bins), np.arange(6), points)
    y = np.fft.irfft(np.fft.rfft(x) * 10 ** (curve / 20), len(x))
    return y.astype(np.float32)


def channel(
    x: Float32,
    seed: int,
    *,
    strength: float = 1.0,
    codecs: float = 1.0,
    noises: list[Float32] | None = None,
) -> Float32:
    """One random channel.

    strength scales how often each part is used (0: never, 1: often), codecs how much more often codecs are.
    x: (n,) at 16 kHz; noises: recorded noises at 16 kHz, mixed in beside the synthetic ones.
    """
    rng = np.random.default_rng(seed)
    dice = rng.random(8) / max(strength, 1e-9)
    if dice[0] < 0.35:
        x = colour(x, rng)
    if dice[1] < 0.12:
        x = channels.room(x, rng)
    if dice[2] < 0.25:
        if noises and rng.random() < 0.6:
            noise = noises[rng.integers(len(noises))]
            shift = int(rng.integers(len(noise)))
            noise = np.resize(np.roll(noise, shift), len(x))
        else:
            noise = channels.coloured_noise(len(x), float(rng.uniform(0, 2)), rng)
        x = channels.add_noise(x, noise, float(rng.uniform(8, 40)))
    if dice[3] < 0.06:
        x = channels.clip(x, rng)
    if dice[4] < 0.15:
        x = channels.resample_through(x, int(rng.choice([8_000, 11_025, 12_000, 14_000])))
    elif dice[4] < 0.19:
        x = channels.narrowband(x)
    if dice[7] < 0.16:
        x = harmless.denoise(x, rng) if rng.random() < 0.5 else harmless.compress(x, rng)
    if dice[5] < 0.30 * codecs:
        # Files are sent on: every fifth was coded twice.
        for _ in range(1 + int(rng.random() < 0.2)):
            codec, rate = CODEC_MENU[rng.integers(len(CODEC_MENU))]
            x = channels.roundtrip(x, codec, rate, rng, fast=True)
    if dice[6] < 0.10:
        x = channels.packet_loss(x, rng, loss=float(rng.uniform(0.01, 0.1)))
    return x
