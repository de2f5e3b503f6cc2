"""provenance/labels.py: labels go in, come back, leave every sample as it was, and respect what was there."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from earwitness.audio import load_audio
from earwitness.credentials import Claim, CredentialState
from earwitness.digital_source import DigitalSource
from earwitness.errors import LabelError, SourceNotFoundError, TargetError, UsageError
from earwitness.labels import AigcLabel, LabelRequest, LatentDisclosure, Regime
from earwitness.provenance.credentials import ContentCredentials
from earwitness.provenance.labels import FileLabels, open_labels

HELD = ("wav", "mp3", "flac", "m4a", "ogg")
LABELS = FileLabels()
NO_ROOM = """
import resource, signal, sys
from pathlib import Path
from earwitness.errors import TargetError
from earwitness.labels import LabelRequest, Regime, load_labels
path = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = path.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
wanted = LabelRequest(regimes=tuple(Regime), item_id="i" * 500, producer="p" * 500, link="l" * 500)
try:
    load_labels().write(path, wanted)
except TargetError as error:
    print("told:", error)
"""


def request(**change: Any) -> LabelRequest:
    values: dict[str, Any] = {
        "regimes": tuple(Regime),
        "item_id": "id-1",
        "producer": "Demo Läb",
        "system": "Piper",
        "system_version": "1.2",
        "created": "2026-11-24T10:00:00Z",
    }
    return LabelRequest(**{**values, **change})


@pytest.mark.parametrize("ending", HELD)
def test_every_sample_and_every_tag_stays(recording: Callable[[str], Path], ending: str) -> None:
    path = recording(ending)
    assert LABELS.holds(path)
    before = load_audio(path)
    LABELS.write(path, request())
    LABELS.write(path, request(item_id="id-2"))  # replaced, not added
    after = load_audio(path)
    assert after.rate == before.rate
    assert np.array_equal(after.samples, before.samples)
    found = LABELS.read(path)
    assert found.problems == ()
    assert found.aigc == AigcLabel("1", "Demo Läb", "id-2", "", "Demo Läb", "id-2", "")
    assert found.disclosure == LatentDisclosure(
        "trainedAlgorithmicMedia", "Demo Läb", "Piper", "1.2", "2026-11-24T10:00:00Z", "id-2"
    )


def test_an_mp4_film_keeps_its_picture(tmp_path: Path) -> None:
    import av

    path = tmp_path / "film.mp4"
    with av.open(str(path), "w", format="mp4") as out:
        picture = out.add_stream("mpeg4", rate=10)
        picture.width = picture.height = 64
        picture.pix_fmt = "yuv420p"
        sound = out.add_stream("aac", rate=16000)
        for index in range(10):
            image = av.VideoFrame.from_ndarray(np.full((64, 64, 3), index * 20, np.uint8), format="rgb24")
            out.mux(picture.encode(image))
        out.mux(picture.encode(None))
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 16000
        out.mux(sound.encode(frame))
        out.mux(sound.encode(None))

    def packets() -> list[bytes]:
        with av.open(str(path)) as film:
            return [bytes(packet) for packet in film.demux() if packet.size]

    before = packets()
    LABELS.write(path, request())
    assert packets() == before
    assert LABELS.read(path).aigc is not None


@pytest.mark.parametrize(
    ("regimes", "aigc", "disclosure"),
    [((Regime.CHINA,), True, False), ((Regime.EU,), False, True), ((Regime.CALIFORNIA,), False, True)],
)
def test_only_what_is_asked(
    recording: Callable[[str], Path], regimes: tuple[Regime, ...], aigc: bool, disclosure: bool
) -> None:
    path = recording("flac")
    LABELS.write(path, request(regimes=regimes))
    found = LABELS.read(path)
    assert (found.aigc is not None, found.disclosure is not None) == (aigc, disclosure)


def test_what_another_producer_said_stays(recording: Callable[[str], Path]) -> None:
    path = recording("mp3")
    LABELS.write(path, request(producer="First", item_id="1"))
    LABELS.write(path, request(producer="Second", item_id="2"))
    found = LABELS.read(path)
    assert found.aigc == AigcLabel("1", "First", "1", "", "Second", "2", "")
    assert found.disclosure is not None
    assert found.disclosure.provider == "Second"
    assert found.disclosure.made_from is not None
    assert found.disclosure.made_from.provider == "First"
    LABELS.write(path, request(producer="Second", item_id="3"))  # again: the first is not lost
    again = LABELS.read(path).disclosure
    assert again is not None
    assert again.made_from == found.disclosure.made_from


def test_labels_of_the_input_are_carried_over(recording: Callable[[str], Path]) -> None:
    origin = recording("flac")
    LABELS.write(origin, request(producer="First", item_id="1"))
    path = recording("wav")
    LABELS.write(path, request(producer="Second", item_id="2", earlier=LABELS.read(origin)))
    found = LABELS.read(path)
    assert found.aigc is not None
    assert (found.aigc.content_producer, found.aigc.content_propagator) == ("First", "Second")
    assert found.disclosure is not None
    assert found.disclosure.made_from is not None


def test_signed_after_labelling(recording: Callable[[str], Path], trusted: ContentCredentials) -> None:
    """Credentials hold over labels; a label changed afterwards shows."""
    for ending in ("wav", "mp3", "flac", "m4a"):
        path = recording(ending)
        LABELS.write(path, request())
        out = path.with_stem("signed")
        signed = trusted.sign(path, out, Claim(DigitalSource.GENERATED))
        assert signed.report.state is CredentialState.TRUSTED, ending
        assert LABELS.read(out) == replace(LABELS.read(path), name=out.name)
        LABELS.write(out, request(item_id="forged"))
        assert trusted.read(out).state is not CredentialState.TRUSTED, ending


@pytest.mark.parametrize("ending", ["aac", "aiff"])
def test_containers_without_a_place(recording: Callable[[str], Path], ending: str) -> None:
    path = recording(ending)
    before = path.read_bytes()
    assert not LABELS.holds(path)
    assert LABELS.read(path).container is None
    with pytest.raises(LabelError, match="no place for labels"):
        LABELS.write(path, request())
    assert path.read_bytes() == before


def test_human_sound_gets_no_label(recording: Callable[[str], Path]) -> None:
    with pytest.raises(UsageError, match="says that it is not"):
        LABELS.write(recording("wav"), request(source=DigitalSource.CAPTURED))


def test_fields_that_are_no_labels(recording: Callable[[str], Path]) -> None:
    from mutagen.flac import FLAC

    path = recording("flac")
    audio = FLAC(path)
    audio["AIGC"] = "yes"
    audio["AI_DISCLOSURE"] = "[]"
    audio.save()
    found = LABELS.read(path)
    assert not found.any
    assert len(found.problems) == 2
    assert "no JSON" in found.problems[0]
    LABELS.write(path, request())
    assert LABELS.read(path).problems == ()


def test_streams_and_what_is_not_there(recording: Callable[[str], Path], tmp_path: Path) -> None:
    path = recording("mp3")
    LABELS.write(path, request())
    found = LABELS.read(io.BytesIO(path.read_bytes()), name="stream")
    assert found.name == "stream"
    assert found.aigc is not None
    with pytest.raises(SourceNotFoundError):
        LABELS.read(tmp_path / "none.mp3")


def test_a_damaged_wav_is_refused_untouched(recording: Callable[[str], Path]) -> None:
    path = recording("wav")
    path.write_bytes(path.read_bytes()[:-500])
    before = path.read_bytes()
    with pytest.raises(LabelError, match="ends early"):
        LABELS.write(path, request())
    assert path.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to the superuser")
def test_a_file_that_may_not_be_written(recording: Callable[[str], Path]) -> None:
    path = recording("wav")
    path.chmod(0o400)
    with pytest.raises(TargetError, match="cannot be written"):
        LABELS.write(path, request())


@pytest.mark.parametrize("ending", ["wav", "mp3"])
def test_a_full_disk_is_called_what_it_is(recording: Callable[[str], Path], ending: str) -> None:
    """A limit on the size of files stands in for a disk without room."""
    path = recording(ending)
    done = subprocess.run(
        [sys.executable, "-c", NO_ROOM, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"told: {path}: cannot be written: File too large")


def test_the_door() -> None:
    assert isinstance(open_labels(), FileLabels)
