"""cli/comply.py: the exit code is the answer, and what it answers is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.credentials import Claim, load_credentials
from earwitness.digital_source import DigitalSource
from earwitness.labels import LabelRequest, Regime, load_labels

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speech_like: Callable[..., np.ndarray],
    write_wav: Callable[..., Path], earwitness: Call,
) -> dict[str, Path]:  # fmt: skip
    """A plain file, and one with labels and credentials."""
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "settings" / "keys.json"))
    earwitness("keys", "certificate", "create", "studio", "--organization", "Demo Lab", "--trust")
    found = {"plain": write_wav(speech_like(2.0), name="plain.wav"), "signed": tmp_path / "signed.wav"}
    labelled = write_wav(speech_like(2.0), name="labelled.wav")
    request = LabelRequest(
        regimes=tuple(Regime), item_id="7", producer="Demo Lab",
        system="Piper", system_version="1.2",
    )  # fmt: skip
    load_labels().write(labelled, request)
    load_credentials().sign(labelled, found["signed"], Claim(DigitalSource.GENERATED, agent="Piper 1.2"))
    return found


def test_exit_codes(earwitness: Call, files: dict[str, Path], tmp_path: Path) -> None:
    for regime, code in (("china", 0), ("california", 0), ("eu", 1)):  # no watermark, no time stamp
        assert earwitness("comply", files["signed"], "--regime", regime, "-q") == (code, "", "")
    assert earwitness("comply", files["signed"], files["plain"], "--regime", "china", "-q")[0] == 1
    code, _, err = earwitness("comply", tmp_path / "none.wav", files["signed"], "--regime", "china")
    assert code == 2
    assert "no such file" in err


def test_the_words(earwitness: Call, files: dict[str, Path]) -> None:
    code, out, _ = earwitness("comply", files["plain"], "--regime", "eu")
    assert code == 1
    assert "5 not met" in out
    assert "NOT MET" in out
    assert "[AI Act, Art. 50(2)]" in out
    assert "not checkable" in out
    assert "no legal advice" in out
    assert (
        "everything that can be checked is met"
        in earwitness("comply", files["signed"], "--regime", "CHINA")[1]
    )


def test_json(earwitness: Call, files: dict[str, Path], tmp_path: Path) -> None:
    code, out, _ = earwitness(
        "comply", files["signed"], tmp_path / "none.wav", "--regime", "california", "--json"
    )
    first, second = map(json.loads, out.splitlines())
    assert code == 2
    assert first["all_checkable_met"] is True
    assert first["regime"] == "california"
    assert "error" in second


def test_what_makes_no_sense(earwitness: Call, files: dict[str, Path]) -> None:
    assert "Choose from eu, california, china" in earwitness("comply", files["plain"], "--regime", "x")[2]
    assert "not a stream" in earwitness("comply", "-", "--regime", "eu")[2]
    assert earwitness("comply", files["plain"])[0] == 2
