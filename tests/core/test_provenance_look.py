"""core/provenance_look.py: what a check says about signed, changed, recorded and transplanted files."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

import earwitness
from earwitness import provenance_look
from earwitness.examine import examine
from earwitness.provenance.certificates import to_pem
from earwitness.provenance.identities import Identities
from earwitness.provenance.keys import KeyRing
from earwitness.provenance.trust import TrustList
from earwitness.report import Report, Verdict


@pytest.fixture
def place(tmp_path: Path, speech_like: Callable[..., np.ndarray], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that was marked, signed and recorded by somebody whom this user trusts."""
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "settings" / "keys.json"))
    monkeypatch.setenv("EARWITNESS_REGISTRY", str(tmp_path / "settings" / "registry.db"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "settings" / "data"))
    KeyRing().create("studio")
    root = Identities().create("studio", organization="Demo Lab", days=99).root
    assert root is not None
    TrustList().add("studio", to_pem([root]).encode())
    soundfile.write(tmp_path / "in.wav", speech_like(8.0, seed=2), 16_000)
    earwitness.publish(tmp_path / "in.wav", tmp_path / "out.wav", key="studio")
    return tmp_path


def evidence(report: Report) -> dict[str, str]:
    """All but what is made of the sound itself, which depends on the weights."""
    of_sound = ("detector", "attribution")
    return {item.kind: item.outcome for item in report.evidence if item.kind not in of_sound}


def test_all_that_is_there_is_told(place: Path) -> None:
    report = examine(place / "out.wav")
    assert report.verdict is Verdict.SYNTHETIC
    assert evidence(report) == {"watermark": "proof", "credentials": "proof", "registry": "same"}


def test_one_changed_byte_is_told_as_tampering(place: Path) -> None:
    data = bytearray((place / "out.wav").read_bytes())
    data[60_000] ^= 1
    (place / "changed.wav").write_bytes(data)
    found = evidence(examine(place / "changed.wav"))
    assert found == {"watermark": "proof", "credentials": "tampered", "registry": "same_sound"}


def test_strangers_learn_nothing_of_the_registry(place: Path) -> None:
    found = evidence(examine(place / "out.wav", signposts_only=True))
    assert found == {"watermark": "absent", "credentials": "proof"}


def test_a_stream_is_read_again(place: Path) -> None:
    data = (place / "out.wav").read_bytes()
    assert evidence(examine(io.BytesIO(data), name="out.wav"))["credentials"] == "proof"


def test_what_can_be_read_only_once_tells_the_same(place: Path) -> None:
    data = (place / "out.wav").read_bytes()

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise OSError("no")

    told = examine(place / "out.wav")
    piped = examine(Pipe(data), name="out.wav")
    assert evidence(piped) == {"watermark": "proof", "credentials": "proof", "registry": "same"}
    assert (piped.verdict, piped.reason, piped.file) == (told.verdict, told.reason, told.file)


@pytest.mark.skipif(os.name == "nt", reason="named pipes of POSIX")
def test_a_named_pipe_is_read_once(place: Path) -> None:
    data = (place / "out.wav").read_bytes()
    pipe = place / "pipe.wav"
    os.mkfifo(pipe)
    feeder = threading.Thread(target=pipe.write_bytes, args=[data], daemon=True)
    feeder.start()
    report = examine(pipe)  # opened a second time it would wait for ever
    feeder.join()
    assert evidence(report) == {"watermark": "proof", "credentials": "proof", "registry": "same"}
    assert report.file.name == "pipe.wav"


def test_without_the_extra_a_warning_names_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    report = examine(place / "out.wav")
    assert any("earwitness[provenance]" in text for text in report.warnings)
    assert evidence(report) == {"watermark": "proof"}


def test_a_damaged_registry_is_a_warning(place: Path) -> None:
    (place / "settings" / "registry.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4000)
    report = examine(place / "out.wav")
    assert any("registry was not looked into" in text for text in report.warnings)
    assert str(place) not in " ".join(report.warnings)


def test_a_plain_file_costs_no_library(
    place: Path, monkeypatch: pytest.MonkeyPatch, speech_like: Callable[..., np.ndarray]
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("nothing leads there")

    monkeypatch.setattr(provenance_look, "load_credentials", never)
    monkeypatch.setattr(provenance_look, "load_registry", never)
    soundfile.write(place / "plain.wav", speech_like(3.0, seed=9), 16_000)
    assert evidence(examine(place / "plain.wav")) == {"watermark": "absent"}
