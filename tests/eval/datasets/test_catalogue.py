"""eval/datasets/catalogue.py and base.py: sets by name; what is missing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.errors import SourceNotFoundError, UsageError
from earwitness.eval.datasets.base import audio_folder, the_file
from earwitness.eval.datasets.catalogue import DATASETS, dataset


def test_names_are_found_and_near_ones_named() -> None:
    assert dataset("asvspoof5") is DATASETS["asvspoof5"]
    with pytest.raises(UsageError, match="Did you mean in-the-wild"):
        dataset("in_the_wild")
    with pytest.raises(UsageError, match="There are: asvspoof2019-la"):
        dataset("xyz")


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_a_folder_without_the_set_is_an_error_that_names_what_is_missing(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="no such folder"):
        DATASETS[name].listing(tmp_path / "nowhere")
    with pytest.raises(SourceNotFoundError):
        DATASETS[name].listing(tmp_path)


def test_the_nearest_file_and_folder_count(tmp_path: Path) -> None:
    for place in ("a/b/keys/LA/CM", "a/keys/LA/CM", "a/keys/DF/CM"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "trial_metadata.txt").write_text(place)
    assert the_file(tmp_path, "trial_metadata.txt").read_text() == "a/keys/DF/CM"
    assert audio_folder(tmp_path, "LA/CM") == tmp_path / "a/keys/LA/CM"
    assert audio_folder(tmp_path / "a/keys/LA/CM", "LA/CM") == tmp_path / "a/keys/LA/CM"
    with pytest.raises(SourceNotFoundError, match="no folder X or Y"):
        audio_folder(tmp_path, "X", "Y")


def test_lists_without_any_recording_are_an_error_with_the_layout(tmp_path: Path) -> None:
    (tmp_path / "meta.csv").write_text("file,speaker,label\n0.wav,A,spoof\n")
    with pytest.raises(SourceNotFoundError, match=r"none of the 1 recordings.*expected as: release_in"):
        DATASETS["in-the-wild"].listing(tmp_path)
