"""What ``earwitness attack`` shows: how far it is, and the audit at its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from earwitness.cli.scan_run import ScanState
from earwitness.generators.attacks.audit import FEATURES, SUSPICIOUS
from earwitness.generators.attacks.run import RunState

__all__ = ["audit_lines", "scan_state"]


def scan_state(state: RunState) -> ScanState:
    """As the displays of ``earwitness scan`` want it; a recording counts like a byte there."""
    return ScanState(
        started=state.started, files=state.total, total_bytes=state.total, complete=True, done=state.done,
        done_bytes=state.done, reused=state.reused, reused_bytes=state.reused, audio_s=state.audio_s,
        failed=state.failed,
    )  # fmt: skip


def audit_lines(found: dict[str, Any], state: RunState) -> Iterator[str]:
    """Counts, families, and a line for each feature."""
    made = state.done - state.reused - state.failed
    yield f"{made} recordings attacked, {state.reused} before, {state.failed} failed."
    yield (
        f"In the folder: {found['attacks']} attacks ({found['partial']} partial), "
        f"{found['attack_hours']:.2f} h, and as many twins, {found['human_hours']:.2f} h."
    )
    for family, facts in found["families"].items():
        told = f"; told apart by {', '.join(facts['suspicious'])}" if facts["suspicious"] else ""
        yield f"  {family}: {facts['attacks']} attacks, {facts['hours']:.2f} h{told}"
    yield "Can trivial features tell the classes apart? AUC, 0.5 is chance:"
    for name, what in FEATURES.items():
        mark = "  <- yes: look into it before training" if name in found["suspicious"] else ""
        yield f"  {found['auc'][name]:.3f}  {what}{mark}"
    if not found["suspicious"] and not any(facts["suspicious"] for facts in found["families"].values()):
        yield f"None is farther than {SUSPICIOUS:g} from chance, or there are too few files to tell."
