"""Sets that are known by their folders: WaveFake (Frank and Schönherr 2021, arXiv 2111.02813), FoR (Reimao
and Tzerpos 2019), and MLAAD (Müller et al. 2024, arXiv 2401.09512)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from earwitness.errors import SourceNotFoundError, UsageError
from earwitness.eval.datasets.base import Dataset, audio_folder
from earwitness.eval.protocols import Clip

__all__ = ["FOR", "MLAAD", "WAVEFAKE"]

_SOUNDS = (".wav", ".flac", ".mp3", ".ogg", ".m4a")
# Folders of WaveFake end in the vocoder's name; the longest that fits counts.
_VOCODERS = {
    "parallel_wavegan": "GAN vocoder",
    "multi_band_melgan": "GAN vocoder",
    "full_band_melgan": "GAN vocoder",
    "melgan_large": "GAN vocoder",
    "melgan": "GAN vocoder",
    "hifigan": "GAN vocoder",
    "avocodo": "GAN vocoder",
    "bigvgan": "GAN vocoder",
    "lbigvgan": "GAN vocoder",
    "waveglow": "flow vocoder",
    "fast_diff_tacotron": "diffusion",
    "pro_diff": "diffusion",
}
_REAL = {"LJSpeech-1.1": ("LJ", "en"), "jsut_ver1.1": ("JSUT", "ja")}


def _sounds(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SOUNDS)


def _read_wavefake(folder: Path, split: str) -> Iterator[Clip]:  # noqa: ARG001 -- it has none
    """Copies, and the LJSpeech and JSUT recordings that they are copies of, if those lie there too."""
    made = audio_folder(folder, "generated_audio")
    for system in sorted(path for path in made.iterdir() if path.is_dir()):
        name = system.name.lower()
        fitting = [vocoder for vocoder in _VOCODERS if vocoder in name]
        family = _VOCODERS[max(fitting, key=len)] if fitting else "unknown"
        speaker, language = ("JSUT", "ja") if name.startswith("jsut") else ("LJ", "en")
        for path in _sounds(system):
            yield Clip(path, True, "wavefake", family, system.name, f"wavefake/{speaker}", language)
    for name, (speaker, language) in _REAL.items():
        try:
            real = audio_folder(folder, name)
        except SourceNotFoundError:
            continue
        for path in _sounds(real):
            yield Clip(path, False, "wavefake", "human", "human", f"wavefake/{speaker}", language)


def _read_for(folder: Path, split: str) -> Iterator[Clip]:
    """The editions (for-original, for-norm, for-2sec, for-rerec) have the same folders; one is read."""
    chosen = audio_folder(folder, split)
    for label in ("real", "fake"):
        if not (chosen / label).is_dir():
            raise SourceNotFoundError(f"there is no folder {label!r}.", subject=str(chosen))
        kind = "human" if label == "real" else "unknown"
        for path in _sounds(chosen / label):
            yield Clip(path, label == "fake", "for", kind, kind, "", "en")


def _read_mlaad(folder: Path, split: str) -> Iterator[Clip]:  # noqa: ARG001 -- it has none
    """fake/LANGUAGE/MODEL/meta.csv, columns separated by bars. It holds no human speech; the M-AILABS corpus
    beside it (a folder whose name has "ailabs" in it) is what its authors compare with."""
    for meta in sorted(audio_folder(folder, "fake").rglob("meta.csv")):
        with meta.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="|"):
                if "path" not in row:
                    raise UsageError("it has no column 'path'.", subject=str(meta))
                path = meta.parent / Path(row["path"]).name
                family = row.get("architecture") or "unknown"
                system = row.get("model_name") or meta.parent.name
                yield Clip(
                    path, True, "mlaad", family, system, "", row.get("language") or meta.parent.parent.name
                )
    for real in sorted(path for path in folder.iterdir() if path.is_dir() and "ailabs" in path.name.lower()):
        for path in _sounds(real):
            parts = path.relative_to(real).parts
            speaker = next((parts[at + 2] for at, part in enumerate(parts[:-3]) if part == "by_book"), "")
            yield Clip(path, False, "m-ailabs", "human", "human", speaker, parts[0] if len(parts) > 1 else "")


WAVEFAKE = Dataset(
    "wavefake",
    "WaveFake: LJSpeech and JSUT through vocoders",
    ("all",),
    "CC BY-SA 4.0",
    "generated_audio/VOCODER/*.wav, and LJSpeech-1.1/ and jsut_ver1.1/ for the human side",
    _read_wavefake,
)
FOR = Dataset(
    "for",
    "FoR: fake or real",
    ("testing", "validation", "training"),
    "GNU GPL 3.0 (its real part: several)",
    "testing/real/* and testing/fake/*",
    _read_for,
)
MLAAD = Dataset(
    "mlaad",
    "MLAAD: many languages, many models",
    ("all",),
    "CC BY-NC 4.0",
    "fake/LANGUAGE/MODEL/meta.csv and *.wav beside it; M-AILABS in a folder m_ailabs/ for the human side",
    _read_mlaad,
)
