"""core/generate_tasks.py: a worker speaks a text; what fails tells nothing of this machine."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from earwitness.errors import (
    EarWitnessError,
    KeyNotFoundError,
    ModelError,
    PluginError,
    TargetError,
    TextError,
)
from earwitness.generate_tasks import GenerateTask, generate_task
from earwitness.generated import GeneratedRecord
from earwitness.provenance.keys import KeyRing
from earwitness.verifying import verify

pytestmark = pytest.mark.usefixtures("fake_scheme", "fake_generators")
TEXT = "Good morning to all of you, and welcome."


def task(tmp_path: Path, **values: object) -> GenerateTask:
    about: dict[str, object] = {
        "text": TEXT, "target": str(tmp_path / "speech.wav"), "name": "speech.wav", "generator": "fake"
    }  # fmt: skip
    return GenerateTask(**(about | values))  # type: ignore[arg-type]


def test_a_file_and_its_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    KeyRing().create("studio")
    wanted = task(tmp_path, key="studio")
    assert pickle.loads(pickle.dumps(wanted)) == wanted
    record = GeneratedRecord.model_validate_json(generate_task(wanted))
    assert [made.key for made in record.marks] == ["signpost", "studio"]
    assert (record.file.name, record.record_id, record.credentials) == ("speech.wav", None, None)
    assert verify(tmp_path / "speech.wav").proof
    # A server does not mark in its user's name unless it was asked to.
    record = GeneratedRecord.model_validate_json(generate_task(task(tmp_path)))
    assert [made.key for made in record.marks] == ["signpost"]


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"generator": "absent"}, ModelError),
        ({"generator": "nobody"}, PluginError),
        ({"key": "nobody"}, KeyNotFoundError),
        ({"text": ""}, TextError),
        ({"limit": 5}, TextError),
        ({"target": "speech.xyz"}, TargetError),
    ],
)
def test_errors_name_no_path(
    tmp_path: Path, values: dict[str, object], error: type[EarWitnessError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    KeyRing().create("studio")
    if "target" in values:
        values = {"target": str(tmp_path / "speech.xyz")}
    with pytest.raises(error) as caught:
        generate_task(task(tmp_path, **values))
    for secret in (str(tmp_path), "/secret", "studio"):
        assert secret not in str(caught.value)
