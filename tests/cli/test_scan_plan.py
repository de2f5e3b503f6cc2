"""The walk run ahead: order, totals, errors, an early end."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator

import pytest

from earwitness.cli.scan_plan import Plan
from earwitness.cli.scan_walk import Candidate


def candidates(n: int) -> list[Candidate]:
    return [Candidate(f"/p/\udce9{i}", f"n{i}", size=i, mtime_ns=i * 10**18) for i in range(n)]


def test_gives_all_in_order_with_totals() -> None:
    wanted = candidates(50)
    with Plan(wanted) as plan:
        taken = [plan.next(5) for _ in wanted]
        assert plan.next(5) is None
        assert plan.complete
        assert (plan.files, plan.total_bytes) == (50, sum(range(50)))
    assert taken == wanted


def test_gives_what_is_there_while_the_walk_goes_on() -> None:
    go_on = threading.Event()

    def slow() -> Iterator[Candidate]:
        yield candidates(1)[0]
        go_on.wait(10)
        yield candidates(2)[1]

    with Plan(slow()) as plan:
        first = plan.next(5)
        assert first is not None
        assert first.name == "n0"
        assert plan.next(0) is None
        assert not plan.complete
        go_on.set()
        second = plan.next(5)
        assert second is not None
        assert second.name == "n1"


def test_an_error_of_the_walk_reaches_who_asks() -> None:
    def broken(candidate: Candidate) -> Candidate:
        raise RuntimeError(f"the walk broke at {candidate.name}")

    with Plan(map(broken, candidates(1))) as plan, pytest.raises(RuntimeError, match="the walk broke"):
        plan.next(5)


def test_leaving_ends_an_endless_walk() -> None:
    with Plan(Candidate(str(i), str(i)) for i in itertools.count()) as plan:
        assert plan.next(5) is not None
    assert not plan._thread.is_alive()
