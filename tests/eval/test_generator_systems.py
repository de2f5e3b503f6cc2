"""What can be loaded is there; what cannot is left out with the reason, and without paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.eval.generator_systems import open_systems
from earwitness.generation import Ability


@pytest.mark.usefixtures("fake_generators")
def test_found_and_left_out(tmp_path: Path) -> None:
    systems = open_systems(["fake", "vocoder", "absent", "unknown"], hifigan=tmp_path / "none.onnx")
    assert list(systems.found) == ["fake", "vocoder"]
    assert [system.name for system in systems.that(Ability.SYNTHESIZE)] == ["fake"]
    assert [system.name for system in systems.that(Ability.RESYNTHESIZE)] == ["fake", "vocoder"]
    assert set(systems.left_out) == {"absent", "unknown", "hifigan", "mbmelgan"}
    assert systems.left_out["mbmelgan"] == "it was not given (--mbmelgan)"
    assert "Reinstall earwitness" in systems.left_out["absent"]
    said = " ".join(systems.left_out.values())
    assert "/secret" not in said
    assert str(tmp_path) not in said


@pytest.mark.usefixtures("fake_generators")
def test_weights_and_seed_are_part_of_the_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARWITNESS_GENERATORS", str(tmp_path))
    first = open_systems(["fake", "vocoder"]).found
    (tmp_path / "gan.onnx").write_bytes(b"weights")
    second = open_systems(["fake", "vocoder"]).found
    assert first["fake"].identity != second["fake"].identity
    assert first["vocoder"].identity == second["vocoder"].identity
    assert open_systems(["vocoder"], seed=1).found["vocoder"].identity != first["vocoder"].identity
