"""The manifest as Parquet: only on request, only with pyarrow, never out of date."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fake_attack_pool import Here

from earwitness.errors import MissingDependencyError
from earwitness.generators.attacks import AttackPlan, run_attacks
from earwitness.generators.attacks.engines import Menu
from earwitness.generators.attacks.manifest import FIELDS
from earwitness.generators.attacks.parquet import PARQUET, refuse_parquet, settle_parquet
from earwitness.generators.attacks.plan import Settings
from earwitness.generators.attacks.sources import Real


def test_without_pyarrow_it_is_said_before_the_work(
    tmp_path: Path, reals: list[Real], menu: Menu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingDependencyError, match="pip install pyarrow"):
        refuse_parquet()
    with pytest.raises(MissingDependencyError):
        run_attacks(AttackPlan(reals=reals, folder=tmp_path / "out", menu=menu, parquet=True))
    assert not (tmp_path / "out").exists()


def test_one_from_before_goes(tmp_path: Path) -> None:
    (tmp_path / PARQUET).write_bytes(b"old")
    settle_parquet(tmp_path, [], wanted=False)
    assert not (tmp_path / PARQUET).exists()
    settle_parquet(tmp_path / "absent", [], wanted=True)


@pytest.mark.usefixtures("fake_generators")
def test_it_holds_what_the_lines_hold(tmp_path: Path, reals: list[Real], menu: Menu) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    plan = AttackPlan(
        reals=reals[:3],
        folder=tmp_path / "out",
        menu=menu,
        settings=Settings(channels="phone", codecs=("mulaw",)),
        parquet=True,
    )
    run_attacks(plan, pool=lambda _: Here())
    table = parquet.read_table(tmp_path / "out" / PARQUET)
    assert set(table.column_names) == FIELDS
    rows = table.to_pylist()
    assert [row["label"] == "human" for row in rows] == [False] * 3 + [True] * 3
    assert all(row["spans"] for row in rows[:3])
    assert rows[0]["channel"].startswith("[{")
    assert rows[0]["features"]["level_db"] < 0
    run_attacks(replace(plan, parquet=False), pool=lambda _: Here())
    assert not (tmp_path / "out" / PARQUET).exists()
