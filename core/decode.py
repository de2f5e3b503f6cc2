"""FFmpeg (through PyAV) behind one small class: bytes in, float32 samples out, damage counted.

What is read is decided by content. Only demuxers of audio and video files are let in: playlists
and text formats, which could make FFmpeg open other files or the network, are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from earwitness.errors import (
    AudioDecodeError,
    AudioError,
    EmptyAudioError,
    EncryptedAudioError,
    NotAudioError,
)
from earwitness.frames import SAFE_PLANES, FrameConverter
from earwitness.samples import Float32
from earwitness.source import Source

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer
    from av.packet import Packet

__all__ = ["Decoder"]

_FORMATS = (
    "aa,aac,aax,ac3,aea,aiff,alac,amr,ape,apc,asf,asf_o,ast,au,avi,caf,dsf,dss,dts,dtshd,eac3,flac,flv,"
    "gsm,iff,ircam,live_flv,loas,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpc,mpc8,mpeg,mpegts,mxf,"
    "nistsphere,nut,ogg,oma,qcp,qoa,rm,rso,shn,sox,sph,spx,tak,truehd,tta,voc,w64,wav,wtv,wv,xwma"
)
# Demuxers that recognise a file by patterns that also turn up in any other data, not by a signature.
_GUESSED = frozenset({"aac", "ac3", "dts", "dtshd", "eac3", "gsm", "loas", "mp3", "mpeg", "mpegts", "truehd"})
_GUESS_PACKETS = 32
_GUESS_AT_LEAST = 5  # packets; fewer are a tenth of a second of sound, or a chance pattern
_GUESS_COVERAGE = 0.7  # share of the first bytes that must be sound frames; an MP3 has 1.0, noise below 0.3
_GUESS_WHOLE = 0.5  # a file with fewer packets than that must consist of them (and of its tags)

# Containers whose time stamps are to be believed: a jump means that sound is missing there.
_TIMED = frozenset({"asf", "matroska", "mov", "mpegts", "ogg"})
# ... and among those the ones where a jump is no damage: browsers and phones leave out silence.
_GAPS_ALLOWED = frozenset({"matroska", "mov"})
_GAP_S = 0.1
_LONGEST_GAP_S = 60.0
_LOOK_FOR_KEYS = 8  # packets; those of encrypted MP4 carry key information from the first on
_MAX_DEMUX_ERRORS = 100

_KNOWN_HEADS = (
    b"RIFF", b"RIFX", b"RF64", b"FORM", b"fLaC", b"OggS", b"ID3", b"caff", b"#!AMR", b".snd", b"wvpk",
    b"\x1a\x45\xdf\xa3", b"\x30\x26\xb2\x75", b"MAC ",
)  # fmt: skip
_SHORT_NAMES = {"mov,mp4,m4a,3gp,3g2,mj2": "mp4", "matroska,webm": "matroska"}


class Decoder:
    """Decodes one audio stream of one source, once, front to back.

    Attributes are facts: ``container`` and ``codec`` (short names), ``rate`` (Hz), ``channels``,
    ``layout`` and ``sample_format`` (FFmpeg's names), ``bit_rate`` (bits/s or None), ``tags``,
    ``declared_s`` (the stream's own duration or None), ``start_s`` (time stamp of the first sample),
    ``audio_streams``, ``stream_index`` (of the decoded one); and, growing while it runs,
    ``bad_packets``, ``filled_s``, ``lost_s``.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.bad_packets = 0
        self.filled_s = 0.0
        """Seconds of silence put where the time stamps jump."""
        self.lost_s = 0.0
        """The part of ``filled_s`` that is missing sound, not left-out silence."""
        self._av: InputContainer = _open_container(source)
        try:
            self._read_facts()
            self._frames = self._prime()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Release FFmpeg's side; the source stays open."""
        self._av.close()

    def _read_facts(self) -> None:
        container, name = self._av, self._source.name
        streams = container.streams.audio
        self._demuxer = container.format.name.split(",")[0]
        if self._demuxer == "matroska" and _matroska_is_encrypted(self._source):
            raise _encrypted(self._source)
        if not streams:
            raise EmptyAudioError(
                "there is no sound track in this file.", subject=name, hint="Give a file with sound."
            )
        best = container.streams.best("audio")
        stream = next((one for one in streams if best is not None and one.index == best.index), streams[0])
        self._stream = stream
        self.container = _SHORT_NAMES.get(container.format.name, self._demuxer)
        self.audio_streams = len(streams)
        self.stream_index = stream.index
        if stream.codec_context is not None and _tag(stream.codec_context) in ("enca", "drms"):
            raise _encrypted(self._source)  # Common Encryption or FairPlay
        if stream.codec_context is None:
            raise AudioDecodeError("its codec is not known.", subject=name, hint="Convert it to WAV or FLAC.")
        # One thread: sound decoders gain nothing from more, and a scan runs one process a core.
        stream.codec_context.thread_count = 1
        self.codec = str(stream.codec_context.codec.canonical_name or stream.codec_context.name)
        self.bit_rate = int(
            stream.bit_rate or (container.bit_rate if len(container.streams) == 1 else 0) or 0
        )
        self.tags = {**container.metadata, **stream.metadata}
        self.declared_s = (
            float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None
        )

    def _prime(self) -> Iterator[AudioFrame]:
        """Decode up to the first frame, so that rate and channels are facts and not the header's claim."""
        packets = self._packets()
        if self._demuxer in _GUESSED:
            packets = self._check_guess(packets)
        frames = self._decode(packets)
        first = next(frames, None)
        if first is None:
            raise self._nothing_decoded()
        self.rate = int(first.sample_rate)
        self.channels = len(first.layout.channels)
        self.layout = first.layout.name
        self.sample_format = first.format.name
        self.start_s = float(first.pts * first.time_base) if first.pts and first.time_base else 0.0
        if self.rate <= 0 or self.channels <= 0:
            raise AudioDecodeError("its sample rate or channel count is zero.", subject=self._source.name)
        return chain([first], frames)

    def _nothing_decoded(self) -> AudioError:
        name = self._source.name
        if self.bad_packets and self._demuxer in _GUESSED:
            return self._no_audio()
        if self.bad_packets:
            return AudioDecodeError(
                f"the {self.codec} sound in it cannot be decoded: the file is damaged.",
                subject=name,
                hint="Get another copy.",
            )
        return EmptyAudioError(
            "it holds not a single sample of sound.", subject=name, hint="Record it again."
        )

    def _no_audio(self) -> NotAudioError:
        return NotAudioError(
            "no audio was found in it.", subject=self._source.name, hint="Give an audio or video file."
        )

    def _packets(self) -> Iterator[Packet[Any]]:
        """Packets of the stream; broken stretches of the container are skipped and counted."""
        from av.error import FFmpegError

        errors = 0
        while errors <= _MAX_DEMUX_ERRORS:
            try:
                yield from self._av.demux(self._stream)
                return
            except FFmpegError:
                errors += 1
                self.bad_packets += 1

    def _check_guess(self, packets: Iterator[Packet[Any]]) -> Iterator[Packet[Any]]:
        """Refuse data in which a signature-less format was merely imagined: its frames leave holes."""
        first = list(islice(packets, _GUESS_PACKETS))
        placed = [(packet.pos, packet.size) for packet in first if packet.size and packet.pos is not None]
        if len(placed) < _GUESS_AT_LEAST:
            raise self._no_audio()
        if self._demuxer not in ("mpeg", "mpegts"):
            span = placed[-1][0] + placed[-1][1] - placed[0][0]
            covered = sum(size for _, size in placed)
            if covered < _GUESS_COVERAGE * span:
                raise self._no_audio()
            tagged = self._source.peek(0, 3) == b"ID3"
            rest = self._source.size_bytes - (placed[0][0] if tagged else 0)
            if len(first) < _GUESS_PACKETS and covered < _GUESS_WHOLE * rest:
                raise self._no_audio()
        return chain(first, packets)

    def _decode(self, packets: Iterator[Packet[Any]]) -> Iterator[AudioFrame]:
        from av.error import EOFError as AvEOFError
        from av.error import FFmpegError

        for count, packet in enumerate(packets):
            if count < _LOOK_FOR_KEYS and packet.has_sidedata("encryption_info"):
                raise _encrypted(self._source)
            if packet.is_corrupt:
                self.bad_packets += 1
            try:
                yield from cast("list[AudioFrame]", packet.decode())
            except AvEOFError:
                return
            except FFmpegError:
                self.bad_packets += 1

    def chunks(self) -> Iterator[Float32]:
        """Samples as they come out of the decoder, float32 (channels, n), silence where time stamps jump.

        Frames that change rate or channel count mid-way are brought to those of the first.
        """
        timed = self._demuxer in _TIMED
        done = 0
        origin: float | None = None
        convert = FrameConverter(self.rate, self.channels)
        for frame in self._frames:
            if len(frame.layout.channels) > max(SAFE_PLANES, self.channels):
                self.bad_packets += 1  # a damaged header, not a change of layout
                continue
            samples = convert(frame)
            if timed and frame.pts is not None and frame.time_base is not None:
                at = frame.pts * frame.time_base.numerator / frame.time_base.denominator
                if origin is None:
                    origin = at
                gap = at - origin - done / self.rate
                if gap > _GAP_S:
                    if gap <= _LONGEST_GAP_S:
                        yield self._fill(gap)
                        done += round(gap * self.rate)
                    else:  # a jump of the clock, not a gap
                        origin += gap
            done += samples.shape[1]
            if samples.shape[1]:
                yield samples
        if (tail := convert.finish()).shape[1]:
            yield tail

    def _fill(self, gap_s: float) -> Float32:
        self.filled_s += gap_s
        if self._demuxer not in _GAPS_ALLOWED:
            self.lost_s += gap_s
        return np.zeros((self.channels, round(gap_s * self.rate)), dtype=np.float32)


def _open_container(source: Source) -> InputContainer:
    import av
    from av.error import FFmpegError

    source.file.seek(0)
    try:
        return av.open(
            source.file,
            mode="r",
            options={"format_whitelist": _FORMATS},
            metadata_errors="replace",
            buffer_size=1 << 17,
        )
    except (FFmpegError, ValueError) as error:
        head = source.peek(0, 12)
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
            raise AudioDecodeError(
                "the index of this MP4/MOV file is missing or broken: it was cut off or never finished.",
                subject=source.name,
                hint="Get a complete copy.",
            ) from error
        if head.startswith(_KNOWN_HEADS):
            raise AudioDecodeError(
                "it begins like an audio file, but its header is broken.",
                subject=source.name,
                hint="Get another copy.",
            ) from error
        raise NotAudioError(
            "this is no known audio or video format.",
            subject=source.name,
            hint="Give an audio or video file.",
        ) from error


def _tag(codec: Any) -> str | None:
    """Four letters that the container calls the codec by; None for a number that is no text."""
    try:
        return str(codec.codec_tag)
    except UnicodeDecodeError:
        return None


def _encrypted(source: Source) -> EncryptedAudioError:
    return EncryptedAudioError(
        "the sound is encrypted.", subject=source.name, hint="Give a copy without copy protection."
    )


def _matroska_is_encrypted(source: Source) -> bool:
    """True when a track has a ContentEncryption element, and in it a ContentEncAlgo."""
    head = source.peek(0, 1 << 16)
    at = head.find(b"\x50\x35")
    return at >= 0 and b"\x47\xe1" in head[at : at + 24]
