"""Results are found again for the same question only, also by a later process."""

from pathlib import Path

from earwitness.eval.mark_cache import MarkCache


def test_results_are_kept_by_question_clip_and_attack(tmp_path: Path) -> None:
    first = MarkCache(tmp_path / "new")
    first.put("ours/1", "clip", {"gsm": {"exact": True}, "none": {"exact": True}})
    first.put("ours/1", "clip", {"gsm": {"exact": False}})
    first.close()
    again = MarkCache(tmp_path / "new")
    assert again.of_clip("ours/1", "clip") == {"gsm": {"exact": False}, "none": {"exact": True}}
    assert again.of_clip("ours/2", "clip") == {}
    assert again.of_clip("ours/1", "other") == {}
    again.close()
