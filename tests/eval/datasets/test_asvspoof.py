"""eval/datasets/asvspoof.py: protocols of four challenges, as they are published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from earwitness.errors import SourceNotFoundError, UsageError
from earwitness.eval.datasets.asvspoof import (
    ASVSPOOF_5,
    ASVSPOOF_2019_LA,
    ASVSPOOF_2021_DF,
    ASVSPOOF_2021_LA,
)

Sound = Callable[[Path], Path]


def _write(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_2019_la(tmp_path: Path, sound: Sound) -> None:
    base = tmp_path / "LA"
    _write(
        base / "ASVspoof2019_LA_cm_protocols" / "ASVspoof2019.LA.cm.eval.trl.txt",
        "LA_0039 LA_E_2834763 - A11 spoof",
        "LA_0014 LA_E_8877452 - A10 spoof",
        "LA_0040 LA_E_6828287 - - bonafide",
        "LA_0041 LA_E_0000001 - A17 spoof",
    )
    for name in ("LA_E_2834763", "LA_E_8877452", "LA_E_6828287"):
        sound(base / "ASVspoof2019_LA_eval" / "flac" / f"{name}.flac")
    found = ASVSPOOF_2019_LA.listing(tmp_path)
    assert (found.split, found.absent) == ("eval", 1)
    one, two, three = found.clips
    assert (one.synthetic, one.system, one.family) == (True, "A11", "Griffin-Lim")
    assert two.family == "autoregressive"
    assert (three.synthetic, three.system, three.speaker) == (False, "human", "asvspoof2019-la/LA_0040")
    with pytest.raises(SourceNotFoundError, match=r"no ASVspoof2019\.LA\.cm\.train\.trn\.txt"):
        ASVSPOOF_2019_LA.listing(tmp_path, "train")
    with pytest.raises(UsageError, match="no such split"):
        ASVSPOOF_2019_LA.listing(tmp_path, "test")


def test_2021_tracks_beside_each_other(tmp_path: Path, sound: Sound) -> None:
    _write(
        tmp_path / "keys" / "LA" / "CM" / "trial_metadata.txt",
        "LA_0009 LA_E_9332881 alaw ita_tx A07 spoof notrim eval",
        "LA_0020 LA_E_6866159 none loc_tx bonafide bonafide notrim eval",
        "LA_0020 LA_E_5464494 pstn sin_tx A10 spoof notrim progress",
    )
    _write(
        tmp_path / "keys" / "DF" / "CM" / "trial_metadata.txt",
        "LA_0023 DF_E_2000011 nocodec asvspoof A14 spoof notrim eval traditional_vocoder - - - -",
        "TEF2 DF_E_2000013 low_m4a vcc2020 Task1-team20 spoof notrim eval neural_vocoder_nonautoregressive "
        "Task1 team20 FF E",
        "LA_0043 DF_E_2000026 mp3m4a asvspoof bonafide bonafide notrim eval bonafide - - - -",
    )
    for track, names in (("LA", ("LA_E_9332881", "LA_E_6866159", "LA_E_5464494")),
                         ("DF", ("DF_E_2000011", "DF_E_2000013", "DF_E_2000026"))):  # fmt: skip
        for name in names:
            sound(tmp_path / f"ASVspoof2021_{track}_eval" / "flac" / f"{name}.flac")
    phone = ASVSPOOF_2021_LA.listing(tmp_path).clips
    assert [clip.synthetic for clip in phone] == [True, False]
    assert [clip.system for clip in ASVSPOOF_2021_LA.listing(tmp_path, "progress").clips] == ["A10"]
    media = ASVSPOOF_2021_DF.listing(tmp_path).clips
    assert [clip.family for clip in media] == [
        "traditional_vocoder", "neural_vocoder_nonautoregressive", "human",
    ]  # fmt: skip
    assert {clip.corpus for clip in media} == {"asvspoof2021-df"}


def test_5(tmp_path: Path, sound: Sound) -> None:
    _write(
        tmp_path / "ASVspoof5_protocols" / "ASVspoof5.eval.track_1.tsv",
        "E_1607 E_0009538969 F C05 4 E_0004208931 AC1 A30 spoof -",
        "E_0021 E_0000000002 M - - - - bonafide bonafide -",
    )
    for name in ("E_0009538969", "E_0000000002"):
        sound(tmp_path / "flac_E_eval" / f"{name}.flac")
    spoof, human = ASVSPOOF_5.listing(tmp_path).clips
    assert (spoof.synthetic, spoof.system, spoof.speaker) == (True, "A30", "asvspoof5/E_1607")
    assert (human.synthetic, human.family) == (False, "human")


def test_what_is_not_a_protocol_is_said_with_its_line(tmp_path: Path, sound: Sound) -> None:
    _write(tmp_path / "ASVspoof5.dev.track_1.tsv", "D_1 D_2 F - - - AC1 A11 spoof -", "D_1 D_3")
    sound(tmp_path / "flac_D" / "D_2.flac")
    with pytest.raises(UsageError, match="line 2 has 2 columns"):
        ASVSPOOF_5.listing(tmp_path, "dev")
