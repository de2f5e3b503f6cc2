"""What the progress shows, and when."""

from __future__ import annotations

import time

from earwitness.cli.scan_progress import (
    PLAIN_EVERY_S,
    PlainProgress,
    QuietProgress,
    pick_progress,
    status_text,
)
from earwitness.cli.scan_run import ScanState


def state(**values: float) -> ScanState:
    fresh = ScanState(started=time.monotonic() - 100)
    for name, value in values.items():
        setattr(fresh, name, value)
    return fresh


def test_counts_speed_and_time_left() -> None:
    halfway = state(
        files=300, total_bytes=3000, complete=True, done=120, done_bytes=1500, audio_s=8500, found=3, failed=1
    )
    text = status_text(halfway)
    assert text.startswith("120 of 300 files, 3 found, 1 error, 8")
    assert "x real time" in text
    assert text.endswith("0:01:40 left")
    assert 84 < halfway.speed <= 85


def test_results_from_before_do_not_make_the_rest_look_fast() -> None:
    resumed = state(
        files=4,
        total_bytes=4000,
        complete=True,
        done=3,
        done_bytes=3000,
        reused=2,
        reused_bytes=2000,
        audio_s=1,
    )
    assert resumed.left_s is not None
    assert 99 < resumed.left_s < 101  # 1000 bytes took 100 s, 1000 are left
    assert "2 done before" in status_text(resumed)


def test_no_time_left_while_the_walk_goes_on() -> None:
    text = status_text(state(files=5, total_bytes=50, done=2, done_bytes=20, audio_s=9))
    assert "left" not in text
    assert text.startswith("2 of 5+ files")


def test_plain_lines_come_now_and_then_and_at_the_end() -> None:
    lines: list[str] = []
    now = [0.0]
    with PlainProgress(lines.append, lambda: now[0]) as progress:
        for second in range(25):
            now[0] = float(second)
            progress.update(state(files=25, done=second))
    assert PLAIN_EVERY_S == 10
    assert [line.split(" of")[0] for line in lines] == ["10", "20", "24"]


def test_quiet_and_no_terminal() -> None:
    assert isinstance(pick_progress(quiet=True), QuietProgress)
    assert isinstance(pick_progress(quiet=False), PlainProgress)  # pytest's standard error is no terminal
