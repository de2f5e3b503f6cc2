"""A list is thinned out until nothing but the speech tells its classes apart."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earwitness.errors import UsageError
from earwitness.eval.matched import CALIPER, main, match, matched
from earwitness.eval.protocols import read_manifest
from earwitness.eval.shortcuts import TROUBLING, shortcuts

RATE = 16_000


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighty clips of noise after silence; what is synthetic is louder by 6 dB, on average."""
    folder = tmp_path_factory.mktemp("list")
    rng = np.random.default_rng(5)
    with (folder / "manifest.tsv").open("w", encoding="utf-8", newline="") as handle:
        lines = csv.writer(handle, delimiter="\t", lineterminator="\n")
        lines.writerow(("path", "label", "site", "family", "system", "speaker", "language"))
        for k in range(80):
            synthetic = k % 2 == 1
            level = 10 ** ((-30 + 6 * synthetic + 5 * rng.standard_normal()) / 20)
            silence = np.zeros(int(RATE * rng.uniform(0.05, 0.4)))
            sound = np.concatenate([silence, level * rng.standard_normal(RATE)])
            soundfile.write(folder / f"{k}.flac", np.clip(sound, -1, 1), RATE)
            label, system = ("synthetic", "engine") if synthetic else ("human", "human")
            lines.writerow((f"{k}.flac", label, "site", system, system, f"speaker {k}", "en"))
    return folder / "manifest.tsv"


def test_pairs_lie_within_the_caliper_and_nobody_is_in_two() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(200) < 0.4
    logits = rng.normal(np.where(truth, 1.0, -1.0), 1.0)
    rows = match(logits, truth, rng)
    assert len(set(rows.tolist())) == len(rows)
    assert truth[rows].sum() == (~truth[rows]).sum()
    assert 0 < len(rows) < 2 * truth.sum(), "some find nobody"
    reach = CALIPER * logits.std()
    made, people = np.sort(logits[rows][truth[rows]]), np.sort(logits[rows][~truth[rows]])
    assert np.abs(made - people).max() <= reach, "pairs within reach stay so when both sides are in order"


def test_what_is_left_troubles_the_probe_no_more(manifest: Path) -> None:
    clips = read_manifest(manifest)
    before = shortcuts(clips)
    assert before is not None
    assert before["troubling"]
    left, auc = matched(clips)
    after = shortcuts(left)
    assert after is not None
    assert after["auc"] == pytest.approx(auc)
    assert auc < TROUBLING
    assert 20 <= len(left) < len(clips)
    assert sum(clip.synthetic for clip in left) * 2 == len(left)
    assert [clip.path for clip in matched(clips)[0]] == [clip.path for clip in left], "the seed decides"


def test_the_new_list_has_the_lines_of_the_old_one(
    manifest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = manifest.with_name("matched.tsv")
    assert main([str(manifest), "--out", str(out)]) == 0
    old, new = (path.read_text(encoding="utf-8").splitlines() for path in (manifest, out))
    assert new[0] == old[0]
    assert set(new) < set(old)
    assert new == [line for line in old if line in set(new)], "in the same order"
    assert f"{len(new) - 1} of 80 clips" in capsys.readouterr().out
    assert [clip.path.name for clip in matched(read_manifest(manifest))[0]] == [
        line.split("\t")[0] for line in new[1:]
    ]


def test_a_list_elsewhere_would_find_no_files(
    manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(manifest), "--out", str(tmp_path / "matched.tsv")]) == 2
    assert "beside" in capsys.readouterr().err


def test_classes_that_have_nothing_in_common_are_an_error(manifest: Path) -> None:
    clips = [clip for clip in read_manifest(manifest) if clip.synthetic]
    with pytest.raises(UsageError, match="alike"):
        matched(clips)
