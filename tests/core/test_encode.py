"""core/encode.py: what is not changed comes back the same, to the last bit where the format allows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.audio import load_audio, open_audio
from earwitness.encode import Writer
from earwitness.encode_plan import plan
from earwitness.errors import TargetError

Encode = Callable[..., bytes]


def rewrite(source: Path, target: Path, block_s: float = 0.7) -> Writer:
    with open_audio(source) as stream, source.open("rb") as original:
        writer = Writer(target, plan(stream.form, target), stream.form, original)
        try:
            for block in stream.blocks(block_s):
                writer.push(block.samples)
            writer.finish()
        finally:
            writer.close()
    return writer


@pytest.mark.parametrize(
    ("container", "codec", "ending"),
    [
        ("wav", "pcm_u8", ".wav"),
        ("wav", "pcm_s16le", ".wav"),
        ("wav", "pcm_s24le", ".wav"),
        ("wav", "pcm_f32le", ".wav"),
        ("wav", "pcm_f64le", ".wav"),
        ("wav", "pcm_alaw", ".wav"),
        ("flac", "flac", ".flac"),
        ("aiff", "pcm_s24be", ".aiff"),
        ("ipod", "alac", ".m4a"),
        ("wav", "pcm_s24le", ".flac"),
        ("wav", "pcm_s24le", ".caf"),
    ],
)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_lossless_formats_come_back_bit_by_bit(
    tmp_path: Path, encode: Encode, noise: Callable[..., np.ndarray], container: str, codec: str, ending: str,
    channels: int,
) -> None:  # fmt: skip
    source, target = tmp_path / f"a.{container}", tmp_path / f"b{ending}"
    sound = np.stack([noise(1.0, 44100, seed=n) for n in range(channels)])
    source.write_bytes(encode(np.clip(sound, -1, 1), 44100, container, codec))
    assert rewrite(source, target).warnings == []
    np.testing.assert_array_equal(load_audio(target).samples, load_audio(source).samples)


def test_more_channels_than_any_layout_has(tmp_path: Path, noise: Callable[..., np.ndarray]) -> None:
    import soundfile

    source, target = tmp_path / "a.wav", tmp_path / "b.wav"
    soundfile.write(source, np.stack([noise(0.5, 8000, seed=n) for n in range(12)]).T, 8000)
    rewrite(source, target)
    np.testing.assert_array_equal(load_audio(target).samples, load_audio(source).samples)


def test_vorbis_and_gsm_go_through_libsndfile(tmp_path: Path, speech_like: Callable[..., np.ndarray]) -> None:
    import soundfile

    for ending, kind, subtype, codec in (
        (".ogg", "OGG", "VORBIS", "vorbis"),
        (".wav", "WAV", "GSM610", "gsm_ms"),
    ):
        source, target = tmp_path / f"a{ending}", tmp_path / f"b{ending}"
        soundfile.write(source, speech_like(3.0, 8000), 8000, format=kind, subtype=subtype)
        rewrite(source, target)
        with open_audio(target) as stream:
            assert stream.form.codec == codec
            assert sum(block.samples.shape[1] for block in stream.blocks()) == pytest.approx(24000, abs=400)
        old, new = load_audio(source).samples[0], load_audio(target).samples[0]
        assert np.corrcoef(old[:20000], new[:20000])[0, 1] > 0.9
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ogg", "a.wav", "b.ogg", "b.wav"]


def test_a_rate_that_the_codec_has_not_is_resampled(tmp_path: Path, tone: Callable[..., np.ndarray]) -> None:
    import soundfile

    source, target = tmp_path / "a.wav", tmp_path / "b.opus"
    soundfile.write(source, tone(2.0, 22050), 22050)
    rewrite(source, target)
    audio = load_audio(target)
    assert audio.rate == 48000
    assert audio.duration_s == pytest.approx(2.0, abs=0.01)


def test_sound_beyond_full_scale_is_held_and_told(tmp_path: Path) -> None:
    import soundfile

    source, target = tmp_path / "a.wav", tmp_path / "b.flac"
    soundfile.write(source, np.linspace(-1.5, 1.5, 8000, dtype=np.float32), 8000, subtype="FLOAT")
    writer = rewrite(source, target)
    assert any("beyond full scale" in warning for warning in writer.warnings)
    assert load_audio(target).samples.max() <= 1.0


def test_a_sound_that_the_encoder_refuses_is_one_clear_error(tmp_path: Path) -> None:
    import soundfile

    source, target = tmp_path / "a.wav", tmp_path / "b.ogg"
    soundfile.write(source, np.zeros((800, 8)), 8000)
    with open_audio(source) as stream, source.open("rb") as original:
        recipe = plan(stream.form, target)
        import dataclasses

        broken = dataclasses.replace(recipe, codec="x", encoder="pcm_nothing", rate=8000)
        with pytest.raises(TargetError, match=r"marked\.ogg"):
            Writer(target, broken, stream.form, original, shown="marked.ogg")


@pytest.mark.parametrize(
    "name", ["b.m4a", "b.mp3", "b.opus", "b.flac", "b.ogg", "b.wma", "b.caf", "b.mka", "b.wv"]
)
@pytest.mark.parametrize("channels", [1, 2])
def test_sound_whose_channels_have_no_names(
    tmp_path: Path, tone: Callable[..., np.ndarray], name: str, channels: int
) -> None:
    import soundfile

    source = tmp_path / "a.wav"  # libsndfile writes no channel mask
    soundfile.write(source, np.stack([tone(1.0, 16000)] * channels).T, 16000)
    rewrite(source, tmp_path / name)
    audio = load_audio(tmp_path / name)
    assert audio.channels == channels
    assert audio.duration_s == pytest.approx(1.0, abs=0.1)
