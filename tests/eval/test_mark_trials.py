"""Trials: what a result depends on is asked for, skipped attacks say why, marked clips are kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from earwitness.eval import mark_trials
from earwitness.eval.mark_schemes import Ours, load_scheme
from earwitness.eval.mark_trials import Job, Plan, what_is_asked, work
from earwitness.eval.watermark_material import Recording

Float32 = npt.NDArray[np.float32]


def clip_of(tmp_path: Path, sound: Float32) -> Recording:
    path = tmp_path / "clip.flac"
    soundfile.write(path, sound, 16_000)
    return Recording(path, "abc", "speech", "c")


def test_an_attack_that_cannot_run_says_why(tmp_path: Path, speech_like: Callable[..., Float32]) -> None:
    clip = clip_of(tmp_path, speech_like(6.0))
    results = work(Job("earwitness", "marked", clip, ("none", "world")), Plan(seed=0, cache=tmp_path))
    assert results["none"]["exact"]
    assert "engines" in results["world"]["skipped"]
    assert len(list((tmp_path / "marked").iterdir())) == 1


def test_the_question_names_scheme_seed_kind_and_material(tmp_path: Path) -> None:
    clip = Recording(tmp_path / "x", "abc", "speech", "c")
    plan = Plan(seed=0, cache=tmp_path)
    asked = {
        what_is_asked(Job("earwitness", "marked", clip, ()), plan),
        what_is_asked(Job("earwitness-soft", "marked", clip, ()), plan),
        what_is_asked(Job("earwitness", "unmarked", clip, ()), plan),
        what_is_asked(Job("earwitness", "quality", clip, ()), plan),
        what_is_asked(Job("earwitness", "marked", clip, ()), Plan(seed=1, cache=tmp_path)),
        what_is_asked(
            Job("earwitness", "marked", clip, ()), Plan(seed=0, cache=tmp_path, noise=(Path("n"),))
        ),
    }
    assert len(asked) == 6


def test_material_never_is_the_clip_itself(tmp_path: Path, speech_like: Callable[..., Float32]) -> None:
    clip = clip_of(tmp_path, speech_like(2.0))
    other = tmp_path / "other.flac"
    soundfile.write(other, np.full(1_000, 0.25, np.float32), 16_000)
    plan = Plan(seed=0, cache=tmp_path, others=(clip.path, other))
    scheme = load_scheme("earwitness")
    material = mark_trials._material(scheme, "id", clip, plan)
    assert np.allclose(material.other, 0.25, atol=1e-3)
    assert not material.noise.any()
    assert material.remark is not None
    again = material.remark(speech_like(6.0))
    assert Ours().read(again, "id/again").exact
