"""cli/generate_store.py: done is what was made of the same, in the same way, and is still there."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.attack_material import AttackFolder
from earwitness.cli.generate_store import GenerateStore
from earwitness.errors import TargetError
from earwitness.generated import GeneratedRecord
from earwitness.generating import carry_out
from earwitness.generation import Ability
from earwitness.orders import Order
from earwitness.publish_steps import Steps

ORDER = Order(ability=Ability.SYNTHESIZE, generator="fake", text="Good morning to all of you in here.")
pytestmark = pytest.mark.usefixtures("fake_scheme", "fake_generators")


@pytest.fixture
def record(tmp_path: Path) -> GeneratedRecord:
    (tmp_path / "out").mkdir()
    return carry_out(ORDER, tmp_path / "out" / "a.wav", key=False, steps=Steps(record=False))


def test_done_is_done_once(tmp_path: Path, record: GeneratedRecord) -> None:
    out = tmp_path / "out"
    with GenerateStore(out, {"key": None}) as store:
        assert not store.is_done("a.wav", ORDER)
        store.add("a.wav", ORDER, record)
        assert store.is_done("a.wav", ORDER)
    with GenerateStore(out, {"key": None}) as store:
        assert store.is_done("a.wav", ORDER)
        other = Order(ability=Ability.SYNTHESIZE, generator="fake", text="Something else.")
        assert not store.is_done("a.wav", other)
        assert not store.is_done("b.wav", ORDER)
    with GenerateStore(out, {"key": "studio"}) as store:
        assert not store.is_done("a.wav", ORDER)
    (out / "a.wav").write_bytes(b"")
    with GenerateStore(out, {"key": None}) as store:
        assert not store.is_done("a.wav", ORDER)


def test_other_folders_are_refused(tmp_path: Path) -> None:
    with AttackFolder(tmp_path / "material"):
        pass
    with pytest.raises(TargetError, match="unmarked attack material"):
        GenerateStore(tmp_path / "material", {})
    (tmp_path / "generated.jsonl").write_text("my diary\n")
    with pytest.raises(TargetError, match="no list of generated speech"):
        GenerateStore(tmp_path, {})
