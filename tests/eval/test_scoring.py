"""Clips go through the front door once per condition, and are remembered."""

from pathlib import Path

import pytest

from earwitness.eval import scoring
from earwitness.eval.protocols import read_manifest
from earwitness.eval.score_cache import file_sha256


def jobs_of(manifest: Path, *conditions: str) -> list[scoring.Job]:
    clips = read_manifest(manifest)
    return [
        scoring.Job(scoring.EARWITNESS, clip.path, file_sha256(clip.path), name)
        for name in conditions
        for clip in clips
    ]


def test_the_file_itself_when_clean_and_a_wav_when_treated(
    manifest: Path, front_door: list[str], tmp_path: Path
) -> None:
    jobs = jobs_of(manifest, "clean", "g711_mulaw")
    found = scoring.score_all(jobs, scoring.Plan(seed=0), cache_dir=tmp_path / "cache")
    assert len(found) == 24
    assert len(front_door) == 24
    assert front_door[0] == "0.wav"
    clean = found[scoring.EARWITNESS, jobs[8].sha256, "clean"]
    phone = found[scoring.EARWITNESS, jobs[8].sha256, "g711_mulaw"]
    assert clean.score == pytest.approx(1.32, abs=0.01)
    assert phone.score == pytest.approx(clean.score, abs=0.05)
    assert clean.verdict == "synthetic"


def test_known_scores_are_not_asked_for_again(manifest: Path, front_door: list[str], tmp_path: Path) -> None:
    jobs = jobs_of(manifest, "clean")
    plan = scoring.Plan(seed=0)
    first = scoring.score_all(jobs[:5], plan, cache_dir=tmp_path / "cache")
    seen: list[tuple[int, int]] = []
    everything = scoring.score_all(
        jobs, plan, cache_dir=tmp_path / "cache", progress=lambda done, total: seen.append((done, total))
    )
    assert len(front_door) == 12
    assert all(everything[slot] == outcome for slot, outcome in first.items())
    assert seen[0] == (5, 12)
    assert seen[-1] == (12, 12)


@pytest.mark.usefixtures("front_door")
def test_another_seed_is_another_condition_but_the_same_clean_file(manifest: Path) -> None:
    one, two = scoring.Plan(seed=1), scoring.Plan(seed=2)
    assert scoring.condition_key("clean", one) == scoring.condition_key("clean", two)
    assert scoring.condition_key("gsm", one) != scoring.condition_key("gsm", two)
    voices = scoring.Plan(seed=1, voices=(manifest.parent / "0.wav",))
    assert scoring.condition_key("gsm", one) != scoring.condition_key("gsm", voices)


def test_a_broken_clip_is_an_error_not_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import earwitness
    from earwitness.errors import NotAudioError

    def refuse(source: Path) -> None:
        raise NotAudioError("this is no audio.", subject=str(source))

    monkeypatch.setattr(earwitness, "check", refuse, raising=False)
    outcome = scoring.score_clip(
        scoring.Job(scoring.EARWITNESS, tmp_path / "x.wav", "aa", "clean"), scoring.Plan(seed=0)
    )
    assert outcome.score is None
    assert outcome.error == "this is no audio."


def test_identity_names_the_system_and_is_stable() -> None:
    plan = scoring.Plan(seed=0)
    name, digest = scoring.identity(scoring.EARWITNESS, plan).split(":")
    assert name == "earwitness"
    assert len(digest) == 64
    assert scoring.identity(scoring.EARWITNESS, plan).endswith(digest)
