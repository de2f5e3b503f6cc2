"""Calibration and limits from development clips: kept scores, narrow bands, and a shipped model read anew."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.calibrate import Calibration
from earwitness.detector.conditions import Conditions
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.training import calibrating, splices
from earwitness.detector.training.calibrating import development_scores, draft_of, main, runtime_of
from earwitness.detector.training.listening import CONDITIONS, raw_scores

Float32 = npt.NDArray[np.float32]


def test_kept_scores_are_used_again_for_the_same_weights_and_list_only(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (shipped / "out" / "spectro.onnx").read_bytes()
    drafts = [replace(draft_of("7", data), sha256=sha * 64) for sha in "01"]
    detectors = [SpectrogramDetector(draft, data) for draft in drafts]
    counts: list[Path] = []

    def counted(_: SpectrogramDetector, manifests: list[Path]) -> dict[str, Any]:
        counts.append(manifests[0])
        return {"whole": np.arange(3.0) + len(counts), "names": np.array(["clean", "gsm", "g711"])}

    monkeypatch.setattr(calibrating, "_score_all", counted)
    first, kept = shipped / "manifest.tsv", tmp_path / "scores.npz"
    fresh = development_scores(detectors[0], [first], kept)
    again = development_scores(detectors[0], [first], kept)
    assert counts == [first]
    assert again.keys() == fresh.keys()
    assert all((again[key] == fresh[key]).all() for key in fresh)
    other = tmp_path / "other.tsv"
    other.write_bytes(first.read_bytes() + b"\n")
    development_scores(detectors[0], [other], kept)
    development_scores(detectors[1], [other], kept)
    development_scores(detectors[1], [other], None)
    development_scores(detectors[1], [other, first], kept)
    assert counts == [first, other, other, other, other]


def test_raw_scores_are_the_uncalibrated_ones_of_the_runtime(shipped: Path, speech: Float32) -> None:
    data = (shipped / "out" / "spectro.onnx").read_bytes()
    draft = draft_of("7", data)
    mean, windows, _ = raw_scores(SpectrogramDetector(draft, data, threads=1), np.tile(speech, 2))
    assert mean is not None
    assert len(windows) >= 3
    assert min(windows) <= mean <= max(windows)
    silence = raw_scores(SpectrogramDetector(draft, data, threads=1), np.zeros(32_000, np.float32))
    assert silence[:2] == (None, [])


def table_of(
    raw: Float32,
    labels: npt.NDArray[np.bool_],
    narrow: npt.NDArray[np.bool_],
    names: npt.NDArray[np.str_],
    statistics: npt.NDArray[np.floating],
) -> dict[str, npt.NDArray[Any]]:
    """What ``_score_all`` gives for clips of one window, of four sites in turn."""
    sites = (np.arange(len(raw)) // 4 % 4).astype(str)
    clips: dict[str, npt.NDArray[Any]] = {"whole": raw, "labels": labels, "narrow": narrow, "names": names}
    each = {"statistics": statistics, "corpora": sites, "sources": sites}
    return {**clips, **each, "windows": raw, "window_of": np.arange(len(raw))}


def test_telephone_band_gets_a_calibration_and_thresholds_of_its_own() -> None:
    """Narrow clips score 1 higher whoever speaks: read alone, their LLRs are as good as the others."""
    rng = np.random.default_rng(3)
    labels, narrow = np.arange(2_000) % 2 == 1, np.arange(2_000) % 4 >= 2
    raw = (rng.normal(np.where(labels, 1.0, -1.0), 0.7) + narrow * 1.0).astype(np.float32)
    names = np.where(narrow, "g711", "clean")
    statistics = np.stack([narrow, rng.normal(size=2_000)], axis=1) + 0.1 * rng.normal(size=(2_000, 2))
    table = runtime_of(table_of(raw, labels, narrow, names, statistics))
    conditions, phone = Conditions.from_table(table["conditions"]), Calibration(**table["telephone"]["whole"])
    wide_llr = np.array([conditions.llr(float(r), [0, 0]) for r in raw[~narrow]])
    phone_llr = np.array([phone(conditions.llr(float(r), [1, 0])) for r in raw[narrow]])
    for llr, flags in (
        (wide_llr, labels[~narrow]),
        (phone_llr, labels[narrow]),
    ):  # read alike: 0.76 of a class
        assert (llr[flags] > 0).mean() > 0.82
        assert (llr[~flags] < 0).mean() > 0.82
    limits, phone_limits = table["thresholds"]["likely_synthetic"], table["telephone"]["thresholds"]
    assert phone_limits["likely_synthetic"] == pytest.approx(limits, abs=0.5)


def test_without_narrow_recordings_there_is_one_calibration() -> None:
    labels, raw = np.arange(40) % 2 == 1, np.arange(40, dtype=np.float32)
    none = np.zeros(40, bool)
    names = np.where(np.arange(40) % 4 < 2, "clean", "mp3")
    statistics = np.stack([names == "mp3", raw], axis=1).astype(float)
    table = runtime_of(table_of(raw, labels, none, names, statistics))
    assert "telephone" not in table
    assert "conditions" in table


def test_a_shipped_model_is_read_anew_and_its_networks_stay(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {name: CONDITIONS[name] for name in ("clean", "g711")}
    monkeypatch.setattr(calibrating, "CONDITIONS", few)
    monkeypatch.setattr(splices, "CONDITIONS", few)
    weights = tmp_path / "weights"
    shutil.copytree(shipped / "out", weights)
    dev = str(shipped / "manifest.tsv")
    assert main([str(weights), "--dev", dev, dev, "--partial", dev, "--version", "7.1"]) == 0
    before, after = (json.loads((at / "spectro.json").read_text()) for at in (shipped / "out", weights))
    assert (weights / "spectro.onnx").read_bytes() == (shipped / "out" / "spectro.onnx").read_bytes()
    assert after["version"] == "7.1"
    assert after["calibrated_on"]["scores"] == 2 * before["calibrated_on"]["scores"], "the list came twice"
    told = {key: value for key, value in before.items() if key not in ("runtime", "version", "calibrated_on")}
    assert {key: after[key] for key in told} == told
    slope = before["runtime"]["whole"]["slope"]
    assert after["runtime"]["whole"]["slope"] == pytest.approx(slope, rel=1e-3), "twice the same clips"
