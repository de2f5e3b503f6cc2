"""How fast is this machine? A clip made on the spot, judged through the front door."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]

__all__ = ["Speed", "babble", "probe_speed"]

CLIP_S = 20.0
RATE = 16_000
VOWELS_HZ = ((700, 1100), (500, 1800), (300, 2300), (570, 840), (300, 870))  # a e i o u, two formants each
SYLLABLE_S = 0.25
MOST_HARMONICS = 30


@dataclass(frozen=True, slots=True)
class Speed:
    """clip_s: seconds of sound judged. first_s: the first check, with loading. check_s: the next one."""

    clip_s: float
    first_s: float
    check_s: float

    @property
    def times_real_time(self) -> float:
        """Seconds of sound per second of work, once loaded."""
        return self.clip_s / max(self.check_s, 1e-6)


def babble(seconds: float, rate: int = RATE) -> Float32:
    """Voiced syllables that voice activity detectors take for speech, shape (n,), peak 0.5."""
    t = np.arange(int(seconds * rate)) / rate
    pitch = 120 + 25 * np.sin(2 * np.pi * 0.6 * t)
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    vowel = np.array(VOWELS_HZ)[(t / SYLLABLE_S).astype(int) % len(VOWELS_HZ)]
    sound = np.zeros(len(t))
    for harmonic in range(1, MOST_HARMONICS):
        distance = (harmonic * pitch[:, None] - vowel) / 120.0
        sound += (1 / (1 + distance**2)).sum(axis=1) / harmonic**0.5 * np.sin(harmonic * phase)
    sound *= np.clip(1.6 * np.sin(np.pi * (t / SYLLABLE_S % 1)), 0, 1) ** 1.5
    sound += 1e-3 * np.random.default_rng(1).standard_normal(len(t))
    return np.asarray(0.5 * sound / np.abs(sound).max(), dtype=np.float32)


def probe_speed(seconds: float = CLIP_S) -> Speed:
    """Judge the clip twice; the first run also loads the models. Raises what ``examine`` raises."""
    import soundfile

    from earwitness.examine import examine

    clip = io.BytesIO()
    soundfile.write(clip, babble(seconds), RATE, format="WAV", subtype="PCM_16")
    spent: list[float] = []
    for _ in range(2):
        clip.seek(0)
        start = time.perf_counter()
        examine(clip, name="generated clip")
        spent.append(time.perf_counter() - start)
    return Speed(seconds, *spent)
