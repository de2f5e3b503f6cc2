"""The accuracy benchmark from manifest to result file, on tones whose right answer is known."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from earwitness.eval import accuracy, bench_accuracy, met
from earwitness.eval.protocols import read_manifest
from earwitness.report import ModelInfo


@pytest.fixture(autouse=True)
def _detector(monkeypatch: pytest.MonkeyPatch) -> None:
    info = ModelInfo(name="tone", version="1", kind="detector", sha256="ab")
    monkeypatch.setattr(accuracy, "load", lambda _: lambda: SimpleNamespace(info=info))


def run(manifest: Path, tmp_path: Path, *words: str) -> int:
    out = tmp_path / "out.json"
    common = [
        "--manifest",
        str(manifest),
        "--out",
        str(out),
        "--cache",
        str(tmp_path / "cache"),
        "--rounds",
        "20",
    ]
    return bench_accuracy.main([*common, *words])


@pytest.mark.usefixtures("front_door")
def test_result_file_holds_the_numbers_and_how_they_were_made(manifest: Path, tmp_path: Path) -> None:
    assert run(manifest, tmp_path, "--conditions", "clean,gain_minus_20db") == 0
    result = json.loads((tmp_path / "out.json").read_text())
    assert result["schema"] == accuracy.SCHEMA
    assert result["command"].startswith("python -m earwitness.eval.bench_accuracy --manifest")
    assert str(tmp_path) not in json.dumps(result)
    assert result["manifest"]["human"] == 6
    assert result["models"]["earwitness"]["name"] == "tone"
    clean = result["systems"]["earwitness"]["conditions"]["clean"]
    # Six humans at 400-500 Hz; five synthetic above 2 kHz, one at 520 Hz: all above all humans.
    assert clean["eer"]["rate"] == 0.0
    assert clean["auc"] == 1.0
    assert clean["verdicts"]["all"]["fnr"] == 0.0
    assert clean["verdicts"]["all"]["abstained_synthetic"] == pytest.approx(1 / 6, abs=1e-5)
    assert clean["verdicts"]["all"]["fpr"] == 0.0
    assert set(clean["families"]) == {"gan", "flow"}
    assert set(result["systems"]["earwitness"]["conditions"]) == {"clean", "gain_minus_20db"}


@pytest.mark.usefixtures("front_door")
def test_systems_that_were_trained_on_do_not_count(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = next(clip.system for clip in read_manifest(manifest) if clip.synthetic)
    monkeypatch.setattr(met, "met", lambda: {system: "an engine"})
    assert run(manifest, tmp_path) == 0
    every = json.loads((tmp_path / "out.json").read_text())["manifest"]
    assert run(manifest, tmp_path, "--unmet") == 0
    found = json.loads((tmp_path / "out.json").read_text())["manifest"]
    assert "left_out" not in every
    assert found["left_out"]["trained_on"] == {system: "an engine"}
    assert found["left_out"]["clips"] == every["clips"] - found["clips"] > 0
    assert found["human"] == every["human"]


@pytest.mark.usefixtures("front_door")
def test_threshold_fixed_on_another_list(manifest: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    numbers = {"eer": {"threshold": 0.5}}
    other.write_text(json.dumps({"systems": {"earwitness": {"conditions": {"clean": numbers}}}}))
    assert run(manifest, tmp_path, "--threshold-from", str(other)) == 0
    clean = json.loads((tmp_path / "out.json").read_text())["systems"]["earwitness"]["conditions"]["clean"]
    assert clean["at_fixed_threshold"]["fnr"] == pytest.approx(1 / 6, abs=1e-5)
    assert clean["families"]["flow"]["missed_at_fixed_threshold"] == pytest.approx(1 / 3, abs=1e-5)
    assert clean["families"]["gan"]["missed_at_fixed_threshold"] == 0.0


@pytest.mark.usefixtures("front_door")
def test_user_errors_are_said_and_exit_2(
    manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(manifest, tmp_path, "--conditions", "moon") == 2
    assert "moon" in capsys.readouterr().err
    assert run(manifest, tmp_path, "--compare", "oracle=x") == 2
    assert run(tmp_path / "none.tsv", tmp_path) == 2
    assert run(manifest, tmp_path, "--threshold-from", str(tmp_path / "none.json")) == 2


@pytest.mark.usefixtures("front_door")
def test_limit_takes_clips_spread_over_the_list(manifest: Path, tmp_path: Path) -> None:
    assert run(manifest, tmp_path, "--limit", "4") == 0
    found = json.loads((tmp_path / "out.json").read_text())["manifest"]
    assert (found["clips"], found["human"]) == (4, 2)
