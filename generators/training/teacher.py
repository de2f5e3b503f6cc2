"""Speech with exact timing from a teacher, to learn reading aloud from.

    python -m earwitness.generators.training.teacher OUT --text sentences.txt --hours 10 --seed 0

The teacher is Hibari (package ``hibari-tts``, Apache-2.0), which tells how many frames of 25 ms each of
its phonemes takes; one of ours is one of its. It speaks in the voices of ``VOICES``: its own, and that one
with another pitch and other formants, which belong to nobody. OUT gets the recordings, ``real.tsv`` as
``eval.corpora`` writes it, and ``aligned.jsonl``: units, frames of each, voice. Goes on where it stopped.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from earwitness.errors import MissingDependencyError, TextError
from earwitness.generators.text import speakable
from earwitness.generators.units import EDGE, units

__all__ = ["ALIGNED", "CORPUS", "RATE", "VOICES", "Teacher", "VoiceShape", "main"]

Float32 = npt.NDArray[np.float32]
RATE = 16_000
CORPUS = "hibari"
ALIGNED = "aligned.jsonl"
_TEACHERS_RATE = 24_000
_DURATIONS = "/Clip_output_0"  # the node of the teacher's network that holds frames a phoneme
_FIELDS = (
    "path", "label", "corpus", "family", "system", "speaker", "language", "licence", "role", "source_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class VoiceShape:
    """How the teacher's voice is bent. pitch, formants: factors. tilt: dB an octave above 500 Hz. pace:
    how fast it speaks. breath: dB more noise in voiced sounds. lively: factor of how much the pitch moves."""

    pitch: float = 1.0
    formants: float = 1.0
    tilt: float = 0.0
    pace: float = 1.0
    breath: float = 0.0
    lively: float = 1.0


VOICES = {
    "heart": VoiceShape(),
    "alma": VoiceShape(1.12, 1.05, 0.0, 1.05, 0.0, 1.1),
    "bruno": VoiceShape(0.56, 0.86, -1.0, 0.97, 0.0, 1.1),
    "carla": VoiceShape(0.9, 0.97, -1.5, 0.93, 2.0, 0.9),
    "david": VoiceShape(0.65, 0.9, 0.5, 1.08, 0.0, 1.2),
    "edith": VoiceShape(0.82, 0.94, -2.0, 0.88, 4.0, 0.8),
    "felix": VoiceShape(0.75, 0.89, 1.0, 1.0, 1.0, 1.0),
    "gesa": VoiceShape(1.25, 1.1, 0.5, 1.1, 0.0, 1.2),
    "hugo": VoiceShape(0.5, 0.83, 0.0, 0.92, 1.0, 1.0),
    "irene": VoiceShape(1.05, 1.0, 1.5, 1.15, 0.0, 1.0),
    "jonas": VoiceShape(0.6, 0.93, -0.5, 1.12, 2.0, 0.9),
    "kira": VoiceShape(1.4, 1.16, 0.0, 1.0, 1.0, 1.1),
}


class Teacher:
    """Hibari, with its timing. Raises MissingDependencyError where its package is not installed."""

    def __init__(self, threads: int = 1) -> None:
        try:
            import hibari
            import onnx
            import onnxruntime
        except ModuleNotFoundError as error:
            raise MissingDependencyError(
                f"the teacher needs the package {error.name}, which is not installed.",
                hint="pip install hibari-tts 'earwitness[train]'",
            ) from error
        from hibari import dsp

        self._dsp: Any = dsp
        assets = resources.files(hibari).joinpath("assets")
        self._ids: dict[str, int] = json.loads(assets.joinpath("vocab.json").read_text(encoding="utf-8"))
        network = onnx.load_from_string(assets.joinpath("hibari.onnx").read_bytes())
        network.graph.output.append(onnx.helper.make_empty_tensor_value_info(_DURATIONS))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._network = onnxruntime.InferenceSession(
            network.SerializeToString(), options, ["CPUExecutionProvider"]
        )
        self._outputs = ["lh", "theta", "ln", "lr", "phi", "f0", _DURATIONS]

    def say(self, text: str, shape: VoiceShape, rng: np.random.Generator) -> tuple[Float32, list[int]]:
        """Units, an EDGE on both sides, to sound at RATE (n,) and frames of 25 ms of each unit."""
        ids = [0 if unit == EDGE else self._ids[unit] for unit in text]
        given = {"ids": np.array([ids]), "speed": np.array([shape.pace], np.float32)}
        *parts, frames = self._network.run(self._outputs, given)
        harmonic, turn, noise, free, angle, pitch = (part[0] for part in parts)
        bend = _bent(shape, harmonic.shape[0])
        harmonic, noise, free = bend(harmonic), bend(noise) + shape.breath * np.log(10) / 20, bend(free)
        pitch = _pitched(pitch, shape)
        sound = self._dsp.synth(harmonic, turn, noise, free, angle, pitch, rng)
        return soxr.resample(sound, _TEACHERS_RATE, RATE), [int(n) for n in np.ravel(frames)]


def _bent(shape: VoiceShape, bins: int) -> Any:
    """A function of log magnitudes (bins, frames): formants moved, spectrum tilted."""
    places = np.arange(bins) / shape.formants
    low = np.clip(places.astype(int), 0, bins - 2)
    part = np.clip(places - low, 0, 1)[:, None]
    hz = np.arange(bins) * (_TEACHERS_RATE / 2) / (bins - 1)
    tilt = shape.tilt * np.log(10) / 20 * np.log2(np.maximum(hz, 500) / 500)

    def bend(magnitudes: Float32) -> Float32:
        moved = magnitudes[low] * (1 - part) + magnitudes[low + 1] * part
        return np.asarray(moved + tilt[:, None], np.float32)

    return bend


def _pitched(pitch: Float32, shape: VoiceShape) -> Float32:
    """Another height, and more or less movement around it."""
    voiced = pitch > 0
    if not voiced.any():
        return pitch
    middle = float(np.exp(np.log(pitch[voiced]).mean()))
    moved = middle * (np.maximum(pitch, 1e-3) / middle) ** shape.lively
    return np.asarray(np.where(voiced, moved * shape.pitch, 0.0), np.float32)


def _lines(path: Path, rng: random.Random) -> list[str]:
    """Sentences of 12 to 200 characters in a random order, each once."""
    lines = {line.strip() for line in path.read_text(encoding="utf-8").splitlines()}
    chosen = sorted(line for line in lines if 12 <= len(line) <= 200)
    rng.shuffle(chosen)
    return chosen


def _spoken(teacher: Teacher, lines: Sequence[str], seed: int, done: int) -> Iterator[dict[str, Any]]:
    """From the ``done``-th on: sound, units, frames and voice of each line that can be spoken."""
    for number, line in enumerate(lines[done:], done):
        rng = np.random.default_rng((seed, number))
        voice = list(VOICES)[int(rng.integers(len(VOICES)))]
        try:
            sentences = speakable(line).sentences
        except TextError:
            sentences = ()
        if len(sentences) != 1:
            yield {"number": number}
            continue
        said = units(sentences[0].phonemes)
        sound, frames = teacher.say(said, VOICES[voice], rng)
        level = 10 ** (-float(rng.uniform(1, 12)) / 20)
        sound = sound / max(1e-3, float(np.abs(sound).max())) * level
        yield {
            "number": number,
            "sound": sound,
            "units": said,
            "frames": frames,
            "voice": voice,
            "text": line,
        }


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.generators.training.teacher",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--text", type=Path, required=True, help="English sentences, a line each")
    parser.add_argument("--hours", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(words)
    lines = _lines(arguments.text, random.Random(arguments.seed))
    seconds = _speak(Teacher(), lines, arguments.out, arguments.hours, arguments.seed)
    print(f"{seconds / 3600:.2f} h in {arguments.out}")
    return 0


def _speak(teacher: Teacher, lines: Sequence[str], out: Path, hours: float, seed: int) -> float:
    """Fill ``out``; returns the seconds that it holds."""
    (out / CORPUS).mkdir(parents=True, exist_ok=True)
    aligned = out / ALIGNED
    known = [json.loads(line) for line in aligned.read_text().splitlines()] if aligned.exists() else []
    seconds = sum(entry.get("seconds", 0.0) for entry in known)
    with aligned.open("a", encoding="utf-8") as handle:
        for made in _spoken(teacher, lines, seed, len(known)):
            if seconds >= hours * 3600:
                break
            sound = made.pop("sound", None)
            if sound is not None:
                made["path"] = f"{CORPUS}/{made['number']:05d}.flac"
                made["seconds"] = round(sound.size / RATE, 3)
                soundfile.write(out / made["path"], sound, RATE, subtype="PCM_16")
                seconds += made["seconds"]
            known.append(made)
            handle.write(json.dumps(made, ensure_ascii=False) + "\n")
    _write_manifest(out / "real.tsv", [entry for entry in known if "path" in entry])
    return seconds


def _write_manifest(path: Path, entries: Sequence[dict[str, Any]]) -> None:
    fixed = {"label": "synthetic", "corpus": CORPUS, "family": "vocoder-based", "system": "hibari"}
    fixed |= {"language": "en", "licence": "Apache-2.0", "role": "train"}
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, _FIELDS, delimiter="\t")
        writer.writeheader()
        for entry in entries:
            speaker = f"{CORPUS}/{entry['voice']}"
            writer.writerow(fixed | {"path": entry["path"], "speaker": speaker, "source_id": entry["number"]})


if __name__ == "__main__":
    sys.exit(main())
