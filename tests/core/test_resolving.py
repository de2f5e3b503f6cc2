"""core/resolving.py: what a soft binding and what a recording lead to, with a registry that is a real one."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from earwitness import resolving
from earwitness.credentials import SoftBinding
from earwitness.errors import NotAudioError, RegistryError, UsageError
from earwitness.marking import mark
from earwitness.provenance.store import open_registry
from earwitness.records import Record
from earwitness.resolve_task import ResolveTask, resolve_task
from earwitness.resolving import FoundManifest, by_binding, by_content, parse_binding, supported
from earwitness.soft_bindings import bind
from earwitness.tracing import take_fingerprint

Sound = Callable[..., np.ndarray]
ID, OTHER = "urn:c2pa:00000000-0000-4000-8000-000000000001", "urn:c2pa:00000000-0000-4000-8000-000000000002"
KEY = "aabbccdd"


def store_of(manifest_id: str) -> bytes:
    """A manifest store, as far as its boxes go."""

    def box(name: bytes, content: bytes) -> bytes:
        return (8 + len(content)).to_bytes(4, "big") + name + content

    def described(kind: bytes, label: str, inside: bytes) -> bytes:
        rest = bytes.fromhex("00110010800000aa00389b71")
        return box(b"jumb", box(b"jumd", kind + rest + b"\x03" + label.encode() + b"\x00") + inside)

    return described(b"c2pa", "c2pa", described(b"c2ma", manifest_id, b""))


@pytest.fixture
def place(tmp_path: Path) -> str:
    """A registry with one marked record that has credentials and one that has none."""
    place = str(tmp_path / "registry.db")
    with open_registry(place) as registry:
        registry.add(
            Record(
                content_sha256="0" * 64,
                payload=7,
                key_ids=(KEY,),
                scheme="patchwork-1",
                manifest=store_of(ID),
                labels={"job": "private"},
            )
        )
        registry.add(Record(content_sha256="1" * 64, payload=8, key_ids=(KEY,)))
    return place


def test_a_mark_leads_to_the_credentials_of_its_record(place: str) -> None:
    assert by_binding(place, bind("patchwork-1", KEY, 7)) == (FoundManifest(ID, 100),)
    assert by_binding(place, bind("patchwork-1", KEY, 8)) == (), "a record without credentials"
    assert by_binding(place, bind("patchwork-1", "00000000", 7)) == (), "another key's"
    assert by_binding(place, bind("patchwork-2", KEY, 7)) == (), "another scheme's"
    assert by_binding(place + ".absent", bind("patchwork-1", KEY, 7)) == ()
    assert not Path(place + ".absent").exists(), "asking makes no registry"


@pytest.mark.parametrize(
    "binding",
    [
        SoftBinding("com.digimarc.validate.1", bytes(8)),
        SoftBinding("org.earwitness.patchwork.1", bytes(7)),
        SoftBinding("org.earwitness.landmarks.1", bytes(64)),
    ],
)
def test_bindings_that_cannot_be_looked_up_say_what_can(place: str, binding: SoftBinding) -> None:
    with pytest.raises(UsageError, match=r"org\.earwitness\.\*, 8 bytes"):
        by_binding(place, binding)


@pytest.mark.parametrize("value", ["", "!", "AAA", "AA==\n", "é", base64.b64encode(bytes(70_000)).decode()])
def test_values_that_are_not_base64_of_a_few_bytes(value: str) -> None:
    with pytest.raises(UsageError, match="value"):
        parse_binding("org.earwitness.patchwork.1", value)


def test_what_is_supported_is_what_is_offered() -> None:
    found = supported(["default"])
    assert found.watermarks == ("org.earwitness.patchwork.1",)
    assert found.fingerprints == ("org.earwitness.landmarks.1",)
    assert supported([]).watermarks == ()


def test_a_recording_is_found_by_mark_by_sound_and_by_bytes_and_a_copied_mark_counts_nothing(
    tmp_path: Path, speech_like: Sound, write_wav: Callable[..., Path]
) -> None:
    place = str(tmp_path / "registry.db")
    original = write_wav(speech_like(12.0, 16000, 0.4, 1), 16000, "in.wav")
    marked = tmp_path / "marked.wav"
    made = mark(original, marked, signpost=True, payload=99).marks[0]
    other = write_wav(speech_like(12.0, 16000, 0.4, 2), 16000, "other.wav")
    with open_registry(place) as registry:
        registry.add(
            Record(
                content_sha256=mark_sha(marked),
                payload=99,
                key_ids=(made.key_id,),
                scheme=made.scheme,
                fingerprint=take_fingerprint(marked),
                manifest=store_of(ID),
            )
        )
        transplanted = bind(made.scheme, made.key_id, 99)
    assert by_content(place, str(marked), "x", schemes=("default",)) == (FoundManifest(ID, 100),)
    (found,) = by_content(place, str(original), "x", schemes=())
    assert found.manifest_id == ID
    assert found.score is not None
    assert 0 < found.score < 100, "the same sound, other bytes"
    assert by_content(place, str(original), "x", schemes=("default",), fingerprint=False) == ()
    assert by_content(place, str(other), "x", schemes=("default",)) == ()
    assert by_content(place, str(other), "x", hint=transplanted, schemes=("default",)) == (
        FoundManifest(ID, 0),
    ), "the mark leads there, but the sound is another one's"
    task = ResolveTask(str(marked), "x", registry=place)
    assert json.loads(resolve_task(task)) == {"matches": [{"manifestId": ID, "similarityScore": 100}]}
    assert json.loads(resolve_task(replace(task, most=0))) == {"matches": []}
    assert by_content(place + ".absent", str(marked), "x", schemes=("default",)) == ()


def mark_sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_errors_do_not_tell_where_things_lie(tmp_path: Path, place: str) -> None:
    broken = tmp_path / "secret-place.db"
    broken.write_bytes(b"no database at all, but long enough to look at " * 50)
    with pytest.raises(RegistryError) as told:
        by_binding(str(broken), bind("patchwork-1", KEY, 7))
    assert "secret-place" not in str(told.value)
    letter = tmp_path / "recording"
    letter.write_text("Dear Sir or Madam")
    with pytest.raises(NotAudioError) as refused:
        by_content(place, str(letter), "the recording", schemes=("default",))
    assert str(tmp_path) not in str(refused.value)


def test_records_and_manifests_by_id(place: str) -> None:
    entry = resolving.entry_of_manifest(place, ID)
    assert entry is not None
    assert resolving.entry_of_record(place, entry.record.record_id) == entry
    assert resolving.entry_of_manifest(place, OTHER) is None
    assert resolving.entry_of_record(place, "nonsense") is None
