"""The data engine as one call: ``earwitness attack`` without a terminal.

``docs/attack_manifest.md`` has an example, and says what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from earwitness.generators.attacks.audit import audit, write_audit
from earwitness.generators.attacks.engines import Menu
from earwitness.generators.attacks.job import make_attacks, ready
from earwitness.generators.attacks.manifest import AttackManifest
from earwitness.generators.attacks.parquet import refuse_parquet, settle_parquet
from earwitness.generators.attacks.plan import Settings
from earwitness.generators.attacks.run import AttackRun, Pool, RunState, chosen, identity
from earwitness.generators.attacks.sources import Real
from earwitness.workers import WorkerPool, cpu_count

__all__ = ["AttackPlan", "OpenPool", "Outcome", "open_pool", "run_attacks"]

OpenPool = Callable[[int], AbstractContextManager[Pool]]
"""Opens workers, for that many jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackPlan:
    """What is to be made of what. folder: new, empty, or begun by the same plan. hours: stop after so much
    real speech, None for all. jobs: processes, 0 for one a core. restart: remove what was made before.
    parquet: the manifest in that form too, which needs pyarrow."""

    reals: Sequence[Real]
    folder: Path
    menu: Menu
    settings: Settings = field(default_factory=Settings)
    hours: float | None = None
    jobs: int = 0
    restart: bool = False
    parquet: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """state: counts and failures of this run. audit: of the whole folder, as in audit.json."""

    state: RunState
    audit: dict[str, Any]


def open_pool(jobs: int) -> AbstractContextManager[Pool]:
    """Processes that make attacks."""
    return WorkerPool(jobs, make_attacks, ready)


def run_attacks(
    plan: AttackPlan,
    *,
    on_progress: Callable[[RunState], None] = lambda _: None,
    on_failure: Callable[[str, str], None] = lambda *_: None,
    pool: OpenPool = open_pool,
) -> Outcome:
    """Fill the folder, going on where it was left; a recording that fails stops nothing.

    on_progress(state) is called a few times a second and may raise KeyboardInterrupt, on_failure(recording,
    message) for what fails. pool: opens the workers. Raises TargetError for a folder that cannot be used or
    written, MissingDependencyError where pyarrow is wanted and absent.
    """
    if plan.parquet:
        refuse_parquet()
    jobs = plan.jobs or cpu_count()
    reals = chosen(plan.reals, plan.settings.seed, plan.hours)
    settings = identity(plan.settings, plan.menu)
    with AttackManifest(plan.folder, settings, restart=plan.restart) as manifest, pool(jobs) as workers:
        settle_parquet(plan.folder, [], wanted=False)  # out of date from here on
        state = AttackRun(
            manifest, workers, plan.settings, plan.menu,
            jobs=jobs, on_progress=on_progress, on_failure=on_failure,
        ).run(reals)  # fmt: skip
        found: dict[str, Any] = audit(manifest.entries)
        found["failed"] = [{"source": name, "error": message} for name, message in sorted(state.failures)]
        write_audit(plan.folder, found)
        settle_parquet(plan.folder, manifest.entries, wanted=plan.parquet)
        return Outcome(state, found)
