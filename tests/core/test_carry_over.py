"""core/carry_over.py: tags, pictures and films come along; the original stays what it was."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from earwitness.audio import open_audio
from earwitness.encode import Writer
from earwitness.encode_plan import plan


def film(path: Path, container: str, sound: np.ndarray, *, picture: bool = False, first: bool = True) -> None:
    """A file with a film (or a cover picture) of moving noise and this sound at 44.1 kHz."""
    with av.open(str(path), "w", format=container) as out:

        def add_video() -> Any:
            stream = out.add_stream("png" if picture else "mpeg4", rate=10)
            stream.width, stream.height, stream.pix_fmt = 32, 32, "rgb24" if picture else "yuv420p"
            if picture:
                stream.disposition = av.stream.Disposition.attached_pic
            return stream

        video = add_video() if first else None
        audio = out.add_stream("libmp3lame" if container == "mp3" else "aac", rate=44100, layout="mono")
        video = video or add_video()
        out.metadata["title"] = "A täg"
        for n in range(1 if picture else 20):
            pixels = np.random.default_rng(n).integers(0, 255, (32, 32, 3), dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, 10)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        heard = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="fltp", layout="mono")
        heard.sample_rate = 44100
        out.mux(audio.encode(heard))
        out.mux(audio.encode(None))


def rewrite(source: Path, target: Path) -> Writer:
    with open_audio(source) as stream, source.open("rb") as original:
        writer = Writer(target, plan(stream.form, target), stream.form, original)
        try:
            for block in stream.blocks():
                writer.push(block.samples)
            writer.finish()
        finally:
            writer.close()
    return writer


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as file:
        return [bytes(packet) for packet in file.demux(file.streams.video[0]) if packet.size]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("container", ["mp4", "matroska", "mov"])
def test_a_film_is_carried_over_untouched(
    tmp_path: Path, tone: Callable[..., np.ndarray], container: str, first: bool
) -> None:
    ending = {"mp4": ".mp4", "matroska": ".mkv", "mov": ".mov"}[container]
    source, target = tmp_path / f"a{ending}", tmp_path / f"b{ending}"
    film(source, container, tone(2.0, 44100), first=first)
    assert rewrite(source, target).warnings == []
    assert packets(target) == packets(source)
    with av.open(str(source)) as old, av.open(str(target)) as new:
        assert [s.type for s in new.streams] == [s.type for s in old.streams]
        assert {k.lower(): v for k, v in new.metadata.items()}["title"] == "A täg"
        assert float(new.duration) == pytest.approx(float(old.duration), abs=1e5)


def test_a_cover_picture_stays_a_cover_picture(tmp_path: Path, tone: Callable[..., np.ndarray]) -> None:
    source, target = tmp_path / "a.mp3", tmp_path / "b.mp3"
    film(source, "mp3", tone(2.0, 44100), picture=True)
    assert rewrite(source, target).warnings == []
    assert packets(target) == packets(source)
    with av.open(str(target)) as new:
        assert new.streams.video[0].disposition & av.stream.Disposition.attached_pic


def test_what_the_new_form_cannot_hold_is_told(tmp_path: Path, tone: Callable[..., np.ndarray]) -> None:
    source, target = tmp_path / "a.mp4", tmp_path / "b.wav"
    film(source, "mp4", tone(2.0, 44100))
    assert rewrite(source, target).warnings == ["The new file cannot hold the original's video track."]
