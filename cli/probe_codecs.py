"""Does this machine decode what people send? Encode a short tone in each format and listen to it."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from earwitness.errors import EarWitnessError

Float32 = npt.NDArray[np.float32]

__all__ = ["PROBES", "CodecResult", "Probe", "probe_codec"]

TONE_HZ = 440.0
TONE_S = 0.6
MOST_OFF_HZ = 15.0
LENGTH_S = (0.4, 1.0)  # lossy codecs pad both ends


@dataclass(frozen=True, slots=True)
class Probe:
    """A format: what people call it, FFmpeg's muxer and encoder (or libsndfile's format and subtype)."""

    label: str
    container: str
    codec: str
    rate: int = 16_000
    by: str = "ffmpeg"
    bit_rate: int | None = None


@dataclass(frozen=True, slots=True)
class CodecResult:
    """outcome: "decodes", "fails", or "not tested" where this build has no encoder to make a clip with."""

    label: str
    outcome: str
    detail: str = ""


PROBES = (
    Probe("WAV 8 bit", "wav", "pcm_u8"),
    Probe("WAV 16 bit", "wav", "pcm_s16le"),
    Probe("WAV 24 bit", "wav", "pcm_s24le"),
    Probe("WAV float", "wav", "pcm_f32le"),
    Probe("WAV A-law", "wav", "pcm_alaw", 8_000),
    Probe("WAV µ-law", "wav", "pcm_mulaw", 8_000),
    Probe("WAV MS ADPCM", "wav", "adpcm_ms"),
    Probe("WAV IMA ADPCM", "wav", "adpcm_ima_wav"),
    Probe("WAV GSM 6.10", "WAV", "GSM610", 8_000, by="sndfile"),
    Probe("AIFF", "aiff", "pcm_s16be"),
    Probe("FLAC", "flac", "flac"),
    Probe("MP3", "mp3", "libmp3lame"),
    Probe("AAC (M4A, MP4)", "mp4", "aac"),
    Probe("ALAC (M4A)", "ipod", "alac"),
    Probe("Ogg Vorbis", "OGG", "VORBIS", by="sndfile"),
    Probe("Ogg Opus", "ogg", "libopus", 48_000),
    Probe("AMR-NB", "amr", "libopencore_amrnb", 8_000),
    Probe("WMA", "asf", "wmav2", 44_100, bit_rate=64_000),
    Probe("QuickTime (MOV)", "mov", "aac"),
    Probe("WebM", "webm", "libopus", 48_000),
    Probe("Matroska (MKV)", "matroska", "aac"),
)


def probe_codec(probe: Probe) -> CodecResult:
    """Make the clip, decode it through the front door of ``core.audio``, and look for the tone in it."""
    try:
        clip = _by_sndfile(probe) if probe.by == "sndfile" else _by_ffmpeg(probe)
    except Exception as error:  # noqa: BLE001 (the encoder is not what is tested)
        return CodecResult(probe.label, "not tested", f"no encoder here ({type(error).__name__})")
    return judge_clip(probe.label, clip)


def judge_clip(label: str, clip: bytes) -> CodecResult:
    """Decode ``clip`` and check length and pitch of what comes out."""
    from earwitness.audio import load_audio

    try:
        audio = load_audio(io.BytesIO(clip), mono=True)
    except EarWitnessError as error:
        return CodecResult(label, "fails", str(error))
    except Exception as error:  # noqa: BLE001 (a crash of a decoder is a finding too)
        return CodecResult(label, "fails", f"{type(error).__name__}: {error}")
    samples = np.asarray(audio.samples, dtype=np.float64).reshape(-1)
    seconds = len(samples) / audio.rate
    if not LENGTH_S[0] <= seconds <= LENGTH_S[1]:
        return CodecResult(label, "fails", f"{seconds:.2f} s came out of {TONE_S} s")
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    heard = float(np.argmax(spectrum)) / seconds
    if abs(heard - TONE_HZ) > MOST_OFF_HZ:
        return CodecResult(label, "fails", f"a tone of {TONE_HZ:.0f} Hz came out as {heard:.0f} Hz")
    return CodecResult(label, "decodes")


def _tone(rate: int) -> Float32:
    t = np.arange(int(TONE_S * rate)) / rate
    return (0.4 * np.sin(2 * np.pi * TONE_HZ * t)).astype(np.float32)


def _by_sndfile(probe: Probe) -> bytes:
    import soundfile

    out = io.BytesIO()
    soundfile.write(out, _tone(probe.rate), probe.rate, format=probe.container, subtype=probe.codec)
    return out.getvalue()


def _by_ffmpeg(probe: Probe) -> bytes:
    import av

    out = io.BytesIO()
    with av.open(out, "w", format=probe.container) as container:
        stream = container.add_stream(probe.codec, rate=probe.rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        if probe.bit_rate:
            stream.bit_rate = probe.bit_rate
        frame = av.AudioFrame.from_ndarray(_tone(probe.rate)[None], format="flt", layout="mono")
        frame.sample_rate = probe.rate
        resampler = av.AudioResampler(
            stream.format.name, "mono", probe.rate, frame_size=stream.codec_context.frame_size or None
        )
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return out.getvalue()
