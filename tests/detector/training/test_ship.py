"""From a checkpoint to a card: thresholds that keep their promises, and files the runtime accepts."""

import csv
import hashlib
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import torch

from earwitness.detector import card as cards
from earwitness.detector.calibrate import Calibration
from earwitness.detector.card import read_card, read_weights
from earwitness.detector.conditions import Conditions
from earwitness.detector.model import SpectrogramDetector
from earwitness.detector.training import ship, splices
from earwitness.detector.training.listening import CONDITIONS, raw_scores
from earwitness.detector.training.network import SpectrogramNet
from earwitness.detector.training.ship import main

Float32 = npt.NDArray[np.float32]
RATE = 16_000


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory, speech: Float32) -> Path:
    """What ``ship`` makes of an untrained network and four development clips."""
    base = tmp_path_factory.mktemp("ship")
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    torch.save({"average": SpectrogramNet().state_dict(), "view": "features"}, base / "best.pt")
    rows = []
    for k in range(4):
        sound = np.roll(speech, 7_000 * k)[:32_000] + (k % 2) * 0.02 * rng.standard_normal(32_000)
        soundfile.write(base / f"{k}.flac", np.clip(sound, -1, 1), RATE)
        row = {"path": f"{k}.flac", "label": ("human", "synthetic")[k % 2], "site": f"site {k // 2}"}
        partly = {"family": ("human", "partial")[k % 2], "stretches": ("", "0.4000-1.2000")[k % 2]}
        rows.append({**row, **partly})
    with (base / "manifest.tsv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)
    (base / "data.json").write_text(json.dumps({"training_data": ["somebody's voices"]}), encoding="utf-8")
    (base / "out").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        few = {name: CONDITIONS[name] for name in ("clean", "g711")}
        patch.setattr(ship, "CONDITIONS", few)
        patch.setattr(splices, "CONDITIONS", few)
        dev, data = str(base / "manifest.tsv"), str(base / "data.json")
        command = [str(base / "best.pt"), "--dev", dev, "--partial", dev, "--data", data, "--version", "7"]
        assert main([*command, "--out", str(base / "out")]) == 0
    return base


def test_the_runtime_accepts_card_and_weights(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "weights_folder", lambda: shipped / "out")
    read_card.cache_clear()
    try:
        card = read_card()
        detector = SpectrogramDetector(card, read_weights(card), threads=1)
    finally:
        read_card.cache_clear()
    assert card.version == "7"
    assert card.telephone is not None
    assert set(card.telephone.thresholds) == set(card.thresholds)
    assert set(card.thresholds) == {"synthetic", "likely_synthetic", "likely_human"}
    for way in (card, card.telephone):
        assert way.limits is not None
        assert set(way.limits.of([0.5, 0.5])) == {*card.thresholds, "stretch", "contrast"}
    assert card.conditions is not None
    assert card.conditions.names == ("clean", "g711")
    for local in (card.local, card.telephone.local):
        assert local is not None
        assert np.isfinite([getattr(local, field.name) for field in fields(local)]).all()
    assert detector.steps(np.zeros((1, *detector.vector_shape), np.float32)) is not None
    assert detector.info.sha256 == hashlib.sha256((shipped / "out" / "spectro.onnx").read_bytes()).hexdigest()


def test_the_card_tells_about_data_and_calibration(shipped: Path) -> None:
    card = json.loads((shipped / "out" / "spectro.json").read_text(encoding="utf-8"))
    assert card["training_data"] == ["somebody's voices"]
    assert card["calibrated_on"]["scores"] == 8, "four clips, two conditions"
    assert card["licence"]
    assert np.isfinite([card["runtime"]["whole"][k] for k in ("slope", "offset")]).all()


def test_kept_scores_are_used_again_for_the_same_weights_and_list_only(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (shipped / "out" / "spectro.onnx").read_bytes()
    unit = Calibration(1.0, 0.0, 1e9)
    detectors = [
        SpectrogramDetector(cards.Card("spectro", "7", sha * 64, ship.WINDOW, ship.HOP, unit, unit, {}), data)
        for sha in "01"
    ]
    counts: list[Path] = []

    def counted(_: SpectrogramDetector, manifest: Path) -> dict[str, Any]:
        counts.append(manifest)
        return {"whole": np.arange(3.0) + len(counts), "names": np.array(["clean", "gsm", "g711"])}

    monkeypatch.setattr(ship, "_score_all", counted)
    first, kept = shipped / "manifest.tsv", tmp_path / "scores.npz"
    fresh = ship._scores(detectors[0], first, kept)
    again = ship._scores(detectors[0], first, kept)
    assert counts == [first]
    assert again.keys() == fresh.keys()
    assert all((again[key] == fresh[key]).all() for key in fresh)
    other = tmp_path / "other.tsv"
    other.write_bytes(first.read_bytes() + b"\n")
    ship._scores(detectors[0], other, kept)
    ship._scores(detectors[1], other, kept)
    ship._scores(detectors[1], other, None)
    assert counts == [first, other, other, other]


def test_raw_scores_are_the_uncalibrated_ones_of_the_runtime(shipped: Path, speech: Float32) -> None:
    data = (shipped / "out" / "spectro.onnx").read_bytes()
    unit = Calibration(1.0, 0.0, 1e9)
    draft = cards.Card("spectro", "7", "0" * 64, ship.WINDOW, ship.HOP, unit, unit, {})
    mean, windows, _ = raw_scores(SpectrogramDetector(draft, data, threads=1), np.tile(speech, 2))
    assert mean is not None
    assert len(windows) >= 3
    assert min(windows) <= mean <= max(windows)
    silence = raw_scores(SpectrogramDetector(draft, data, threads=1), np.zeros(32_000, np.float32))
    assert silence[:2] == (None, [])


def test_development_recordings_of_parts_must_be_given(shipped: Path) -> None:
    dev, data = str(shipped / "manifest.tsv"), str(shipped / "data.json")
    with pytest.raises(SystemExit):
        main(
            [str(shipped / "best.pt"), "--dev", dev, "--data", data, "--version", "7", "--out", str(shipped)]
        )


def table_of(
    raw: Float32,
    labels: npt.NDArray[np.bool_],
    narrow: npt.NDArray[np.bool_],
    names: npt.NDArray[np.str_],
    statistics: npt.NDArray[np.floating],
) -> dict[str, npt.NDArray[Any]]:
    """What ``_score_all`` gives for clips of one window, of four sites in turn."""
    sites = (np.arange(len(raw)) // 4 % 4).astype(str)
    clips = {"whole": raw, "labels": labels, "narrow": narrow, "names": names}
    each = {"windows": raw, "window_labels": labels, "window_narrow": narrow}
    return {**clips, **each, "statistics": statistics, "corpora": sites}


def test_telephone_band_gets_a_calibration_and_thresholds_of_its_own() -> None:
    """Narrow clips score 1 higher whoever speaks: read alone, their LLRs are as good as the others."""
    rng = np.random.default_rng(3)
    labels, narrow = np.arange(2_000) % 2 == 1, np.arange(2_000) % 4 >= 2
    raw = (rng.normal(np.where(labels, 1.0, -1.0), 0.7) + narrow * 1.0).astype(np.float32)
    names = np.where(narrow, "g711", "clean")
    statistics = np.stack([narrow, rng.normal(size=2_000)], axis=1) + 0.1 * rng.normal(size=(2_000, 2))
    table = ship._runtime(table_of(raw, labels, narrow, names, statistics))
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
    table = ship._runtime(table_of(raw, labels, none, names, statistics))
    assert "telephone" not in table
    assert "conditions" in table
