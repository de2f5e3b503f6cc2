"""core/resolve_task.py: a task travels to another process (what it finds: test_resolving.py)."""

from __future__ import annotations

import pickle

from earwitness.credentials import SoftBinding
from earwitness.resolve_task import ResolveTask, matches_dict


def test_a_task_survives_the_way_to_a_worker() -> None:
    task = ResolveTask("a.wav", "call.wav", hint=SoftBinding("org.earwitness.patchwork.1", bytes(8)))
    assert pickle.loads(pickle.dumps(task)) == task


def test_scores_that_nobody_knows_are_left_out() -> None:
    assert matches_dict([("urn:c2pa:a", None), ("urn:c2pa:b", 0)]) == {
        "matches": [{"manifestId": "urn:c2pa:a"}, {"manifestId": "urn:c2pa:b", "similarityScore": 0}]
    }
