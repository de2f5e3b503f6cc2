"""Kept scores survive, torn lines do not, other systems see nothing."""

from pathlib import Path

import pytest

from earwitness.eval.protocols import Outcome
from earwitness.eval.score_cache import ScoreCache, default_cache_dir, file_sha256


def test_scores_are_found_again_by_system_file_and_condition(tmp_path: Path) -> None:
    cache = ScoreCache(tmp_path, "model:1")
    cache.put("aa", "clean", Outcome(1.5, "synthetic", 0.8))
    cache.close()
    again = ScoreCache(tmp_path, "model:1")
    assert again.get("aa", "clean") == Outcome(1.5, "synthetic", 0.8)
    assert again.get("aa", "gsm") is None
    assert again.get("bb", "clean") is None
    again.close()
    other = ScoreCache(tmp_path, "model:2")
    assert other.get("aa", "clean") is None
    other.close()


def test_a_torn_last_line_is_scored_again_and_harms_no_later_one(tmp_path: Path) -> None:
    cache = ScoreCache(tmp_path, "m")
    cache.put("aa", "clean", Outcome(1.0))
    cache.put("bb", "clean", Outcome(2.0))
    cache.close()
    (path,) = tmp_path.iterdir()
    path.write_text(path.read_text()[:-20])
    torn = ScoreCache(tmp_path, "m")
    assert torn.get("aa", "clean") == Outcome(1.0)
    assert torn.get("bb", "clean") is None
    torn.put("bb", "clean", Outcome(3.0))
    torn.close()
    whole = ScoreCache(tmp_path, "m")
    assert whole.get("bb", "clean") == Outcome(3.0)
    whole.close()


def test_errors_are_tried_again_next_time(tmp_path: Path) -> None:
    cache = ScoreCache(tmp_path, "m")
    cache.put("aa", "clean", Outcome(None, error="no sound"))
    assert cache.get("aa", "clean") is not None
    cache.close()
    again = ScoreCache(tmp_path, "m")
    assert again.get("aa", "clean") is None
    again.close()


def test_the_folder_follows_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache_dir() == tmp_path / "earwitness" / "eval"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_cache_dir().parts[-3:] == (".cache", "earwitness", "eval")


def test_file_sha256_of_known_bytes(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert file_sha256(path).startswith("ba7816bf8f01cfea")
