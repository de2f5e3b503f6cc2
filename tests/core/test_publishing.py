"""core/publishing.py: one act, read back; crashes and conflicts leave all or nothing; many at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

import earwitness
from earwitness import journal, publishing
from earwitness.credentials import Claim, CredentialState, load_credentials
from earwitness.digital_source import DigitalSource
from earwitness.errors import MarkNotReadBackError, RecordConflictError, TargetError
from earwitness.labels import Regime, load_labels
from earwitness.provenance.certificates import to_pem
from earwitness.provenance.identities import Identities
from earwitness.provenance.keys import KeyRing
from earwitness.provenance.trust import TrustList
from earwitness.publish_steps import Steps
from earwitness.records import Entry, load_registry

Float32 = np.ndarray
ALL = Steps(generator="Piper 1.2", labels=(Regime.CALIFORNIA,), producer="Demo Lab", notes=(("job", "7"),))


@pytest.fixture
def place(tmp_path: Path, speech_like: Callable[..., Float32], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A studio with a key, a certificate that it trusts itself, and a recording."""
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "settings" / "keys.json"))
    monkeypatch.setenv("EARWITNESS_REGISTRY", str(tmp_path / "settings" / "registry.db"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "settings" / "data"))
    KeyRing().create("studio")
    root = Identities().create("studio", organization="Demo Lab", days=99).root
    assert root is not None
    TrustList().add("studio", to_pem([root]).encode())
    soundfile.write(tmp_path / "in.wav", speech_like(8.0, seed=2), 16_000)
    return tmp_path


def entries() -> list[Entry]:
    with load_registry() as registry:
        assert registry.audit().clean
        return list(registry.entries())


def left_behind(place: Path) -> Iterator[Path]:
    yield from (path for path in place.iterdir() if path.name.startswith("."))
    yield from journal.default_folder().glob("*")


def test_all_of_it_is_done_and_read_back(place: Path) -> None:
    before = (place / "in.wav").read_bytes()
    made = earwitness.publish(place / "in.wav", place / "out.wav", steps=ALL, key="studio")
    assert (place / "in.wav").read_bytes() == before
    (entry,) = entries()
    record = entry.record
    assert made.record_id == record.record_id
    assert made.file.sha256 == record.content_sha256 == earwitness.verify(place / "out.wav").file.sha256
    assert (record.generator, record.generator_version, record.signer) == ("Piper", "1.2", "studio")
    assert (record.payload, dict(record.labels)) == (made.marks[0].payload, {"job": "7"})
    assert made.credentials is not None
    assert (made.credentials.state, made.labels, made.left_out) == ("trusted", ("california",), ())
    found = earwitness.trace(place / "out.wav")
    assert found.credentials is not None
    assert (found.credentials.state, found.missing) == (CredentialState.TRUSTED, ())
    assert found.credentials.soft_bindings
    labels = load_labels().read(place / "out.wav").disclosure
    assert labels is not None
    assert (labels.provider, labels.item_id, labels.system) == ("Demo Lab", record.record_id, "Piper")
    assert not list(left_behind(place))


def test_one_changed_byte_is_tampering(place: Path) -> None:
    earwitness.publish(place / "in.wav", place / "out.wav", key="studio")
    data = bytearray((place / "out.wav").read_bytes())
    data[len(data) // 2] ^= 1
    (place / "changed.wav").write_bytes(data)
    assert load_credentials().read(place / "changed.wav").state is CredentialState.TAMPERED


def test_the_credentials_of_the_source_are_kept_as_its_origin(place: Path) -> None:
    signed = place / "signed.wav"
    load_credentials().sign(place / "in.wav", signed, Claim(DigitalSource.CAPTURED, title="interview"))
    earwitness.publish(
        signed, place / "out.wav", key="studio", steps=Steps(source=DigitalSource.PARTLY_GENERATED)
    )
    report = load_credentials().read(place / "out.wav")
    assert report.state is CredentialState.TRUSTED
    (origin,) = report.ingredients
    assert (origin.relation, origin.state) == ("parentOf", CredentialState.TRUSTED)
    assert "digitalCapture" in origin.digital_sources


def test_a_format_without_room_gets_a_side_car(place: Path, speech_like: Callable[..., Float32]) -> None:
    soundfile.write(place / "in.ogg", speech_like(8.0, seed=2), 16_000)
    made = earwitness.publish(place / "in.ogg", place / "out.ogg", key="studio")
    assert made.credentials is not None
    assert made.credentials.sidecar == "out.c2pa"
    assert load_credentials().read(place / "out.ogg").state is CredentialState.TRUSTED
    earwitness.publish(place / "in.ogg", place / "out.ogg", key="studio")  # its own side-car is replaced
    (place / "other.c2pa").write_bytes(b"somebody else's")
    with pytest.raises(TargetError, match="belongs to another file"):
        earwitness.publish(place / "in.ogg", place / "other.ogg", key="studio")
    assert len(entries()) == 2
    assert not list(left_behind(place))


def test_the_side_car_of_a_file_of_the_same_name_stays(
    place: Path, speech_like: Callable[..., Float32]
) -> None:
    soundfile.write(place / "in.ogg", speech_like(8.0, seed=2), 16_000)
    soundfile.write(place / "same.opus", speech_like(8.0, seed=3), 16_000, format="OGG", subtype="OPUS")
    earwitness.publish(place / "same.opus", place / "signed.opus", key="studio")
    (place / "signed.ogg").write_bytes(b"not signed, and to be replaced")
    before = (place / "signed.c2pa").read_bytes()
    with pytest.raises(TargetError, match="belongs to another file"):
        earwitness.publish(place / "in.ogg", place / "signed.ogg", key="studio")
    assert (place / "signed.c2pa").read_bytes() == before
    assert (place / "signed.ogg").read_bytes() == b"not signed, and to be replaced"
    earwitness.publish(place / "in.ogg", place / "same.ogg", key="studio")  # same.opus has no credentials
    assert load_credentials().read(place / "same.opus").state is CredentialState.ABSENT
    assert load_credentials().read(place / "same.ogg").state is CredentialState.TRUSTED
    assert len(entries()) == 2
    assert not list(left_behind(place))


def test_a_conflict_undoes_it(place: Path) -> None:
    earwitness.publish(place / "in.wav", place / "one.wav", key="studio", payload=7)
    with pytest.raises(RecordConflictError):
        earwitness.publish(place / "in.wav", place / "two.wav", key="studio", payload=7)
    assert not (place / "two.wav").exists()
    assert len(entries()) == 1
    assert not list(left_behind(place))


def test_a_mark_that_is_lost_on_the_way_undoes_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_steps: object, path: Path, *_: object) -> None:
        soundfile.write(path, np.full(8 * 16_000, 0.1, np.float32), 16_000)

    monkeypatch.setattr(publishing, "_label", broken)
    with pytest.raises(MarkNotReadBackError, match="gone after"):
        earwitness.publish(place / "in.wav", place / "out.wav", key="studio")
    assert not (place / "out.wav").exists()
    assert entries() == []
    assert not list(left_behind(place))


def test_only_the_mark_keeps_no_journal(place: Path) -> None:
    nothing = Steps(record=False, credentials=False, disclose="tone")
    made = earwitness.publish(place / "in.wav", place / "out.wav", key="studio", steps=nothing)
    assert (made.record_id, made.credentials, made.labels) == (None, None, ())
    assert made.file.duration_s > made.source.duration_s + 1  # the notice
    assert not journal.default_folder().exists()
    assert not (place / "settings" / "registry.db").exists()


@pytest.mark.parametrize("recorded", [False, True])
def test_after_kill_9_around_the_record(recorded: bool, place: Path) -> None:
    code = f"""
        import os
        import earwitness
        from earwitness.provenance.store import SqlRegistry
        add = SqlRegistry.add
        def killed(self, record):
            if {recorded}:
                add(self, record)
            os.kill(os.getpid(), 9)
        SqlRegistry.add = killed
        earwitness.publish("in.wav", "out.wav", key="studio")
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=place, check=False)
    assert done.returncode == -9
    assert not (place / "out.wav").exists()
    assert len(list(left_behind(place))) == 2  # the folder and its note
    (became,) = publishing.recover()
    assert became.finished == recorded
    assert (place / "out.wav").exists() == recorded
    assert not list(left_behind(place))
    found = entries()
    assert len(found) == recorded
    if recorded:
        assert found[0].record.content_sha256 == earwitness.verify(place / "out.wav").file.sha256


def test_processes_that_mark_at_once_lose_no_record(place: Path) -> None:
    """A handful here, with two files each; two hundred writers meet in tests/provenance/test_store.py."""
    code = (
        "import sys, earwitness\n"
        "for k in range(2):\n"
        "    print(earwitness.publish('in.wav', f'{sys.argv[1]}-{k}.wav', key='studio').record_id)\n"
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(n)],
            cwd=place,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(4)
    ]
    told = [line for one in running for line in one.communicate()[0].split()]
    assert [one.returncode for one in running] == [0] * 4
    found = entries()
    assert sorted(entry.record.record_id for entry in found) == sorted(told)
    assert len({entry.record.payload for entry in found}) == 8
    for entry in found:
        assert any(entry.record.content_sha256 == sha for sha in _hashes(place))
    assert not list(left_behind(place))


def _hashes(place: Path) -> list[str]:
    import hashlib

    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in place.glob("*-*.wav")]


def test_the_record_is_plain_json(place: Path) -> None:
    made = earwitness.publish(place / "in.wav", place / "out.wav", key="studio", steps=ALL)
    told = json.loads(made.to_json())
    assert told["schema"] == "earwitness.mark/1"
    assert {"record_id", "credentials", "labels", "left_out"} <= set(told)
