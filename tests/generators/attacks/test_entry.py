"""The data engine in one call, without a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_attack_pool import Here, processes

from earwitness.errors import TargetError
from earwitness.generators.attacks import AttackPlan, run_attacks
from earwitness.generators.attacks.engines import Menu
from earwitness.generators.attacks.plan import Settings
from earwitness.generators.attacks.sources import Real

pytestmark = pytest.mark.usefixtures("fake_generators")


def test_a_folder_is_filled_and_gone_on_with(tmp_path: Path, reals: list[Real], menu: Menu) -> None:
    folder = tmp_path / "out"
    gone = Real(str(tmp_path / "gone.wav"), "gone.wav")
    plan = AttackPlan(reals=[*reals, gone], folder=folder, menu=menu, settings=Settings(channels="none"))
    told: list[str] = []
    outcome = run_attacks(plan, on_failure=lambda name, _: told.append(name), pool=lambda _: Here())
    assert (outcome.state.done, outcome.state.failed, told) == (7, 1, ["gone.wav"])
    assert json.loads((folder / "audit.json").read_text(encoding="utf-8")) == outcome.audit
    assert [one["source"] for one in outcome.audit["failed"]] == ["gone.wav"]
    again = run_attacks(plan, pool=lambda _: Here())
    assert again.state.reused == 6
    assert {**again.audit, "failed": []} == {**outcome.audit, "failed": []}
    with pytest.raises(TargetError, match="other settings"):
        run_attacks(AttackPlan(reals=reals, folder=folder, menu=menu), pool=lambda _: Here())


def test_hours_and_processes(tmp_path: Path, reals: list[Real], menu: Menu) -> None:
    plan = AttackPlan(
        reals=reals,
        folder=tmp_path / "out",
        menu=menu,
        settings=Settings(channels="none"),
        hours=1e-6,
        jobs=1,
    )
    assert run_attacks(plan, pool=processes).state.done == 1
