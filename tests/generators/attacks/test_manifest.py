"""The folder: what it says, what it refuses, how it goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from earwitness.attack_material import is_attack_folder
from earwitness.errors import TargetError
from earwitness.generators.attacks.audit import FEATURES
from earwitness.generators.attacks.manifest import FIELDS, AttackManifest
from earwitness.generators.attacks.sources import Real


def lines(folder: Path, source: Path, number: int = 0) -> list[dict[str, Any]]:
    found = []
    for kind in ("human", "attack"):
        name = f"{kind}/00/{number:016x}.flac"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
        size = source.stat().st_size
        found.append(
            {**dict.fromkeys(FIELDS), "file": name, "source": source.name, "source_bytes": size, "parts": 1}
        )
    return found


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    path.write_bytes(b"1234")
    return path


def test_it_goes_on_where_it_was(tmp_path: Path, source: Path) -> None:
    out, real = tmp_path / "out", Real(str(source), source.name)
    with AttackManifest(out, {"seed": 1}) as manifest:
        assert not manifest.is_done(real)
        manifest.add(lines(out, source))
        assert manifest.is_done(real)
    assert is_attack_folder(out)
    assert "Nobody said it" in (out / "ATTACK_MATERIAL.md").read_text(encoding="utf-8")
    with AttackManifest(out, {"seed": 1}) as manifest:
        assert manifest.is_done(real)
        assert not manifest.is_done(Real(str(source), "b.wav"))
    source.write_bytes(b"another")
    with AttackManifest(out, {"seed": 1}) as manifest:
        assert not manifest.is_done(real), "it was changed since"
        manifest.add(lines(out, source))
        assert len(manifest.entries) == 2


def test_half_a_recording_is_made_again(tmp_path: Path, source: Path) -> None:
    out, real = tmp_path / "out", Real(str(source), source.name)
    with AttackManifest(out, {}) as manifest:
        manifest.add(lines(out, source))
    path = out / "manifest.jsonl"
    first = path.read_text(encoding="utf-8").splitlines(keepends=True)[0]
    path.write_text(first + '{"torn', encoding="utf-8")
    with AttackManifest(out, {}) as manifest:
        assert not manifest.is_done(real)
        assert manifest.entries == []
        manifest.add(lines(out, source))
    (out / f"attack/00/{0:016x}.flac").unlink()
    with AttackManifest(out, {}) as manifest:
        assert not manifest.is_done(real), "a file is gone"


def test_lines_are_sorted_at_the_end(tmp_path: Path, source: Path) -> None:
    other = tmp_path / "b.wav"
    other.write_bytes(b"1")
    with AttackManifest(tmp_path / "out", {}) as manifest:
        manifest.add(lines(tmp_path / "out", other, 1))
        manifest.add(lines(tmp_path / "out", source, 0))
        manifest.finish()
    text = (tmp_path / "out/manifest.jsonl").read_text(encoding="utf-8")
    names = [json.loads(line)["file"] for line in text.splitlines()]
    assert names == sorted(names)


def test_other_settings_are_refused_until_it_begins_anew(tmp_path: Path, source: Path) -> None:
    out = tmp_path / "out"
    with AttackManifest(out, {"seed": 1, "menu": ["a"]}) as manifest:
        manifest.add(lines(out, source))
    with pytest.raises(TargetError, match=r"other settings \(seed\)"):
        AttackManifest(out, {"seed": 2, "menu": ["a"]})
    with AttackManifest(out, {"seed": 2}, restart=True) as manifest:
        assert manifest.entries == []
    assert not (out / f"attack/00/{0:016x}.flac").exists()


def test_folders_of_other_things_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(TargetError, match="other things"):
        AttackManifest(tmp_path, {})
    with pytest.raises(TargetError, match="no folder"):
        AttackManifest(tmp_path / "holiday.jpg", {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["holiday.jpg"]


def test_the_material_of_generate_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ATTACK_MATERIAL.md").write_text("x", encoding="utf-8")
    (tmp_path / "manifest.jsonl").write_text('{"file": "a.wav"}\n', encoding="utf-8")
    for restart in (False, True):
        with pytest.raises(TargetError):
            AttackManifest(tmp_path, {}, restart=restart)
    assert (tmp_path / "manifest.jsonl").exists()
    assert (tmp_path / "ATTACK_MATERIAL.md").read_text(encoding="utf-8") == "x"


def test_what_a_killed_worker_left_is_removed(tmp_path: Path, source: Path) -> None:
    out = tmp_path / "out"
    with AttackManifest(out, {}) as manifest:
        manifest.add(lines(out, source))
        part = out / f"attack/00/.{0:016x}.k3.part.flac"
        part.write_bytes(b"half")
        orphan = out / f"attack/00/{7:016x}.flac"
        orphan.write_bytes(b"whole, but the run was killed before its line was written")
        (out / "attack/00/mine.txt").write_bytes(b"x")
        manifest.finish()
    assert not part.exists()
    assert not orphan.exists()
    assert (out / f"attack/00/{0:016x}.flac").exists()
    with AttackManifest(out, {}, restart=True):
        assert [path.name for path in (out / "attack/00").iterdir()] == ["mine.txt"]


def test_every_field_and_feature_is_documented() -> None:
    text = (Path(__file__).parents[3] / "docs/attack_manifest.md").read_text(encoding="utf-8")
    assert [name for name in sorted({*FIELDS, *FEATURES}) if f"`{name}`" not in text] == []
