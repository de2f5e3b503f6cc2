"""The run: every order, every number of workers and every interruption give the same folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_attack_pool import Here

from earwitness.errors import TargetError
from earwitness.generators.attacks.engines import Menu
from earwitness.generators.attacks.job import Made, Task, make_attacks
from earwitness.generators.attacks.manifest import AttackManifest
from earwitness.generators.attacks.plan import Settings
from earwitness.generators.attacks.run import AttackRun, RunState, chosen, identity
from earwitness.generators.attacks.sources import Real

pytestmark = pytest.mark.usefixtures("fake_generators")
SETTINGS = Settings(codecs=("mulaw",), channels="light", ending="wav")


def run(
    out: Path,
    reals: list[Real],
    menu: Menu,
    pool: Here,
    progress: Callable[[RunState], None] = lambda _: None,
) -> RunState:
    with AttackManifest(out, identity(SETTINGS, menu)) as manifest:
        return AttackRun(manifest, pool, SETTINGS, menu, jobs=1, on_progress=progress).run(reals)


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_order_and_interruption_change_nothing(tmp_path: Path, reals: list[Real], menu: Menu) -> None:
    state = run(tmp_path / "one", reals, menu, Here())
    assert (state.done, state.failed, state.reused) == (6, 0, 0)
    assert state.audio_s > 10

    def stop(state: RunState) -> None:
        if state.done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "two", reals[::-1], menu, Here(), stop)
    pool = Here()
    state = run(tmp_path / "two", reals[::-1], menu, pool)
    assert state.reused >= 2
    assert len(pool.tasks) == 6 - state.reused
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert run(tmp_path / "two", reals, menu, Here()).reused == 6


def test_a_failing_recording_stops_nothing(tmp_path: Path, reals: list[Real], menu: Menu) -> None:
    bad = Real(str(tmp_path / "absent.wav"), "absent.wav")
    state = run(tmp_path / "out", [reals[0], bad, reals[1]], menu, Here())
    assert (state.done, state.failed) == (3, 1)
    assert state.failures[0][0] == "absent.wav"

    def foreign(task: Task) -> Made:
        raise ValueError(task.real.name)

    state = run(tmp_path / "other", reals[:1], menu, Here(foreign))
    assert state.failures == [("0.wav", "ValueError: 0.wav")]


def test_a_full_disk_ends_the_run(tmp_path: Path, reals: list[Real], menu: Menu) -> None:
    def full(_: Task) -> Made:
        raise TargetError("the disk is full")

    with pytest.raises(TargetError):
        run(tmp_path / "out", reals, menu, Here(full))


def test_stretches_that_failed_are_told(tmp_path: Path, reals: list[Real], menu: Menu) -> None:
    state = run(
        tmp_path / "out", reals[:1], menu, Here(lambda task: replace(make_attacks(task), troubles=("oh",)))
    )
    assert (state.failed, state.failures) == (0, [("0.wav", "oh")])


def test_hours_choose_a_beginning_of_a_fair_order(reals: list[Real]) -> None:
    every = chosen([*reals, reals[0]], 0, None)
    assert sorted(one.name for one in every) == [one.name for one in reals]
    assert chosen(reals[::-1], 0, None) == every
    assert [one.name for one in chosen(reals, 1, None)] != [one.name for one in every]
    some = chosen(reals, 0, 9 / 3600)
    assert some == every[: len(some)]
    assert 2 <= len(some) <= 4


def test_identity_can_be_written_down(menu: Menu) -> None:
    found: dict[str, Any] = identity(SETTINGS, menu)
    assert json.loads(json.dumps(found))["seed"] == 0
