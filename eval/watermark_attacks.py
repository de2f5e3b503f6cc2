"""The attacks of the watermark bench as a whole: their groups, the rows of targets, choice and chance."""

from __future__ import annotations

import hashlib
import inspect
from functools import lru_cache
from pathlib import Path

import numpy as np

from earwitness.detector.training import channels, codecs
from earwitness.errors import UsageError
from earwitness.eval import attack_codecs, attack_list, attack_rework, attack_space, attack_time, attack_tone
from earwitness.eval.attack_list import attacks
from earwitness.eval.attack_types import Attack

__all__ = ["GROUPS", "HARD", "MILD", "attacks", "chosen", "fingerprint", "generator"]

GROUPS: dict[str, str] = {
    "none": "as marked",
    "codec": "codecs from 16 kbit/s, two in a row",
    "resample": "resampling to 8-22 kHz",
    "filter": "filters, equalisers, phase",
    "gain": "gain, polarity",
    "echo": "echo",
    "noise": "noise, 20 dB and more",
    "low_codec": "codecs under 16 kbit/s",
    "gsm": "GSM",
    "white_10": "white noise, 10 dB",
    "loud_noise": "other noise, 5-15 dB",
    "mix": "under music or a voice",
    "near_reverb": "reverberation, direct sound 0-6 dB stronger",
    "reverb": "reverberation, direct sound 11 dB weaker",
    "rerecord": "simulated re-recording",
    "far_reverb": "echoing room, bad re-recording",
    "dynamics": "compressor, limiter, expander, AGC",
    "clip": "clipping",
    "quantise": "4-16 bit",
    "jitter": "jitter, lost samples",
    "loss": "packet loss",
    "denoise": "denoisers, blurring",
    "warp": "speed, stretch, pitch within 10 %",
    "far_warp": "speed, stretch, pitch by more",
    "crop_3": "cut to 3 s",
    "crop_1": "cut to 1 s",
    "splice": "splices, cut ends",
    "overwrite": "marked again with another key",
    "mel": "mel spectrum and Griffin-Lim",
    "vocoder": "WORLD, HiFi-GAN",
    "far_vocoder": "FARGAN, Lyra, MB-MelGAN",
    "far_filter": "filters that leave little",
}
"""Groups in the order of the tables, and what readers see."""
MILD = ("codec", "resample", "filter", "gain", "echo", "noise")
HARD = (
    "none",
    "gsm",
    "white_10db",
    "reverb_0.4s_-11db",
    "rerecord",
    "opus_16k",
    "mp3_32k",
    "crop_1s",
    "crop_3s",
    "world",
)
"""What the trade-off between strengths is shown with."""


def chosen(text: str) -> list[Attack]:
    """Attacks from "all" or a list of names and groups, in the order of the list.

    Raises UsageError for an unknown word.
    """
    table = attacks()
    words = [word.strip() for word in text.split(",") if word.strip()]
    for word in words:
        if word != "all" and word not in table and word not in GROUPS:
            raise UsageError(f"there is no attack {word!r}.", hint=f"Groups are: {', '.join(GROUPS)}.")
    return [a for a in table.values() if "all" in words or a.name in words or a.group in words]


def generator(seed: int, attack: str, sha256: str) -> np.random.Generator:
    """Chance of an attack on a clip: the same for every scheme and every run."""
    digest = hashlib.sha256(f"{seed}/{attack}/{sha256}".encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, np.uint32))


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """Hash of the code behind the attacks: results of another version do not count."""
    modules = (
        attack_codecs,
        attack_list,
        attack_rework,
        attack_space,
        attack_time,
        attack_tone,
        channels,
        codecs,
    )
    text = "".join(inspect.getsource(module) for module in modules)
    vocoders = Path(str(channels.__file__)).with_name("vocoders.py").read_text(encoding="utf-8")
    return hashlib.sha256((text + vocoders).encode()).hexdigest()[:12]
