"""Sound through an encoder and straight back, in memory, for whoever needs what a codec does to speech.

Packets go from FFmpeg's encoder (through PyAV) to its decoder without a container, GSM and its like through
libsndfile. What comes out is late by what the codec adds: :func:`late_by` measures that.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.samples import Float32

__all__ = ["late_by", "through_ffmpeg", "through_libsndfile"]

_BLOCK = 32_768  # frames: libsndfile keeps a whole write on the stack, so long ones crash with Vorbis


def through_ffmpeg(
    x: Float32,
    encoder: str,
    decoder: str,
    rate: int,
    bits: int = 0,
    options: Mapping[str, str] | None = None,
) -> tuple[Float32, int]:
    """What the decoder makes of ``x`` (n,) ±1 at ``rate`` Hz, delay included, and the rate that it has now.

    encoder, decoder: FFmpeg's names. bits: a second, 0 where there is only one way. options: of the encoder.
    Raises LookupError or ValueError for a codec that this build lacks, av.error.FFmpegError for settings that
    it refuses.
    """
    import av

    writer, reader = av.CodecContext.create(encoder, "w"), av.CodecContext.create(decoder, "r")
    assert isinstance(writer, av.AudioCodecContext)
    assert isinstance(reader, av.AudioCodecContext)
    kinds = [one.name for one in writer.codec.audio_formats or []]
    kind = next((one for one in kinds if one.startswith("flt")), kinds[0])
    writer.sample_rate, writer.layout, writer.format = rate, "mono", kind
    if bits:
        writer.bit_rate = bits
    if options:
        writer.options = dict(options)
    writer.open()
    reader.extradata = writer.extradata
    reader.sample_rate, reader.layout = rate, "mono"
    padded = np.pad(x, (0, -x.size % (writer.frame_size or 1)))
    data = np.round(padded * 32_767).astype(np.int16) if kind.startswith("s16") else padded
    frame = av.AudioFrame.from_ndarray(data[None], kind, "mono")
    frame.sample_rate, frame.pts = rate, 0
    # PyAV cuts the frame into the encoder's own sizes, in C.
    packets: list[Any] = [*writer.encode(frame), *writer.encode(None), None]
    frames = [one for packet in packets for one in reader.decode(packet)]
    found: npt.NDArray[Any] = np.concatenate([one.to_ndarray() for one in frames], axis=1)[0]
    scale = 32_768 if found.dtype == np.int16 else 1
    return np.asarray(found / scale, np.float32), frames[-1].sample_rate


def through_libsndfile(
    x: Float32, subtype: str, rate: int, container: str = "WAV", level: float | None = None
) -> Float32:
    """The same for a ``subtype`` of libsndfile ("GSM610", "IMA_ADPCM", "VORBIS", ...); the rate stays.

    level: its compression level, 0 best to 1 smallest, None where it has none.
    """
    import soundfile

    memory = io.BytesIO()
    options = {} if level is None else {"compression_level": level}
    with soundfile.SoundFile(memory, "w", rate, 1, format=container, subtype=subtype, **options) as sound:
        for start in range(0, x.size, _BLOCK):
            sound.write(x[start : start + _BLOCK])
    memory.seek(0)
    decoded, _ = soundfile.read(memory, dtype="float32")
    return np.asarray(decoded, np.float32)


def late_by(sent: Float32, heard: Float32, reach: int) -> int:
    """Samples by which ``heard`` is later than ``sent``, of the same rate; below 0 where it is early.

    The peak of their cross-correlation; less than ``reach`` either way.
    """
    size = 1 << (sent.size + heard.size).bit_length()
    cross = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sent, size)), size)
    lags = np.concatenate([np.arange(reach), np.arange(-reach, 0)])
    return int(lags[np.argmax(cross[lags])])
