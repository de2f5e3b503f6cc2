"""How steps are read comes from recordings of which a part is synthetic, and the limits from people."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from earwitness.contracts import ChannelScores, Window
from earwitness.detector.calibrate import Calibration, Local
from earwitness.detector.card import Card
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.training import splices
from earwitness.detector.training.splices import (
    CHANCE,
    HUMAN,
    Heard,
    add_local,
    calibrated,
    fit_local,
    hear,
    limits_by_kind,
)

Float32 = npt.NDArray[np.float32]
RATE = 16_000
STEP_S = 0.08
STEPS = 125
DETECTOR = cast(SpectrogramDetector, None)


def windows(llr: float, duration_s: float = 10.0) -> tuple[Window, ...]:
    return (Window(0.0, duration_s, llr, 1.0),)


def heard(
    raw: npt.ArrayLike,
    kind: str = "human",
    truth: tuple[tuple[float, float], ...] = (),
    llr: float = 0.0,
    narrow: bool = False,
) -> Heard:
    steps = np.asarray(raw, np.float32)
    seconds = len(steps) * STEP_S
    return Heard(ChannelScores(None, windows(llr, seconds), llr, None, steps), seconds, kind, truth, narrow)


def drawn(count: int = 20, gap: float = 4.0, rises: float = 0.0, scale: float = 1.0) -> list[Heard]:
    """Recordings of 10 s, every second one with two seconds that score ``gap`` higher, times ``scale``.

    rises: how far a second of every human recording rises above the rest.
    """
    rng = np.random.default_rng(0)
    found = []
    for k in range(count):
        raw = rng.normal(-2.0, 1.0, STEPS)
        raw[::11] = np.nan
        partial = k % 2 == 1
        if partial:
            raw[50:75] += gap
        else:
            raw[30:42] += rises
        found.append(heard(scale * raw, *(("partial", ((4.0, 6.0),)) if partial else ("human", ()))))
    return found


def test_steps_are_labelled_by_their_middle() -> None:
    labels = heard(np.zeros(10), "partial", ((0.12, 0.29), (0.7, 0.77))).labels(10)
    assert np.flatnonzero(labels).tolist() == [1, 2, 3, 9], "middles at 0.12, 0.20, 0.28 and 0.76"
    assert not heard(np.zeros(10), "partial", ((0.13, 0.19), (0.29, 0.3))).labels(10).any()
    assert not heard(np.zeros(10)).labels(10).any()


@pytest.mark.parametrize("scale", [1.0, 0.2, 30.0])
def test_the_reading_tells_steps_apart_whatever_the_scale_of_scores(scale: float) -> None:
    found = drawn(scale=scale)
    local = fit_local(found)
    assert local.slope > 0
    assert local.width == splices.WIDTH
    assert local.limit == 6.0
    human, synthetic = [], []
    for one in found:
        llrs, labels = splices._track(one, local), one.labels(STEPS)
        known = np.isfinite(llrs)
        human += llrs[known & ~labels].tolist()
        synthetic += llrs[known & labels].tolist()
    assert np.mean(np.array(human) < 0) > 0.95
    assert np.mean(np.array(synthetic) > 0) > 0.85
    assert np.mean(np.array(synthetic) < local.human) <= HUMAN + 0.01


def test_windows_are_read_where_steps_say_nothing() -> None:
    rng = np.random.default_rng(0)
    found = [heard(rng.normal(0, 1, STEPS), "human", (), -2.0 + rng.normal()) for _ in range(20)]
    found += [
        heard(rng.normal(0, 1, STEPS), "partial", ((0.0, 10.0),), 2.0 + rng.normal()) for _ in range(20)
    ]
    local = fit_local(found)
    around, step = 2.0 * local.share, 0.3 * abs(local.slope)  # what each tells, by how far it spreads
    assert around > 10 * step


def test_a_step_is_human_well_under_zero() -> None:
    """However well the two are told apart, and though nearly all synthetic steps score high."""
    assert fit_local(drawn(gap=12.0)).human == -0.25


def test_wholly_synthetic_recordings_teach_nothing() -> None:
    found = drawn()
    other = heard(np.full(STEPS, -9.0), "synthetic", ((0.0, 10.0),))
    assert fit_local([*found, *[other] * 10]) == fit_local(found)


def test_recordings_without_steps_teach_nothing() -> None:
    found = drawn()
    none = replace(found[1], scores=replace(found[1].scores, steps=None))
    assert fit_local([*found, none]) == fit_local(found)


def test_limits_are_what_people_reach_by_chance() -> None:
    calm, uneasy = fit_local(drawn(gap=6.0)), fit_local(drawn(gap=6.0, rises=5.0))
    assert uneasy.stretch > calm.stretch
    assert uneasy.contrast > calm.contrast
    assert uneasy.stretch <= 6.0 - 0.25


PLAIN = Local(width=1, slope=1.0, share=0.0, offset=0.0, human=-1.0, stretch=0.0, contrast=0.0)


def test_few_people_go_beyond_the_limits() -> None:
    """Of 1,000 recordings whose peak is k thousandths of 4, over a rest at -2."""
    people = [heard([*[-2.0] * 20, *[4.0 * k / 1_000] * 5]) for k in range(1, 1_001)]
    limits = splices._limits(PLAIN, people)
    assert limits["stretch"] == pytest.approx(4 * CHANCE, abs=0.01)
    assert limits["contrast"] == pytest.approx(2 + 4 * CHANCE, abs=0.01)


def test_every_kind_of_channel_has_limits_of_its_own() -> None:
    calm = [heard([*[-2.0] * 20, *[1.0] * 5])] * 120
    uneasy = [replace(heard([*[-2.0] * 20, *[3.0] * 5]), channel="gsm")] * 120
    few = [replace(heard([9.0] * 50), channel="opus_16k")] * 5
    local = replace(PLAIN, stretch=2.5, contrast=3.5)
    found = limits_by_kind(local, [*calm, *uneasy, *few], ["clean", "gsm", "opus_16k"])
    assert found == {"stretch": [1.0, 3.0, 2.5], "contrast": [3.0, 5.0, 3.5]}


@pytest.mark.parametrize(
    "steps",
    [[*[-2.0] * 20, *[5.0] * 3], [-2.0] * 20, [*[-2.0] * 10, *[5.0] * 3, -0.1, *[5.0] * 3]],
    ids=["too short", "nothing rises", "never four in a row"],
)
def test_what_is_too_short_to_be_called_needs_no_limit(steps: list[float]) -> None:
    limits = splices._limits(PLAIN, [heard(steps)] * 50)
    assert limits["stretch"] <= 0.5
    assert limits["contrast"] <= 1.0


def test_where_nothing_is_human_a_rise_counts_from_zero() -> None:
    assert splices._limits(PLAIN, [heard([3.0] * 50)] * 200)["contrast"] == pytest.approx(3.0, abs=0.01)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """As ``partial_set`` writes it: one human, one of which parts are synthetic, one wholly so."""
    columns = ("path", "label", "corpus", "family", "system", "speaker", "language", "stretches")
    rows = [
        ("h.flac", "human", "c", "human", "human", "a", "en", ""),
        ("p.flac", "synthetic", "c", "partial", "engine", "a", "en", "0.2500-0.7500 1.0000-1.5000"),
        ("s.flac", "synthetic", "c", "synthetic", "engine", "a", "en", "0.0000-2.0000"),
    ]
    with (tmp_path / "manifest.tsv").open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle, delimiter="\t").writerows([columns, *rows])
    for k, row in enumerate(rows):
        soundfile.write(tmp_path / row[0], np.full(2 * RATE, 0.1 * (k + 1)), RATE)
    return tmp_path / "manifest.tsv"


@pytest.fixture
def _ears(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two channels, of which the second is narrow; what is heard is the level of the sound, every step."""

    def condition(x: Float32, name: str, seed: int) -> Float32:
        return x * np.float32(2 if name == "narrow" else 1) + np.float32(1e-3 * seed)

    def listen(_: SpectrogramDetector, x: Float32) -> ChannelScores:
        return heard(np.full(25, x[0]), llr=float(x[0]) * 20).scores

    monkeypatch.setattr(splices, "CONDITIONS", {"clean": None, "narrow": None})
    monkeypatch.setattr(splices, "condition", condition)
    monkeypatch.setattr(splices, "listen", listen)
    monkeypatch.setattr(splices, "is_narrow", lambda x: bool(x[0] > 0.19 and round(float(x[0]), 1) != 0.3))


@pytest.mark.usefixtures("_ears")
def test_every_recording_is_heard_through_every_channel(manifest: Path) -> None:
    found = hear(DETECTOR, manifest)
    assert [one.kind for one in found] == ["human"] * 2 + ["partial"] * 2
    assert [one.channel for one in found] == ["clean", "narrow"] * 2
    assert [one.duration_s for one in found] == [2.0] * 4
    assert [one.truth for one in found][::2] == [(), ((0.25, 0.75), (1.0, 1.5))]
    levels = [float(one.scores.steps[0]) for one in found if one.scores.steps is not None]
    assert levels == pytest.approx([0.1, 0.2, 0.201, 0.401], abs=1e-3)
    assert [one.narrow for one in found] == [False, True, True, True]


def test_telephone_band_is_read_in_a_way_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = drawn()
    narrow = [replace(one, narrow=True) for one in drawn(scale=0.1)]
    monkeypatch.setattr(splices, "hear", lambda *_: [*wide, *narrow])
    phone: dict[str, Any] = {"windows": {"slope": 2.0, "offset": 0.0}}
    runtime: dict[str, Any] = {"telephone": phone}
    add_local(runtime, DETECTOR, Path())
    assert Local(**runtime["local"]) == fit_local(wide)
    assert Local(**phone["local"]).slope == pytest.approx(10 * runtime["local"]["slope"], rel=0.2)


def test_without_a_reading_for_telephone_band_all_are_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [replace(one, narrow=k % 4 > 1) for k, one in enumerate(drawn())]
    monkeypatch.setattr(splices, "hear", lambda *_: found)
    runtime: dict[str, Any] = {}
    add_local(runtime, DETECTOR, Path())
    assert Local(**runtime["local"]) == fit_local(found)


def test_windows_are_read_as_at_run_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the reach of LLRs, in telephone band after its own map."""
    found = [heard(np.zeros(9), llr=11.0), heard(np.zeros(9), llr=2.0, narrow=True)]
    monkeypatch.setattr(splices, "hear", lambda *_: found)
    seen: list[list[float]] = []

    def fit(ones: list[Heard]) -> Local:
        seen.append([window.llr for one in ones for window in one.scores.windows])
        return PLAIN

    monkeypatch.setattr(splices, "fit_local", fit)
    add_local({"telephone": {"windows": {"slope": 2.0, "offset": 0.5}}}, DETECTOR, Path())
    assert seen == [[6.0], [4.5]]


def test_a_detector_that_scores_no_steps_gets_no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = [replace(one, scores=replace(one.scores, steps=None)) for one in drawn(4)]
    monkeypatch.setattr(splices, "hear", lambda *_: silent)
    runtime: dict[str, Any] = {"telephone": {"windows": {"slope": 2.0, "offset": 0.0}}}
    add_local(runtime, DETECTOR, Path())
    assert "local" not in runtime
    assert "local" not in runtime["telephone"]


def test_a_draft_gets_its_calibration() -> None:
    unit = Calibration(1.0, 0.0)
    draft = Card("spectro", "1", "0" * 64, 38, 6, unit, unit, {})
    card = calibrated(
        draft, {"whole": {"slope": 2.0, "offset": 1.0}, "windows": {"slope": 3.0, "offset": 0.0}}
    )
    assert (card.whole.slope, card.window_calibration.slope) == (2.0, 3.0)
