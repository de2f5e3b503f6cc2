"""Every kind of file comes in, whole, with its facts; samples are what was put in."""

from __future__ import annotations

import hashlib
import io
import os
import random
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from earwitness.audio import Audio, AudioStream, as_audio, load_audio, open_audio, resample
from earwitness.errors import InputTooLongError, UsageError

Float32 = npt.NDArray[np.float32]
Maker = Callable[..., Float32]
Encode = Callable[..., bytes]

# container, codec, rate, channels, what the facts say, options of the encoder
WRITTEN_BY_FFMPEG = [
    ("wav", "pcm_u8", 16000, 1, ("wav", "pcm_u8"), None),
    ("wav", "pcm_s16le", 8000, 1, ("wav", "pcm_s16le"), None),
    ("wav", "pcm_s24le", 48000, 2, ("wav", "pcm_s24le"), None),
    ("wav", "pcm_s32le", 44100, 2, ("wav", "pcm_s32le"), None),
    ("wav", "pcm_f32le", 96000, 1, ("wav", "pcm_f32le"), None),
    ("wav", "pcm_f64le", 192000, 2, ("wav", "pcm_f64le"), None),
    ("wav", "pcm_alaw", 8000, 1, ("wav", "pcm_alaw"), None),
    ("wav", "pcm_mulaw", 8000, 2, ("wav", "pcm_mulaw"), None),
    ("wav", "adpcm_ima_wav", 16000, 1, ("wav", "adpcm_ima_wav"), None),
    ("wav", "adpcm_ms", 16000, 2, ("wav", "adpcm_ms"), None),
    ("wav", "g722", 16000, 1, ("wav", "adpcm_g722"), None),  # a codec tag that is no text
    ("w64", "pcm_s16le", 48000, 6, ("w64", "pcm_s16le"), None),
    ("flac", "flac", 96000, 2, ("flac", "flac"), None),
    ("mp3", "libmp3lame", 44100, 2, ("mp3", "mp3"), None),
    ("mp3", "libmp3lame", 8000, 1, ("mp3", "mp3"), None),
    ("adts", "aac", 44100, 2, ("aac", "aac"), None),
    ("ipod", "aac", 48000, 1, ("mp4", "aac"), None),
    ("mp4", "aac", 48000, 6, ("mp4", "aac"), None),
    ("mov", "pcm_s16le", 44100, 2, ("mp4", "pcm_s16le"), None),
    ("ogg", "libopus", 48000, 2, ("ogg", "opus"), None),
    ("webm", "libopus", 48000, 1, ("matroska", "opus"), None),
    ("matroska", "aac", 48000, 2, ("matroska", "aac"), None),
    ("amr", "libopencore_amrnb", 8000, 1, ("amr", "amr_nb"), None),
    ("asf", "wmav2", 44100, 2, ("asf", "wmav2"), None),
    ("aiff", "pcm_s16be", 44100, 2, ("aiff", "pcm_s16be"), None),
    ("caf", "pcm_s16le", 32000, 1, ("caf", "pcm_s16le"), None),
    ("au", "pcm_s16be", 22050, 1, ("au", "pcm_s16be"), None),
    ("mpegts", "aac", 48000, 2, ("mpegts", "aac"), None),
    ("flv", "aac", 44100, 1, ("flv", "aac"), None),
]
WRITTEN_BY_LIBSNDFILE = [
    ("WAV", "GSM610", 8000, 1, ("wav", "gsm_ms")),
    ("WAVEX", "PCM_24", 48000, 2, ("wav", "pcm_s24le")),
    ("RF64", "PCM_16", 16000, 1, ("wav", "pcm_s16le")),
    ("OGG", "VORBIS", 44100, 2, ("ogg", "vorbis")),
    ("AIFF", "FLOAT", 48000, 1, ("aiff", "pcm_f32be")),
    ("NIST", "PCM_16", 16000, 1, ("nistsphere", "pcm_s16le")),
]


def sound(tone: Maker, rate: int, channels: int, seconds: float = 1.0) -> Float32:
    """440 Hz in the first channel, quieter in the others, shape (channels, n)."""
    first = tone(seconds, rate, 440.0, 0.5)
    return np.stack([first / (1 + channel) for channel in range(channels)])


def loudest_hz(samples: Float32, rate: int) -> float:
    """Frequency of the strongest line of the middle of a recording."""
    middle = samples[len(samples) // 4 : 3 * len(samples) // 4]
    return float(np.abs(np.fft.rfft(middle * np.hanning(len(middle)))).argmax() * rate / len(middle))


def check_sound(data: bytes, rate: int, channels: int, facts: tuple[str, str]) -> None:
    with open_audio(io.BytesIO(data), name="a.bin") as stream:
        blocks = list(stream.blocks(0.3))
        told = stream.facts()
        assert stream.warnings == ()
    samples = np.concatenate([block.samples for block in blocks], axis=1)
    assert (told.container, told.codec) == facts
    assert (told.sample_rate, told.channels) == (rate, channels)
    assert samples.shape[0] == channels
    assert samples.shape[1] / rate == pytest.approx(told.duration_s, abs=0.001)
    assert told.duration_s == pytest.approx(1.0, abs=0.12)  # codecs add their own delay
    assert samples.dtype == np.float32
    assert loudest_hz(samples[0], rate) == pytest.approx(440, abs=4)
    assert not told.truncated
    assert told.bit_rate is not None
    assert told.bit_rate > 1000
    assert told.sha256 == hashlib.sha256(data).hexdigest()
    assert told.size_bytes == len(data)


@pytest.mark.parametrize(
    ("container", "codec", "rate", "channels", "facts", "options"),
    WRITTEN_BY_FFMPEG,
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_decodes(
    container: str,
    codec: str,
    rate: int,
    channels: int,
    facts: tuple[str, str],
    options: dict[str, str] | None,
    tone: Maker,
    encode: Encode,
) -> None:
    bit_rate = 12200 if "amr" in codec else 128000
    data = encode(sound(tone, rate, channels), rate, container, codec, bit_rate, options)
    check_sound(data, rate, channels, facts)


@pytest.mark.parametrize(("form", "subtype", "rate", "channels", "facts"), WRITTEN_BY_LIBSNDFILE)
def test_decodes_what_libsndfile_writes(
    form: str, subtype: str, rate: int, channels: int, facts: tuple[str, str], tone: Maker
) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, sound(tone, rate, channels).T, rate, format=form, subtype=subtype)
    check_sound(buffer.getvalue(), rate, channels, facts)


def test_decodes_wide_band_amr() -> None:
    """No encoder comes with PyAV: frames of mode 0 (6.6 kbit/s, 17 bytes) with arbitrary parameters."""
    bits = random.Random(1)
    data = b"#!AMR-WB\n" + b"".join(b"\x04" + bits.randbytes(17) for _ in range(50))
    with open_audio(io.BytesIO(data)) as stream:
        seconds = sum(block.duration_s for block in stream.blocks())
        facts = stream.facts()
    assert (facts.container, facts.codec, facts.sample_rate) == ("amr", "amr_wb", 16000)
    assert seconds == pytest.approx(1.0, abs=0.03)


def test_takes_the_sound_of_a_film(tone: Maker) -> None:
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as out:
        video = out.add_stream("mpeg4", rate=25)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        audio = out.add_stream("aac", rate=48000)
        for _ in range(25):
            out.mux(video.encode(av.VideoFrame(64, 64, "yuv420p")))
        frame = av.AudioFrame.from_ndarray(tone(1.0, 48000)[None], format="fltp", layout="mono")
        frame.sample_rate = 48000
        for piece in av.AudioResampler("fltp", "stereo", 48000, frame_size=1024).resample(frame):
            out.mux(audio.encode(piece))
        out.mux(video.encode(None))
        out.mux(audio.encode(None))
    with open_audio(io.BytesIO(buffer.getvalue())) as stream:
        samples = np.concatenate([block.samples for block in stream.blocks()], axis=1)
        assert stream.facts().codec == "aac"
        assert loudest_hz(samples[0], 48000) == pytest.approx(440, abs=4)


@pytest.mark.parametrize(
    ("subtype", "step"), [("PCM_U8", 1 / 128), ("PCM_16", 2**-15), ("PCM_24", 2**-23), ("FLOAT", 1e-9)]
)
def test_samples_are_exact(subtype: str, step: float, tone: Maker, write_wav: Callable[..., Path]) -> None:
    samples = sound(tone, 16000, 2)
    back = load_audio(write_wav(samples, 16000, subtype=subtype)).samples
    assert back.shape == samples.shape
    assert np.abs(back - samples).max() <= 1.01 * step


def test_blocks_tile_the_file(tone: Maker, write_wav: Callable[..., Path]) -> None:
    path = write_wav(tone(1.25, 16000), 16000)
    with open_audio(path) as stream:
        blocks = list(stream.blocks(0.5))
    assert [block.samples.shape[1] for block in blocks] == [8000, 8000, 4000]
    assert [block.start_s for block in blocks] == [0.0, 0.5, 1.0]
    whole = np.concatenate([block.samples for block in blocks], axis=1)
    np.testing.assert_array_equal(whole, load_audio(path).samples)


def test_content_decides_not_the_extension(tone: Maker, write_wav: Callable[..., Path]) -> None:
    path = write_wav(tone(), 16000)
    renamed = path.rename(path.with_suffix(".mp3"))
    with open_audio(renamed) as stream:
        list(stream.blocks())
        assert stream.facts().container == "wav"
        assert stream.facts().name == "sound.mp3"


def test_tags_are_kept(tone: Maker, tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    with soundfile.SoundFile(path, "w", 16000, 1) as file:
        file.title = "A title"
        file.write(tone())
    with open_audio(path) as stream:
        assert stream.facts().tags["title"] == "A title"


def test_streams_that_cannot_seek_are_spooled(tone: Maker, write_wav: Callable[..., Path]) -> None:
    data = write_wav(tone(), 16000).read_bytes()
    reader, writer = os.pipe()

    def feed() -> None:
        with os.fdopen(writer, "wb") as file:
            file.write(data)

    thread = threading.Thread(target=feed)
    thread.start()
    with os.fdopen(reader, "rb") as pipe, open_audio(pipe) as stream:
        assert sum(block.samples.shape[1] for block in stream.blocks()) == 16000
        assert stream.facts().sha256 == hashlib.sha256(data).hexdigest()
        assert stream.facts().name == "-"
    thread.join()


def test_a_stream_of_the_caller_stays_open(tone: Maker, write_wav: Callable[..., Path]) -> None:
    with write_wav(tone(), 16000).open("rb") as file:
        with open_audio(file) as stream:
            list(stream.blocks())
            assert stream.facts().name == "sound.wav"
        assert not file.closed


def test_a_limit_refuses_longer_recordings(
    tone: Maker, write_wav: Callable[..., Path], encode: Encode
) -> None:
    path = write_wav(tone(2.0), 16000)
    with (
        open_audio(path, max_seconds=1.0) as stream,
        pytest.raises(InputTooLongError, match=r"sound\.wav.*limit"),
    ):
        list(stream.blocks(0.4))
    declared = encode(tone(2.0, 48000), 48000, "flac", "flac")
    with pytest.raises(InputTooLongError):  # told by the header, before anything is decoded
        open_audio(io.BytesIO(declared), max_seconds=1.0)
    with open_audio(path, max_seconds=2.0) as stream:
        assert sum(block.duration_s for block in stream.blocks()) == 2.0


@pytest.mark.parametrize(
    ("limit", "said"), [(1.5, "1.5 s"), (60, "60 s"), (600, "10 min"), (None, "12 h"), (5400, "90 min")]
)
def test_the_limit_is_told_in_a_unit_that_fits(
    write_wav: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, limit: float | None, said: str
) -> None:
    monkeypatch.setattr(AudioStream, "_declared_s", lambda _: 13 * 3600.0)
    with pytest.raises(InputTooLongError, match=rf"longer than the limit, which is {said}\."):
        open_audio(write_wav(np.zeros(16000, dtype=np.float32)), max_seconds=limit)


def test_float_files_keep_what_is_over_full_scale(tone: Maker, write_wav: Callable[..., Path]) -> None:
    back = load_audio(write_wav(tone(level=0.5) * 4, 16000, subtype="FLOAT"))
    assert np.abs(back.samples).max() == pytest.approx(2.0, abs=0.01)


def test_integers_stored_as_floats_are_scaled(tone: Maker, write_wav: Callable[..., Path]) -> None:
    path = write_wav(np.float32(32767) * tone(level=0.5), 16000, subtype="FLOAT")
    with open_audio(path) as stream:
        peak = max(float(np.abs(block.samples).max()) for block in stream.blocks())
        assert any("scaled" in warning for warning in stream.warnings)
    assert peak == pytest.approx(0.5, abs=0.001)


def test_nan_and_infinity_become_silence(tone: Maker, write_wav: Callable[..., Path]) -> None:
    samples = tone(level=0.5)
    samples[100:110], samples[200], samples[300] = np.nan, np.inf, -np.inf
    with open_audio(write_wav(samples, 16000, subtype="FLOAT")) as stream:
        back = np.concatenate([block.samples for block in stream.blocks()], axis=1)
        assert any("12 samples" in warning for warning in stream.warnings)
    assert np.isfinite(back).all()
    assert not back[0, [100, 200, 300]].any()
    assert np.abs(back).max() == pytest.approx(0.5, abs=0.001)


def test_silence_is_no_error(write_wav: Callable[..., Path]) -> None:
    assert not load_audio(write_wav(np.zeros(16000, dtype=np.float32))).samples.any()


def test_ffmpeg_says_nothing_on_the_terminal(
    tone: Maker, encode: Encode, capfd: pytest.CaptureFixture[str]
) -> None:
    data = encode(tone(2.0, 44100), 44100, "mp3", "libmp3lame")
    broken = data[:8000] + bytes(3000) + data[11000:]
    with open_audio(io.BytesIO(broken)) as stream:
        list(stream.blocks())
    assert capfd.readouterr() == ("", "")


def test_load_audio_resamples_and_mixes(tone: Maker, write_wav: Callable[..., Path]) -> None:
    path = write_wav(sound(tone, 48000, 2), 48000)
    audio = load_audio(path, rate=16000, mono=True)
    assert (audio.samples.shape, audio.rate) == ((1, 16000), 16000)
    assert loudest_hz(audio.samples[0], 16000) == pytest.approx(440, abs=2)
    assert np.abs(audio.samples).max() == pytest.approx(0.375, abs=0.01)


def test_load_audio_is_resample_of_the_whole(tone: Maker, write_wav: Callable[..., Path]) -> None:
    samples = tone(0.5, 44100)
    path = write_wav(samples, 44100, subtype="FLOAT")
    np.testing.assert_array_equal(load_audio(path, rate=16000).samples[0], resample(samples, 44100, 16000))


def test_a_text_stream_is_refused() -> None:
    with pytest.raises(UsageError, match="binary"):
        open_audio(io.StringIO("x"))  # type: ignore[arg-type]


def test_audio_knows_its_length(tone: Maker) -> None:
    audio = as_audio(tone(0.5, 8000), 8000)
    assert isinstance(audio, Audio)
    assert (audio.channels, audio.duration_s) == (1, 0.5)
