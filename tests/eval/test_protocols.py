"""Manifests are read strictly; results are computed from outcomes as stated."""

from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import SourceNotFoundError, UsageError
from earwitness.eval.protocols import Clip, Outcome, evaluate, read_manifest


def clip(*, synthetic: bool, corpus: str = "c", family: str = "human", speaker: str = "") -> Clip:
    return Clip(Path("x.wav"), synthetic, corpus, family, family, speaker, "en")


def test_manifest_is_read_in_order_with_paths_beside_it(manifest: Path) -> None:
    clips = read_manifest(manifest)
    assert [c.path.name for c in clips] == [f"{i}.wav" for i in range(12)]
    assert [c.synthetic for c in clips] == [False] * 6 + [True] * 6
    assert clips[7].family == "gan"
    assert clips[7].cluster == "s7"


def test_manifest_of_a_page_collection_names_files_and_sites(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(b"x")
    path = tmp_path / "m.tsv"
    path.write_text("file\tlabel\tsite\tfamily\tsystem\tlanguage\na.flac\thuman\tp/q\thuman\thuman\tja\n")
    (found,) = read_manifest(path)
    assert (found.corpus, found.speaker, found.cluster) == ("p/q", "", "p/q")


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("path\tlabel\n", UsageError, "no clip"),
        ("path\tlabel\na.wav\tfake\n", UsageError, "line 2"),
        ("path\tlabel\n\thuman\n", UsageError, "line 2"),
        ("path\tlabel\ngone.wav\thuman\n", SourceNotFoundError, "gone.wav"),
    ],
)
def test_bad_manifests_are_refused(tmp_path: Path, text: str, error: type[Exception], says: str) -> None:
    path = tmp_path / "m.tsv"
    path.write_text(text)
    with pytest.raises(error, match=says):
        read_manifest(path)
    with pytest.raises(SourceNotFoundError, match="no such manifest"):
        read_manifest(tmp_path / "none.tsv")


CLIPS = [
    *[clip(synthetic=False, corpus="a", speaker=f"h{i}") for i in range(4)],
    clip(synthetic=True, corpus="a", family="gan", speaker="g0"),
    clip(synthetic=True, corpus="a", family="gan", speaker="g1"),
    clip(synthetic=True, corpus="b", family="flow", speaker="f0"),
    clip(synthetic=True, corpus="b", family="flow", speaker="f1"),
]
SCORES = [-3.0, -2.0, -1.0, 2.5, 3.0, 4.0, -2.5, 2.0]
VERDICTS = ["likely_human", "likely_human", "inconclusive", "synthetic", "synthetic", "partly_synthetic",
            "likely_human", "inconclusive"]  # fmt: skip
OUTCOMES = [Outcome(s, v, 1 / (1 + np.exp(-s))) for s, v in zip(SCORES, VERDICTS, strict=True)]


def test_scores_families_and_corpora_by_hand() -> None:
    result = evaluate(CLIPS, OUTCOMES, threshold=0.0, rounds=50)
    assert (result["human"], result["synthetic"], result["without_score"]) == (4, 4, 0)
    # Synthetic 4, 3 beat all humans, 2 beats three, -2.5 beats one.
    assert result["auc"] == pytest.approx((4 + 4 + 3 + 1) / 16)
    assert result["families"]["gan"]["eer"] == 0.0
    assert result["families"]["gan"]["missed_at_fixed_threshold"] == 0.0
    assert result["families"]["flow"]["missed_at_fixed_threshold"] == 0.5
    assert result["at_fixed_threshold"] == {"threshold": 0.0, "fpr": 0.25, "fnr": 0.25}
    assert result["macro_eer"]["corpora"] == 1, "only corpus a holds both classes"
    assert result["macro_eer"]["rate"] == 0.0
    assert result["corpora"]["b"] == {"human": 0, "synthetic": 2, "eer": None}
    assert result["eer"]["interval"]["low"] <= result["eer"]["rate"] <= result["eer"]["interval"]["high"]


def test_verdicts_count_abstentions_apart_and_findings_of_all_kinds() -> None:
    verdicts = evaluate(CLIPS, OUTCOMES, rounds=2)["verdicts"]
    assert verdicts["all"]["fpr"] == pytest.approx(1 / 3)
    assert verdicts["all"]["fnr"] == pytest.approx(1 / 3)
    assert verdicts["all"]["abstained_human"] == 0.25
    assert verdicts["families"]["gan"]["fnr"] == 0.0
    assert verdicts["families"]["flow"]["fnr"] == 1.0
    assert verdicts["corpora"]["a"]["human_flagged"] == 1


def test_an_error_is_counted_and_abstains() -> None:
    outcomes = [Outcome(None, error="broken"), *OUTCOMES[1:]]
    result = evaluate(CLIPS, outcomes, rounds=2)
    assert result["errors"] == 1
    assert result["without_score"] == 1
    assert result["human"] == 3
    assert result["verdicts"]["all"]["abstained_human"] == 0.5


def test_comparison_on_equal_clips_leaves_verdicts_whole() -> None:
    include = np.array([True] * 7 + [False])
    result = evaluate(CLIPS, OUTCOMES, include=include, rounds=2)
    assert result["synthetic"] == 3
    assert result["verdicts"]["all"]["synthetic"] == 4


def test_a_system_without_verdicts_or_calibration_claims_neither() -> None:
    result = evaluate(CLIPS, [Outcome(s) for s in SCORES], calibrated=False, rounds=2)
    assert "cllr" not in result
    assert "act_dcf" not in result
    assert "verdicts" not in result
    assert "reliability" not in result


def test_one_class_alone_has_no_eer_but_has_verdicts() -> None:
    result = evaluate(CLIPS[:4], OUTCOMES[:4], rounds=2)
    assert "eer" not in result
    assert result["verdicts"]["all"]["fpr"] == pytest.approx(1 / 3)
    assert result["verdicts"]["all"]["fnr"] is None


def test_misses_where_two_in_a_hundred_people_are_called_synthetic() -> None:
    people = [clip(synthetic=False, speaker=f"h{k}") for k in range(100)]
    fakes = [clip(synthetic=True, family=f, speaker=f"g{k}") for k, f in enumerate(["gan", "gan", "flow"])]
    scores = [float(k) for k in range(100)] + [97.5, 98.0, 3.0]  # 98 and 99 are the two that may be called
    result = evaluate(people + fakes, [Outcome(s) for s in scores], rounds=2)
    assert result["missed_at_2_percent"] == pytest.approx(2 / 3)
    assert result["families"]["gan"]["missed_at_2_percent"] == 0.5
    assert result["families"]["flow"]["missed_at_2_percent"] == 1.0
