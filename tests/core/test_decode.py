"""Damage and everything that is no audio: each gives one clear error, or is judged and told."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.audio import open_audio
from earwitness.decode import Decoder
from earwitness.errors import (
    AudioDecodeError,
    AudioError,
    EmptyAudioError,
    EncryptedAudioError,
    NotAudioError,
)
from earwitness.source import open_source

Float32 = npt.NDArray[np.float32]
Maker = Callable[..., Float32]
Encode = Callable[..., bytes]

SECONDS = 4.0
KINDS = {
    "wav": ("wav", "pcm_s16le"),
    "aiff": ("aiff", "pcm_s16be"),
    "caf": ("caf", "pcm_s16le"),
    "flac": ("flac", "flac"),
    "mp3": ("mp3", "libmp3lame"),
    "aac": ("adts", "aac"),
    "ogg": ("ogg", "libopus"),
    "webm": ("webm", "libopus"),
    "mka": ("matroska", "aac"),
    "wma": ("asf", "wmav2"),
}


@pytest.fixture(scope="module")
def files(encode: Encode, speech_like: Maker) -> dict[str, bytes]:
    """Four seconds of each kind, and an MP4 with its index in front."""
    samples = speech_like(SECONDS, 48000)
    made = {kind: encode(samples, 48000, *how, 64000) for kind, how in KINDS.items()}
    made["m4a"] = encode(samples, 48000, "ipod", "aac", 64000, {"movflags": "faststart"})
    made["m4a-index-last"] = encode(samples, 48000, "ipod", "aac", 64000)
    return made


def decode(data: bytes, name: str = "a.bin") -> tuple[float, bool, tuple[str, ...]]:
    """Seconds decoded, truncated?, warnings."""
    with open_audio(io.BytesIO(data), name=name) as stream:
        for block in stream.blocks():
            assert np.isfinite(block.samples).all()
        facts = stream.facts()
        return facts.duration_s, facts.truncated, stream.warnings


ALL = [*KINDS, "m4a"]


@pytest.mark.parametrize("kind", [*ALL, "m4a-index-last"])
def test_whole_files_have_no_warning(kind: str, files: dict[str, bytes]) -> None:
    seconds, truncated, warnings = decode(files[kind])
    assert (truncated, warnings) == (False, ())
    assert seconds == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize("kind", ALL)
def test_cut_files_are_judged_and_told(kind: str, files: dict[str, bytes]) -> None:
    data = files[kind]
    seconds, truncated, warnings = decode(data[: len(data) * 6 // 10])
    assert truncated
    assert 1.2 < seconds < 3.2
    assert len(warnings) == 1
    assert "judged" in warnings[0]


@pytest.mark.parametrize("kind", ["flac", "mp3", "aac", "ogg", "mka", "wma", "m4a"])
@pytest.mark.parametrize("filling", ["zeros", "noise", "gone"])
def test_files_damaged_in_the_middle_are_judged_and_told(
    kind: str, filling: str, files: dict[str, bytes]
) -> None:
    data, hole = files[kind], 3000
    start = len(data) // 2
    junk = {"zeros": bytes(hole), "noise": random.Random(kind).randbytes(hole), "gone": b""}[filling]
    seconds, truncated, warnings = decode(data[:start] + junk + data[start + hole :])
    assert truncated
    assert seconds > 1.5
    assert any("judged" in warning for warning in warnings)


def test_an_mp4_without_its_index_is_broken(files: dict[str, bytes]) -> None:
    data = files["m4a-index-last"]
    with pytest.raises(AudioDecodeError, match=r"call\.m4a: the index .* cut off"):
        decode(data[: len(data) // 2], "call.m4a")


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "webm", "wma", "aiff", "caf"])
def test_a_few_header_bytes_are_an_error(kind: str, files: dict[str, bytes]) -> None:
    with pytest.raises(AudioError) as caught:
        decode(files[kind][:14], f"a.{kind}")
    assert str(caught.value).startswith(f"a.{kind}: ")


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "m4a", "mka"])
def test_a_damaged_header_never_crashes(kind: str, files: dict[str, bytes]) -> None:
    """Each of the first 200 bytes flipped in turn (every third): decoded, or one of our errors."""
    for at in range(0, 200, 3):
        data = bytearray(files[kind][:20000])
        data[at] ^= 0xFF
        try:
            decode(bytes(data))
        except AudioError:
            continue


def test_damaged_aac_that_claims_31_channels_does_not_crash(files: dict[str, bytes]) -> None:
    """PyAV's own conversion walks off the list of planes here."""
    random.seed(0)
    for _ in range(6):
        data = bytearray(files["m4a"])
        start = random.randrange(len(data) // 3, len(data) - 4000)
        del data[start : start + random.randrange(100, 3000)]
        assert decode(bytes(data))[1]


def test_encrypted_mp4_is_refused(encode: Encode, tone: Maker) -> None:
    options = {
        "encryption_scheme": "cenc-aes-ctr",
        "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
        "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
    }
    data = encode(tone(1.0, 48000), 48000, "mp4", "aac", 64000, options)
    with pytest.raises(EncryptedAudioError, match=r"film\.mp4.*encrypted.*without copy protection"):
        decode(data, "film.mp4")


def _grow(data: bytearray, at: int, by: int) -> None:
    """Add to the size (an EBML number) that begins at ``at``; its own length must suffice."""
    length = 9 - data[at].bit_length()
    size = int.from_bytes(data[at : at + length], "big") + by
    data[at : at + length] = size.to_bytes(length, "big")


def test_encrypted_matroska_is_refused(files: dict[str, bytes]) -> None:
    """A track with ContentEncodings > ContentEncoding > ContentEncryption > ContentEncAlgo = AES."""
    encryption = bytes.fromhex("6d80 8d 6240 8a 5033 81 01 5035 84 47e1 81 05")
    data = bytearray(files["mka"])
    tracks = data.index(b"\x16\x54\xae\x6b")
    entry = data.index(b"\xae", tracks + 4)
    at = data.index(b"A_AAC") + 5  # right after CodecID, inside the track entry
    data[at:at] = encryption
    _grow(data, entry + 1, len(encryption))
    _grow(data, tracks + 4, len(encryption))
    with pytest.raises(EncryptedAudioError):
        decode(bytes(data))


def test_a_film_without_sound_is_empty() -> None:
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as out:
        video = out.add_stream("mpeg4", rate=25)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            out.mux(video.encode(av.VideoFrame(64, 64, "yuv420p")))
        out.mux(video.encode(None))
    with pytest.raises(EmptyAudioError, match="no sound track"):
        decode(buffer.getvalue())


def test_a_file_of_no_samples_is_empty(write_wav: Callable[..., Path]) -> None:
    with pytest.raises(EmptyAudioError, match="not a single sample"):
        decode(write_wav(np.zeros(0, dtype=np.float32)).read_bytes())


def _zip(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("sound.wav", content)
    return buffer.getvalue()


def _picture(codec: str, pixels: str) -> bytes:
    import av

    context = av.CodecContext.create(codec, "w")
    context.width, context.height, context.pix_fmt = 320, 240, pixels
    context.time_base = Fraction(1, 25)
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    frame = av.VideoFrame.from_ndarray(noise, "rgb24").reformat(format=pixels)
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])


@pytest.mark.parametrize(
    ("what", "make"),
    [
        ("text", lambda: b"Not a sound, only words.\n" * 400),
        ("text", lambda: "Grüße, 音声です。".encode() * 300),
        ("text", lambda: ("\ufeff" + "UTF-16 words, " * 200).encode("utf-16-le")),
        ("text", lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n"),
        ("text", lambda: b"ffconcat version 1.0\nfile '/etc/hostname'\n"),
        ("JPEG", lambda: _picture("mjpeg", "yuvj420p")),
        ("PNG", lambda: _picture("png", "rgb24")),
        ("ZIP", lambda: _zip(b"RIFF" + bytes(50_000))),
        ("PDF", lambda: b"%PDF-1.7\n" + random.Random(3).randbytes(50_000)),
        ("program", lambda: b"\x7fELF" + random.Random(4).randbytes(50_000)),
    ],
)
def test_other_files_are_named(what: str, make: Callable[[], bytes]) -> None:
    with pytest.raises(NotAudioError, match=rf"thing\.mp3.*{what}"):
        decode(make(), "thing.mp3")


@pytest.mark.parametrize("size", [1, 100, 5_000, 200_000])
def test_random_bytes_are_not_audio(size: int) -> None:
    for seed in range(10):
        with pytest.raises(NotAudioError):
            decode(random.Random(seed).randbytes(size))


def test_pictures_without_their_head_are_not_audio() -> None:
    """FFmpeg finds MP3 frame headers in compressed data; they lie apart, which gives them away."""
    body = _picture("mjpeg", "yuvj420p")[1000:]
    with pytest.raises(NotAudioError):
        decode(body * 5)


def test_a_few_chance_frames_are_not_audio(files: dict[str, bytes]) -> None:
    """Compiled terminal descriptions look like a few frames of MPEG layer 1 among other things."""
    frames = files["mp3"][len(files["mp3"]) // 2 :][:2000]
    with pytest.raises(NotAudioError):
        decode(bytes(range(256)) * 40 + frames)


def test_a_short_mp3_with_a_large_tag_is_audio(files: dict[str, bytes]) -> None:
    tag = b"ID3\x04\x00\x00\x00\x02\x00\x00" + bytes(2 << 14 >> 7 << 7)
    assert decode(tag + files["mp3"][:4000])[0] > 0.3


def test_gaps_in_time_stamps_become_silence(speech_like: Maker) -> None:
    """Browsers leave out silence: the time line must keep its length."""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="webm") as out:
        stream = out.add_stream("libopus", rate=48000)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(speech_like(2.0, 48000)[None], format="fltp", layout="mono")
        frame.sample_rate = 48000
        for k, piece in enumerate(av.AudioResampler("flt", "mono", 48000, frame_size=960).resample(frame)):
            piece.pts = k * 960 + (48000 if k >= 50 else 0)  # a second is left out in the middle
            for packet in stream.encode(piece):
                out.mux(packet)
        out.mux(stream.encode(None))
    seconds, truncated, warnings = decode(buffer.getvalue())
    assert seconds == pytest.approx(3.0, abs=0.1)
    assert not truncated
    assert any("leaves out 1.0 s" in warning for warning in warnings)


def test_changes_of_rate_and_channels_are_followed(encode: Encode, tone: Maker) -> None:
    """Two ADTS recordings in a row, as broadcasters make them: 48 kHz mono, then 24 kHz stereo."""
    first = encode(tone(1.0, 48000), 48000, "adts", "aac")
    second = encode(np.stack([tone(1.0, 24000)] * 2), 24000, "adts", "aac")
    with open_audio(io.BytesIO(first + second)) as stream:
        samples = np.concatenate([block.samples for block in stream.blocks()], axis=1)
        assert (stream.sample_rate, stream.channels) == (48000, 1)
    assert samples.shape[1] / 48000 == pytest.approx(2.0, abs=0.15)
    middle = samples[0, 66000:90000]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert spectrum.argmax() * 48000 / len(middle) == pytest.approx(440, abs=4)


def test_more_planes_than_pyav_can_count(noise: Maker) -> None:
    """Twelve planar channels: decoded without walking off the list of planes."""
    import soundfile

    buffer = io.BytesIO()
    samples = np.stack([noise(0.5, 48000, seed=seed) for seed in range(12)])
    soundfile.write(buffer, samples.T, 48000, format="OGG", subtype="VORBIS")
    with open_audio(io.BytesIO(buffer.getvalue())) as stream:
        assert stream.channels == 12
        back = np.concatenate([block.samples for block in stream.blocks()], axis=1)
    assert back.shape[0] == 12
    n = min(back.shape[1], samples.shape[1])
    assert np.corrcoef(back[7, :n], samples[7, :n])[0, 1] > 0.8


def test_decoder_counts_damage(files: dict[str, bytes]) -> None:
    data = files["mp3"]
    source = open_source(io.BytesIO(data[:9000] + bytes(2000) + data[11000:]))
    decoder = Decoder(source)
    assert sum(chunk.shape[1] for chunk in decoder.chunks()) > 48000
    assert decoder.bad_packets > 0
    decoder.close()
