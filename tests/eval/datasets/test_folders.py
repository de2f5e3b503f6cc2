"""eval/datasets/folders.py: sets whose folders say what is what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from earwitness.errors import SourceNotFoundError, UsageError
from earwitness.eval.datasets.folders import FOR, MLAAD, WAVEFAKE

Sound = Callable[[Path], Path]


def test_wavefake(tmp_path: Path, sound: Sound) -> None:
    sound(tmp_path / "generated_audio" / "ljspeech_melgan_large" / "LJ001-0001_gen.wav")
    sound(tmp_path / "generated_audio" / "ljspeech_waveglow" / "LJ001-0001.wav")
    sound(tmp_path / "generated_audio" / "jsut_multi_band_melgan" / "BASIC5000_0001_gen.wav")
    sound(tmp_path / "generated_audio" / "ljspeech_newest" / "LJ001-0001.wav")
    alone = WAVEFAKE.listing(tmp_path)
    assert all(clip.synthetic for clip in alone.clips)
    families = {clip.system: (clip.family, clip.language) for clip in alone.clips}
    assert families == {
        "ljspeech_melgan_large": ("GAN vocoder", "en"),
        "ljspeech_waveglow": ("flow vocoder", "en"),
        "jsut_multi_band_melgan": ("GAN vocoder", "ja"),
        "ljspeech_newest": ("unknown", "en"),
    }
    sound(tmp_path / "LJSpeech-1.1" / "wavs" / "LJ001-0001.wav")
    assert [clip.speaker for clip in WAVEFAKE.listing(tmp_path).clips if not clip.synthetic] == [
        "wavefake/LJ"
    ]


def test_for(tmp_path: Path, sound: Sound) -> None:
    for label in ("real", "fake"):
        sound(tmp_path / "for-norm" / "testing" / label / f"{label}1.wav")
    found = FOR.listing(tmp_path)
    assert {(clip.path.name, clip.synthetic) for clip in found.clips} == {
        ("real1.wav", False),
        ("fake1.wav", True),
    }
    with pytest.raises(SourceNotFoundError, match="no folder validation"):
        FOR.listing(tmp_path, "validation")


def test_mlaad(tmp_path: Path, sound: Sound) -> None:
    model = tmp_path / "fake" / "de" / "tts_models_de_thorsten_vits"
    sound(model / "ai_00001.wav")
    (model / "meta.csv").write_text(
        "path|original_file|language|is_original_language|duration|training_data|model_name|architecture|transcript\n"
        "./fake/de/tts_models_de_thorsten_vits/ai_00001.wav|de_DE/by_book/x.wav|de|True|3.2|Thorsten|"
        "tts_models/de/thorsten/vits|vits|Hallo\n"
    )
    sound(tmp_path / "m_ailabs" / "de_DE" / "by_book" / "female" / "ramona" / "buch" / "wavs" / "a.wav")
    fake, real = MLAAD.listing(tmp_path).clips
    assert (fake.synthetic, fake.family, fake.system, fake.language) == (
        True, "vits", "tts_models/de/thorsten/vits", "de",
    )  # fmt: skip
    assert (real.synthetic, real.speaker, real.language) == (False, "ramona", "de_DE")
    (model / "meta.csv").write_text("file|language\na.wav|de\n")
    with pytest.raises(UsageError, match="no column 'path'"):
        MLAAD.listing(tmp_path)
