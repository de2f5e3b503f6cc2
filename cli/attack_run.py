"""What ``earwitness attack`` does: finds the recordings, runs the data engine, shows how far it is."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from earwitness.cli.attack_show import audit_lines, scan_state
from earwitness.cli.exit_codes import ExitCode
from earwitness.cli.generate_folder import refuse_nested
from earwitness.cli.scan_progress import pick_progress
from earwitness.cli.scan_walk import Candidate, WalkOptions, display_name, walk
from earwitness.cli.signals import Interruption, terminate_like_interrupt
from earwitness.errors import SourceNotFoundError
from earwitness.generators.attacks import AttackPlan, Outcome, run_attacks
from earwitness.generators.attacks.codecs import missing_codecs, working_codecs
from earwitness.generators.attacks.engines import Menu, consented_voices, find_engines
from earwitness.generators.attacks.entry import OpenPool, open_pool
from earwitness.generators.attacks.plan import Settings
from earwitness.generators.attacks.run import RunState
from earwitness.generators.attacks.sources import UNKNOWN, Real, read_table
from earwitness.wording import clean

__all__ = ["Wish", "find_reals", "make"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The options; see ``cli/attack.py``."""

    real: str
    out: str
    licence: str | None = None
    hours: float | None = None
    families: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    partial: float = 0.3
    channels: str = "all"
    noises: str | None = None
    consent: str | None = None
    ending: str = "flac"
    jobs: int = 0
    seed: int = 0
    restart: bool = False
    parquet: bool = False
    quiet: bool = False


def make(wish: Wish, pool: OpenPool | None = None) -> ExitCode:
    """Fill the folder; the exit code for the shell. pool: workers, for that many jobs."""
    refuse_nested(wish.real, Path(wish.out))
    reals = find_reals(wish.real, wish.licence)
    if not reals:
        raise SourceNotFoundError("there are no recordings in it.", subject=wish.real)
    menu = _menu(wish)
    settings = Settings(
        wish.seed, wish.partial, wish.channels, _codecs(wish), _noises(wish.noises), wish.ending
    )
    plan = AttackPlan(
        reals=reals, folder=Path(wish.out), menu=menu, settings=settings, hours=wish.hours, jobs=wish.jobs,
        restart=wish.restart, parquet=wish.parquet,
    )  # fmt: skip
    interruption = Interruption()
    try:
        with terminate_like_interrupt(interruption):
            outcome = _run(wish, plan, pool or open_pool, interruption)
    except KeyboardInterrupt:
        print("earwitness: interrupted; the same command goes on from there", file=sys.stderr)
        raise
    if not wish.quiet:
        for line in audit_lines(outcome.audit, outcome.state):
            print(clean(line))
        print(f"Unmarked, for training detectors only: see the notice in {clean(wish.out)}")
    return ExitCode.ERROR if outcome.state.failures else ExitCode.NOTHING_FOUND


def find_reals(place: str, licence: str | None) -> list[Real]:
    """The recordings of a folder, as ``earwitness scan`` finds them, or of a table."""
    path = Path(place)
    if not path.exists():
        raise SourceNotFoundError("no such folder or table.", subject=place, hint="Check the path.")
    if path.is_file() and path.suffix.lower() in (".tsv", ".txt"):
        return read_table(path, licence)
    root = path if path.is_dir() else path.parent
    return [
        Real(one.path, _name(one, root), licence=licence or UNKNOWN)
        for one in walk([place], WalkOptions())  # those that cannot be read too: the worker tells why
    ]


def _name(one: Candidate, root: Path) -> str:
    return display_name(str(Path(one.path).relative_to(root)))


def _menu(wish: Wish) -> Menu:
    people, troubles = consented_voices(Path(wish.consent)) if wish.consent else ((), ())
    for trouble in troubles:
        _say(wish, f"Not used: {trouble}")
    menu = find_engines(wish.families, wish.engines, people)
    for name, why in menu.absent:
        _say(wish, f"Left out: {name}: {why}")
    for engine in menu.engines:
        _say(wish, f"Generator: {engine.name} ({engine.family}; {', '.join(engine.abilities)})")
    return menu


def _codecs(wish: Wish) -> tuple[str, ...]:
    if wish.channels == "none":
        return ()
    if missing := missing_codecs():
        _say(wish, f"Codecs that this build lacks, and that are not drawn: {', '.join(missing)}")
    return working_codecs()


def _noises(folder: str | None) -> tuple[str, ...]:
    if folder is None:
        return ()
    if not Path(folder).is_dir():
        raise SourceNotFoundError("no such folder.", subject=folder, hint="Check --noises.")
    found = tuple(one.path for one in walk([folder], WalkOptions()) if one.error is None)
    if not found:
        raise SourceNotFoundError("there are no recordings in it.", subject=folder)
    return found


def _run(wish: Wish, plan: AttackPlan, pool: OpenPool, interruption: Interruption) -> Outcome:
    with pick_progress(quiet=wish.quiet) as progress:

        def show(state: RunState) -> None:
            interruption.check()
            progress.update(scan_state(state))

        def fail(name: str, message: str) -> None:
            print(f"earwitness: {clean(f'{name}: {message}')}", file=sys.stderr)

        return run_attacks(plan, on_progress=show, on_failure=fail, pool=pool)


def _say(wish: Wish, message: str) -> None:
    if not wish.quiet:
        print(clean(message), file=sys.stderr)
