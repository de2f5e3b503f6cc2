"""Commands are timed and weighed in fresh processes."""

import os
import sys

import pytest

from earwitness.errors import UsageError
from earwitness.eval import processes


def test_time_exit_code_and_messages() -> None:
    code = "import sys, time; time.sleep(0.3); print('oh', file=sys.stderr); sys.exit(3)"
    done = processes.run([sys.executable, "-c", code], allowed=(0, 3))
    assert 0.3 <= done.wall_s < 5
    assert done.exit_code == 3
    assert "oh" in done.stderr


def test_peak_memory_is_the_childs_not_ours() -> None:
    ballast = b"x" * 200_000_000
    small = processes.run([sys.executable, "-I", "-S", "-c", "pass"])
    large = processes.run([sys.executable, "-I", "-S", "-c", "b = b'x' * 150_000_000"])
    assert small.peak_mb < 60
    assert large.peak_mb - small.peak_mb == pytest.approx(150, abs=15)
    assert len(ballast) == 200_000_000


def test_an_unexpected_exit_code_is_an_error_with_the_message() -> None:
    with pytest.raises(UsageError, match="boom"):
        processes.run([sys.executable, "-c", "raise SystemExit('boom')"])


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system cannot pin processes")
def test_cores_hold_for_children_and_are_given_back() -> None:
    before = os.sched_getaffinity(0)
    with processes.on_cores(1):
        code = "import os, sys; sys.exit(len(os.sched_getaffinity(0)) - 1)"
        assert processes.run([sys.executable, "-c", code]).exit_code == 0
    assert os.sched_getaffinity(0) == before
    with pytest.raises(UsageError, match="cores"), processes.on_cores(len(before) + 1):
        pass
