"""What a file holds besides the sound that is written anew: tags, pictures, a film, other tracks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer
    from av.packet import Packet

__all__ = ["CarryOver"]

_PICTURE_MUXERS = frozenset({"mp3", "flac", "ipod", "mp4", "mov", "aiff", "asf"})
_FILM_MUXERS = frozenset({"mp4", "mov", "matroska", "webm", "avi", "3gp"})
_NOT_CARRIED = frozenset(
    {"encoder", "vendor_id", "duration", "major_brand", "minor_version", "compatible_brands"}
)


class CarryOver:
    """Copies packets of the original's other streams into a new file, in step with its sound.

    original: the file, open for reading. sound_index: the stream that is written anew.
    """

    def __init__(self, original: IO[bytes], sound_index: int) -> None:
        import av

        original.seek(0)
        self._av: InputContainer = av.open(original, mode="r", metadata_errors="replace")
        self._sound_index = sound_index
        self.tags = _wanted(self._av.metadata)
        self.sound_tags = _wanted(self._av.streams[sound_index].metadata)
        self.has_film = any(not _is_picture(stream) for stream in self._av.streams.video)
        self._targets: dict[int, Any] = {}
        self._lost: list[str] = []
        self._packets: Iterator[Packet[Any]] = iter(())
        self._waiting: Packet[Any] | None = None

    def chapters(self) -> Any:
        """As PyAV gives them; () where it cannot."""
        return self._av.chapters() if hasattr(self._av, "chapters") else ()

    def add_before(self, out: OutputContainer, muxer: str) -> None:
        """Announce to the new file the streams that come before the sound."""
        self._announce(out, muxer, [s for s in self._av.streams if s.index < self._sound_index])

    def add_after(self, out: OutputContainer, muxer: str) -> tuple[str, ...]:
        """Announce those that come after the sound; a sentence for each stream that was lost."""
        self._announce(out, muxer, [s for s in self._av.streams if s.index > self._sound_index])
        wanted = [stream for stream in self._av.streams if stream.index in self._targets]
        self._packets = iter(self._av.demux(wanted)) if wanted else iter(())
        self._waiting = self._next()
        return tuple(self._lost)

    def _announce(self, out: OutputContainer, muxer: str, streams: list[Any]) -> None:
        from av.error import FFmpegError

        for stream in streams:
            try:
                if muxer not in (_PICTURE_MUXERS if _is_picture(stream) else _FILM_MUXERS):
                    raise ValueError(muxer)
                target: Any = out.add_stream_from_template(stream)
                target.metadata.update(_wanted(stream.metadata))
                if _is_picture(stream):
                    target.disposition = stream.disposition
            except (FFmpegError, ValueError, TypeError, AttributeError, NotImplementedError):
                what = "picture" if _is_picture(stream) else f"{stream.type} track"
                self._lost.append(f"The new file cannot hold the original's {what}.")
            else:
                self._targets[stream.index] = target

    def copy_until(self, out: OutputContainer, seconds: float) -> None:
        """Copy what belongs before this time, so that sound and film lie side by side."""
        while self._waiting is not None and _time(self._waiting) <= seconds:
            self._copy(self._waiting, out)

    def copy_rest(self, out: OutputContainer) -> None:
        """Copy what is left."""
        while self._waiting is not None:
            self._copy(self._waiting, out)

    def close(self) -> None:
        """Release FFmpeg's side; the original stays open."""
        self._av.close()

    def _copy(self, packet: Packet[Any], out: OutputContainer) -> None:
        packet.stream = self._targets[packet.stream.index]
        out.mux(packet)
        self._waiting = self._next()

    def _next(self) -> Packet[Any] | None:
        # The last "packets" of a demuxer are empty and only flush decoders.
        return next((packet for packet in self._packets if packet.size), None)


def _wanted(tags: Any) -> dict[str, str]:
    """Tags without those that the new container writes itself."""
    return {str(key): str(value) for key, value in tags.items() if str(key).lower() not in _NOT_CARRIED}


def _is_picture(stream: Any) -> bool:
    """True for a cover picture, which FFmpeg shows as a film of one frame."""
    from av.stream import Disposition

    return stream.type == "video" and bool(stream.disposition & Disposition.attached_pic)


def _time(packet: Any) -> float:
    stamp = packet.dts if packet.dts is not None else packet.pts
    return 0.0 if stamp is None or packet.time_base is None else float(stamp * packet.time_base)
