"""The doctor reports what it tried; anything broken is named and makes the exit code 2."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from earwitness.api import cards
from earwitness.api.cards import Card
from earwitness.cli import doctor_run
from earwitness.cli.probe_codecs import CodecResult, Probe
from earwitness.cli.probe_speed import Speed

Call = Callable[..., tuple[int, str, str]]
HEALTHY = Card("m", "1", "detector", "Apache-2.0", "m.onnx", "m.onnx", 1000, "ab" * 32, None)
BROKEN = Card(
    "m", "1", "detector", "Apache-2.0", "m.onnx", "m.onnx", None, "ab" * 32, "the weights cannot be read"
)


@pytest.fixture
def healthy(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine where everything works, without the time that looking takes."""
    monkeypatch.setattr(doctor_run, "probe_codec", lambda probe: CodecResult(probe.label, "decodes"))
    monkeypatch.setattr(doctor_run, "read_cards", lambda: [HEALTHY])
    monkeypatch.setattr(doctor_run, "probe_speed", lambda: Speed(20.0, 1.5, 0.25))
    return monkeypatch


@pytest.mark.usefixtures("healthy")
def test_all_well(earwitness: Call) -> None:
    code, out, _ = earwitness("doctor")
    assert code == 0
    for words in (
        "Everything works.",
        "80 times real time",
        "onnxruntime",
        "AMR-NB",
        "sha256 matches its card",
    ):
        assert words in out


@pytest.mark.usefixtures("healthy")
def test_json(earwitness: Call) -> None:
    code, out, _ = earwitness("doctor", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["ok"] is True
    assert found["problems"] == []
    assert found["speed"]["times_real_time"] == 80.0
    assert found["weights"][0]["sha256"] == "ab" * 32
    assert set(found["versions"]) == set(doctor_run.PACKAGES)
    assert all(found["versions"].values())
    assert found["libraries"]["libavcodec"]


def test_each_failure_is_a_problem_and_the_rest_is_still_looked_at(
    earwitness: Call, healthy: pytest.MonkeyPatch
) -> None:
    def broken_codec(probe: Probe) -> CodecResult:
        return CodecResult(probe.label, "fails" if probe.label == "MP3" else "not tested", "no luck")

    def no_speed() -> Speed:
        raise RuntimeError("out of order")

    healthy.setattr(doctor_run, "probe_codec", broken_codec)
    healthy.setattr(doctor_run, "read_cards", lambda: [BROKEN])
    healthy.setattr(doctor_run, "probe_speed", no_speed)
    healthy.setattr(doctor_run, "PACKAGES", (*doctor_run.PACKAGES, "no-such-package-here"))
    code, out, _ = earwitness("doctor", "--json")
    assert code == 2
    problems = json.loads(out)["problems"]
    assert len(problems) == 4
    for words in ("no-such-package-here is missing", "MP3 does not decode", "cannot be read", "out of order"):
        assert any(words in problem for problem in problems)
    code, out, _ = earwitness("doctor")
    assert code == 2
    assert "Everything works" not in out
    assert out.count("Problem:") == 4


def test_a_broken_card_and_no_card_are_problems(
    earwitness: Call, healthy: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    healthy.setattr(doctor_run, "read_cards", lambda: cards.read_cards(tmp_path))
    assert "No model is installed" in earwitness("doctor")[1]
    (tmp_path / "x.json").write_text("{")
    code, out, _ = earwitness("doctor")
    assert code == 2
    assert "x.json" in out


def test_a_busy_machine_is_told(earwitness: Call, healthy: pytest.MonkeyPatch) -> None:
    healthy.setattr(doctor_run, "_load", lambda: 99.0)
    assert "The machine is busy (load 99.0)" in earwitness("doctor")[1]
    healthy.setattr(doctor_run, "_load", lambda: 0.0)
    assert "busy" not in earwitness("doctor")[1]


@pytest.mark.usefixtures("healthy", "fake_scheme")
def test_schemes_are_told_and_only_ours_must_work(earwitness: Call, healthy: pytest.MonkeyPatch) -> None:
    healthy.setattr(doctor_run, "scheme_names", lambda: ["absent", "default", "theirs"])
    code, out, _ = earwitness("doctor", "--json")
    reason = "absent: pip install absent"
    assert (code, json.loads(out)["schemes"]) == (0, {"absent": reason, "default": None, "theirs": None})
    assert f"absent: not here: {reason}" in earwitness("doctor")[1]
    healthy.setattr(doctor_run, "scheme_names", lambda: ["theirs"])
    code, out, _ = earwitness("doctor")
    assert code == 2
    assert "The watermark scheme cannot be used" in out
