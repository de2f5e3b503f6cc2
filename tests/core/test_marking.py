"""core/marking.py: files keep their form, and nothing is ever half written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import fake_marks
import numpy as np
import pytest

import earwitness
from earwitness.audio import load_audio
from earwitness.errors import (
    AudioDecodeError,
    CannotHoldMarkError,
    EarWitnessError,
    KeyNotFoundError,
    KeyRevokedError,
    MarkNotReadBackError,
    NotAudioError,
    SourceNotFoundError,
    TargetError,
    UsageError,
)
from earwitness.marking import mark
from earwitness.marks import detectability
from earwitness.provenance.keys import KeyRing
from earwitness.verifying import verify

Sound = Callable[..., np.ndarray]


pytestmark = pytest.mark.usefixtures("fake_scheme")  # the real scheme has tests of its own


FORMS = [
    ("a.wav", "wav", "pcm_s16le", 16000, 1, None),
    ("a.wav", "wav", "pcm_s24le", 48000, 2, None),
    ("a.wav", "wav", "pcm_f32le", 44100, 6, None),
    ("a.wav", "wav", "pcm_u8", 8000, 1, None),
    ("a.wav", "wav", "pcm_mulaw", 8000, 1, None),
    ("a.flac", "flac", "flac", 22050, 2, None),
    ("a.mp3", "mp3", "libmp3lame", 44100, 2, 96_000),
    ("a.mp3", "mp3", "libmp3lame", 16000, 1, 32_000),
    ("a.m4a", "ipod", "aac", 44100, 2, 96_000),
    ("a.mp4", "mp4", "aac", 48000, 1, 64_000),
    ("a.aac", "adts", "aac", 16000, 1, 48_000),
    ("a.ogg", "ogg", "libopus", 48000, 2, 64_000),
    ("a.opus", "ogg", "libopus", 48000, 1, 32_000),
    ("a.webm", "webm", "libopus", 48000, 1, 48_000),
    ("a.mka", "matroska", "pcm_s16le", 32000, 1, None),
    ("a.aiff", "aiff", "pcm_s16be", 16000, 2, None),
    ("a.caf", "caf", "pcm_s24be", 44100, 1, None),
    ("a.au", "au", "pcm_s16be", 11025, 1, None),
    ("a.wma", "asf", "wmav2", 44100, 2, 96_000),
]


@pytest.mark.parametrize(("name", "container", "codec", "rate", "channels", "bit_rate"), FORMS)
def test_the_form_of_the_file_is_kept(
    place: Callable[..., Path], ring: KeyRing, tmp_path: Path, name: str, container: str, codec: str,
    rate: int, channels: int, bit_rate: int | None,
) -> None:  # fmt: skip
    source = place(name, container, codec, rate, channels, bit_rate=bit_rate)
    before = source.read_bytes()
    target = tmp_path / f"marked{source.suffix}"
    record = mark(source, target, key="studio", payload=77, keys=ring)
    assert source.read_bytes() == before
    old, new = record.source, record.file
    assert (new.container, new.codec, new.sample_rate, new.channels) == (
        old.container,
        old.codec,
        old.sample_rate,
        old.channels,
    )
    assert new.duration_s == pytest.approx(old.duration_s, abs=0.15)
    if bit_rate:
        assert new.size_bytes == pytest.approx(old.size_bytes, rel=0.25)
    assert [(m.key, m.payload, m.signpost) for m in record.marks] == [("studio", 77, False)]
    found = verify(target, keys=ring)
    assert (found.marked, found.verified, found.proof) == (True, True, True)
    assert (found.key, found.payload) == ("studio", 77)
    assert not verify(source, keys=ring).marked
    assert [p.name for p in tmp_path.iterdir() if ".part" in p.name] == []


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_both_marks_are_read_when_both_are_asked_for(
    place: Callable[..., Path], ring: KeyRing, tmp_path: Path
) -> None:
    record = mark(
        place("a.wav", "wav", "pcm_s16le"), tmp_path / "b.wav", key="studio", signpost=True, keys=ring
    )
    assert [made.key for made in record.marks] == ["signpost", "studio"]
    assert record.marks[0].payload == record.marks[1].payload
    found = verify(tmp_path / "b.wav", keys=ring)
    assert {one.key for one in found.marks} == {"signpost", "studio"}
    assert (found.key, found.proof) == ("studio", True)


def test_without_a_key_the_signpost_alone_and_it_proves_nothing(
    place: Callable[..., Path], ring: KeyRing, tmp_path: Path
) -> None:
    record = mark(place("a.wav", "wav", "pcm_s16le"), tmp_path / "b.wav", keys=ring)
    assert [made.key for made in record.marks] == ["signpost"]
    found = verify(tmp_path / "b.wav", keys=ring)
    assert (found.verified, found.proof) == (True, False)
    assert "anybody can" in found.sentence


def test_marks_by_rotated_and_revoked_keys(place: Callable[..., Path], ring: KeyRing, tmp_path: Path) -> None:
    target = tmp_path / "b.wav"
    mark(place("a.wav", "wav", "pcm_s16le"), target, key="studio", keys=ring)
    ring.rotate("studio")
    found = verify(target, keys=ring, key="studio")
    assert (found.proof, found.marks[0].key_state) == (True, "retired")
    ring.revoke("studio", "stolen")
    found = verify(target, keys=ring)
    assert (found.verified, found.proof, found.marks[0].key_state) == (True, False, "revoked")
    assert "stolen" in found.sentence
    with pytest.raises(KeyRevokedError):
        mark(tmp_path / "a.wav", tmp_path / "c.wav", key="studio", keys=ring)
    assert not (tmp_path / "c.wav").exists()


def test_another_key_reads_nothing(place: Callable[..., Path], ring: KeyRing, tmp_path: Path) -> None:
    mark(place("a.wav", "wav", "pcm_s16le"), tmp_path / "b.wav", key="studio", keys=ring)
    found = verify(tmp_path / "b.wav", key="other", keys=ring)
    assert (found.marked, found.key, found.payload, found.spans) == (False, None, None, ())
    assert found.keys_tried == 1


def test_what_was_not_touched_stays_to_the_bit(
    ring: KeyRing, tmp_path: Path, speech_like: Sound, write_wav: Callable[..., Path]
) -> None:
    sound = speech_like(4.0)
    sound[20000:30000] = 0.0
    source = write_wav(sound, name="a.wav")
    mark(source, tmp_path / "b.wav", key="studio", keys=ring)
    assert not load_audio(tmp_path / "b.wav").samples[0, 20000:30000].any()


BAD: list[tuple[str, type[EarWitnessError], dict[str, object]]] = [
    ("a.wav", TargetError, {"out": "a.wav"}),
    ("a.wav", TargetError, {"out": "none/b.wav"}),
    ("a.wav", TargetError, {"out": "b.xyz"}),
    ("a.wav", TargetError, {"out": "keys"}),
    ("a.wav", KeyNotFoundError, {"key": "nobody"}),
    ("a.wav", UsageError, {"payload": 1 << 8}),
    ("a.wav", UsageError, {"payload": -1}),
    ("a.wav", UsageError, {"strength": "very"}),
    ("a.wav", UsageError, {"signpost": False}),
    ("none.wav", SourceNotFoundError, {}),
    ("letter.txt", NotAudioError, {}),
    ("silent.wav", CannotHoldMarkError, {}),
    ("cut.wav", AudioDecodeError, {}),
    ("cut.flac", AudioDecodeError, {}),
]


@pytest.mark.parametrize(("name", "error", "options"), BAD)
def test_bad_input_is_one_clear_error_and_leaves_nothing(
    place: Callable[..., Path], ring: KeyRing, tmp_path: Path, write_wav: Callable[..., Path], name: str,
    error: type[EarWitnessError], options: dict[str, object],
) -> None:  # fmt: skip
    place("a.wav", "wav", "pcm_s16le")
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam")
    write_wav(np.zeros(32000, dtype=np.float32), name="silent.wav")
    for form in ("wav", "flac"):
        whole = place(f"whole.{form}", form, "flac" if form == "flac" else "pcm_s16le").read_bytes()
        (tmp_path / f"cut.{form}").write_bytes(whole[: len(whole) // 2])
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    asked = {"out": "b.wav", **options}
    with pytest.raises(error):
        mark(tmp_path / name, tmp_path / str(asked.pop("out")), keys=ring, **asked)
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before
    assert leftovers(tmp_path) == []


def test_a_mark_that_cannot_be_read_back_is_not_handed_out(
    place: Callable[..., Path], ring: KeyRing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "b.wav"
    target.write_bytes(b"an older file")
    blind = fake_marks.BlindWatermark()
    monkeypatch.setattr("earwitness.marking.load_scheme", lambda _: blind)
    with pytest.raises(MarkNotReadBackError, match="nothing was kept"):
        mark(place("a.wav", "wav", "pcm_s16le"), target, keys=ring)
    assert target.read_bytes() == b"an older file"
    assert leftovers(tmp_path) == []


def test_short_audio_is_warned_of_and_refused_on_request(
    ring: KeyRing, tmp_path: Path, speech_like: Sound, write_wav: Callable[..., Path]
) -> None:
    source = write_wav(speech_like(2.0, level=0.05), name="a.wav")
    record = mark(source, tmp_path / "b.wav", keys=ring)
    assert any("easily lost" in warning for warning in record.warnings)
    with pytest.raises(CannotHoldMarkError, match="weak"):
        mark(source, tmp_path / "c.wav", require=True, keys=ring)
    assert not (tmp_path / "c.wav").exists()


def test_no_secret_in_a_record_or_a_verification(
    place: Callable[..., Path], ring: KeyRing, tmp_path: Path
) -> None:
    record = mark(place("a.wav", "wav", "pcm_s16le"), tmp_path / "b.wav", key="studio", keys=ring)
    found = verify(tmp_path / "b.wav", keys=ring)
    secret = ring.get("studio").secret
    for text in (record.to_json(), found.to_json(), repr(record), repr(found)):
        assert secret.hex() not in text
        assert repr(secret)[2:-1] not in text


def test_verify_tells_what_is_wrong_with_a_file_and_goes_on(
    place: Callable[..., Path], ring: KeyRing, tmp_path: Path
) -> None:
    target = tmp_path / "b.wav"
    mark(place("a.wav", "wav", "pcm_s16le"), target, keys=ring)
    data = target.read_bytes()
    target.write_bytes(data[: len(data) * 3 // 4])
    found = verify(target, keys=ring)
    assert found.verified
    assert found.file.truncated
    assert found.warnings
    with pytest.raises(UsageError, match="full"):
        verify(target, search="deep", keys=ring)


def test_the_exported_names_are_the_functions() -> None:
    assert earwitness.mark is mark
    assert earwitness.verify is verify
    with pytest.raises(UsageError):
        earwitness.verify("http://example.org/a.wav")


def test_narrow_and_faint_marks_are_told(
    ring: KeyRing, tmp_path: Path, speech_like: Sound, write_wav: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    record = mark(write_wav(speech_like(4.0, 8000, 0.3), 8000, "a.wav"), tmp_path / "b.wav", keys=ring)
    assert record.marks[0].detectability == pytest.approx(detectability(1e-30), abs=1e-3)
    assert any("8000 Hz" in warning for warning in record.warnings)
    monkeypatch.setattr("earwitness.weak_marks._WEAK_DETECTABILITY", 1.1)
    source = write_wav(speech_like(4.0, level=0.3), name="c.wav")
    record = mark(source, tmp_path / "d.wav", keys=ring)
    assert any("can just be read" in warning for warning in record.warnings)
    with pytest.raises(CannotHoldMarkError, match="can just be read"):
        mark(source, tmp_path / "e.wav", keys=ring, require=True)
    assert not (tmp_path / "e.wav").exists()


def test_a_second_mark_of_the_same_key_is_told_and_refused_on_request(
    place: Callable[..., Path], ring: KeyRing, tmp_path: Path
) -> None:
    once = tmp_path / "once.wav"
    assert mark(place("a.wav", "wav", "pcm_s16le"), once, key="studio", payload=7, keys=ring).warnings == ()
    record = mark(once, tmp_path / "same.wav", key="studio", payload=7, keys=ring)
    assert any("this very record, 0x00000007" in warning for warning in record.warnings)
    with pytest.raises(
        CannotHoldMarkError, match=r"once\.wav: It already carries .*studio.*0x00000007 \(7\)"
    ):
        mark(once, tmp_path / "twice.wav", key="studio", payload=8, require=True, keys=ring)
    assert not (tmp_path / "twice.wav").exists()
    assert leftovers(tmp_path) == []


def test_a_mark_of_another_key_is_no_hindrance(
    place: Callable[..., Path], ring: KeyRing, tmp_path: Path
) -> None:
    mark(place("a.wav", "wav", "pcm_s16le"), tmp_path / "once.wav", keys=ring)
    record = mark(tmp_path / "once.wav", tmp_path / "twice.wav", key="studio", require=True, keys=ring)
    assert record.warnings == ()
    assert {one.key for one in verify(tmp_path / "twice.wav", keys=ring).marks} == {"signpost", "studio"}
