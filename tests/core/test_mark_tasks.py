"""core/mark_tasks.py: what a worker is given and gives back; its errors tell nothing of this machine."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import EarWitnessError, KeyFileError, KeyNotFoundError, TargetError
from earwitness.mark_report import MarkRecord, Verification
from earwitness.mark_tasks import MarkTask, VerifyTask, mark_task, verify_task
from earwitness.provenance.keys import KeyRing

pytestmark = pytest.mark.usefixtures("fake_scheme")


@pytest.fixture
def source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speech_like: Callable[..., np.ndarray],
    write_wav: Callable[..., Path],
) -> Path:  # fmt: skip
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    KeyRing().create("studio")
    return write_wav(speech_like(4.0, level=0.3), name="a.wav")


def test_there_and_back(source: Path, tmp_path: Path) -> None:
    task = MarkTask(str(source), str(tmp_path / "b.wav"), "call.wav", key="studio", payload=3)
    assert pickle.loads(pickle.dumps(task)) == task
    record = MarkRecord.model_validate_json(mark_task(task))
    assert (record.source.name, record.file.name) == ("call.wav", "call.wav")
    found = Verification.model_validate_json(verify_task(VerifyTask(str(tmp_path / "b.wav"), "x.wav")))
    assert (found.file.name, found.key, found.payload) == ("x.wav", "studio", 3)


def test_errors_name_the_client_s_file_only(source: Path, tmp_path: Path) -> None:
    cases: list[tuple[MarkTask, type[EarWitnessError]]] = [
        (MarkTask(str(source), str(tmp_path / "b.xyz"), "call.wav"), TargetError),
        (MarkTask(str(source), str(tmp_path / "b.wav"), "call.wav", key="nobody"), KeyNotFoundError),
    ]
    for task, error in cases:
        with pytest.raises(error) as caught:
            mark_task(task)
        assert str(tmp_path) not in str(caught.value)
        assert "studio" not in str(caught.value)
    (tmp_path / "keys.json").chmod(0o644)
    with pytest.raises(KeyFileError) as caught_key:
        verify_task(VerifyTask(str(source), "call.wav"))
    assert str(tmp_path) not in str(caught_key.value)


def test_private_keys_can_be_left_out(source: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "b.wav")
    mark_task(MarkTask(str(source), target, "call.wav", key="studio", signpost=True, payload=3))
    found = Verification.model_validate_json(verify_task(VerifyTask(target, "x.wav", signposts_only=True)))
    assert ({mark.key for mark in found.marks}, found.proof, found.keys_tried) == ({"signpost"}, False, 1)
    for name in ("studio", "nobody"):
        with pytest.raises(KeyNotFoundError, match="no key of this name is used here"):
            verify_task(VerifyTask(target, "x.wav", key=name, signposts_only=True))


def test_a_task_records_and_signs_where_the_server_does(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer names the record and the signature; both are there."""
    from earwitness.credentials import load_credentials
    from earwitness.provenance.identities import Identities
    from earwitness.records import load_registry

    monkeypatch.setenv("EARWITNESS_REGISTRY", str(tmp_path / "registry.db"))
    Identities().create("server", organization="Demo Lab", days=9)
    target = str(tmp_path / "out.wav")
    task = MarkTask(
        str(source), target, "call.wav", key="studio", payload=3, record=True, credentials=True,
        generator="Piper 1.2",
    )  # fmt: skip
    record = MarkRecord.model_validate_json(mark_task(task))
    assert record.record_id is not None
    with load_registry() as registry:
        entry = registry.get(record.record_id)
    assert entry.record.generator == "Piper"
    assert load_credentials().read(target).manifest_id == record.credentials.manifest_id
