"""cli/attack_show.py: what a person reads."""

from __future__ import annotations

from earwitness.cli.attack_show import audit_lines, scan_state
from earwitness.cli.scan_progress import status_text
from earwitness.generators.attacks.audit import FEATURES, audit
from earwitness.generators.attacks.run import RunState


def test_progress() -> None:
    text = status_text(scan_state(RunState(total=10, done=4, reused=1, failed=1, audio_s=30.0)))
    assert text.startswith("4 of 10 files, 1 done before, 1 error, ")


def test_a_feature_that_gives_a_class_away_is_pointed_at() -> None:
    found = audit([])
    state = RunState(total=3, done=3, reused=1, failed=1)
    lines = list(audit_lines(found, state))
    assert lines[0] == "1 recordings attacked, 1 before, 1 failed."
    assert "None is farther" in lines[-1]
    found["suspicious"] = ["zeros"]
    pointed = [line for line in audit_lines(found, state) if "<-" in line]
    assert len(pointed) == 1
    assert FEATURES["zeros"] in pointed[0]


def test_a_family_that_gives_itself_away_is_pointed_at() -> None:
    found = audit([])
    found["families"] = {"formant": {"attacks": 9, "hours": 1.0, "suspicious": ["end_db"]}}
    lines = list(audit_lines(found, RunState()))
    assert "  formant: 9 attacks, 1.00 h; told apart by end_db" in lines
    assert not any("None is farther" in line for line in lines)
