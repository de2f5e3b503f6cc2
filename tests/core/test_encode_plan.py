"""core/encode_plan.py: the form stays where it can, and what cannot be written is refused early."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from earwitness.audio import SoundForm
from earwitness.encode_plan import plan
from earwitness.errors import TargetError


def form(
    codec: str, rate: int = 44100, channels: int = 2, kind: str = "s16", rated: int | None = None
) -> SoundForm:
    layout = {1: "mono", 2: "stereo", 6: "5.1(side)"}.get(channels, f"{channels} channels")
    return SoundForm("any", codec, rate, channels, layout, kind, rated, 0, 0.0)


@pytest.mark.parametrize(
    ("sound", "name", "muxer", "codec", "rate", "bit_rate"),
    [
        (form("mp3", rated=128_000), "x.mp3", "mp3", "mp3", 44100, 128_000),
        (form("aac", kind="fltp", rated=64_000), "x.M4A", "ipod", "aac", 44100, 64_000),
        (form("aac", kind="fltp", rated=64_000), "x.wav", "wav", "pcm_s16le", 44100, None),
        (form("pcm_s24le", kind="s32"), "x.wav", "wav", "pcm_s24le", 44100, None),
        (form("flac", kind="s32"), "x.wav", "wav", "pcm_s24le", 44100, None),
        (form("flac"), "x.wav", "wav", "pcm_s16le", 44100, None),
        (form("pcm_s16le"), "x.mp3", "mp3", "mp3", 44100, 192_000),
        (form("pcm_s16le", 96000), "x.mp3", "mp3", "mp3", 48000, 192_000),
        (form("pcm_s16le", 11025, 1), "x.opus", "ogg", "opus", 48000, 96_000),
        (form("amr_nb", 8000, 1, rated=12_000), "x.amr", "amr", "amr_nb", 8000, 12_200),
        (form("vorbis", rated=112_000), "x.ogg", "ogg", "vorbis", 44100, 112_000),
        (form("opus", 48000, rated=64_000), "x.mov", "mov", "aac", 48000, 64_000),
        (form("flac"), "x.mov", "mov", "aac", 44100, 192_000),
        (form("pcm_u8", kind="u8"), "x.caf", "caf", "pcm_s16le", 44100, None),
        (form("amr_wb", 16000, 1, rated=12_000), "x.3gp", "3gp", "aac", 16000, 96_000),
    ],
)
def test_recipes(
    sound: SoundForm, name: str, muxer: str, codec: str, rate: int, bit_rate: int | None
) -> None:
    recipe = plan(sound, Path(name))
    assert (recipe.muxer, recipe.codec, recipe.rate, recipe.bit_rate) == (muxer, codec, rate, bit_rate)


@pytest.mark.parametrize("codec", ["mp3", "mp2", "ac3"])
def test_a_wav_made_of_something_else_is_one_that_every_program_reads(codec: str) -> None:
    sound = form(codec, 48000, kind="fltp", rated=128_000)
    assert plan(replace(sound, container=codec), Path("x.wav")).codec == "pcm_s16le"
    assert plan(replace(sound, container="wav"), Path("x.wav")).codec == codec  # as it was
    assert plan(replace(sound, container=codec), Path("x.mkv")).codec == codec


def test_five_channels_in_the_spelling_that_the_codec_knows() -> None:
    assert plan(form("aac", channels=6, kind="fltp"), Path("x.m4a")).layout == "5.1"
    assert plan(form("ac3", channels=6, kind="fltp"), Path("x.ac3")).layout == "5.1(side)"


@pytest.mark.parametrize("name", ["x", "x.txt", "x.exe", ".wav"])
def test_unknown_endings_are_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(TargetError, match=r"\.flac"):
        plan(form("mp3"), Path(name))


def test_too_many_channels_are_refused() -> None:
    with pytest.raises(TargetError, match="at most 2 channels"):
        plan(form("pcm_s16le", channels=6), Path("x.mp3"))
