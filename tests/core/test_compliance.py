"""core/compliance.py: everything is read, the rules are those of the regime, and none of it is advice."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.compliance import DISCLAIMER, ComplianceReport, Finding, Outcome, comply
from earwitness.disclosure import notice
from earwitness.errors import EarWitnessError, SourceNotFoundError, SourceUnreadableError, UsageError
from earwitness.labels import LabelRequest, Regime, load_labels
from earwitness.marking import mark
from earwitness.provenance.keys import KeyRing

Sound = Callable[..., np.ndarray]


def outcomes(report: ComplianceReport) -> dict[str, str]:
    return {finding.name: finding.outcome.value for finding in report.findings}


@pytest.fixture
def generated(tmp_path: Path, speech_like: Sound, write_wav: Callable[..., Path], ring: KeyRing) -> Path:
    """Announced, marked with a private key, labelled for all; not signed."""
    sound = np.concatenate([notice("tone", 16000, 1)[0], speech_like(8.0)])
    path = tmp_path / "marked.wav"
    mark(write_wav(sound), path, key="studio", keys=ring)
    wanted = LabelRequest(
        regimes=tuple(Regime), item_id="7", producer="Demo", system="Piper", system_version="1.2"
    )
    load_labels().write(path, wanted)
    return path


def test_what_is_there_is_met(generated: Path, ring: KeyRing) -> None:
    china = outcomes(comply(generated, "china", keys=ring))
    wanted = (
        "implicit_label",
        "label_value",
        "content_producer",
        "produce_id",
        "explicit_label",
        "watermark",
    )
    assert {china[name] for name in wanted} == {"met"}
    california = outcomes(comply(generated, "california", keys=ring))
    named = ("provider", "system", "time", "unique_id", "created_or_altered")
    assert {california[name] for name in named} == {"met"}
    assert california["industry_standard"] == "not_met"
    eu = outcomes(comply(generated, "eu", keys=ring))
    assert (eu["watermark"], eu["signed_metadata"], eu["two_layers"]) == ("met", "not_met", "not_met")


def test_another_ring_reads_no_watermark(generated: Path, tmp_path: Path) -> None:
    empty = KeyRing(tmp_path / "none.json", {})
    assert outcomes(comply(generated, Regime.EU, keys=empty))["watermark"] == "not_met"


@pytest.mark.parametrize("regime", list(Regime))
def test_a_plain_file_meets_nothing(
    regime: Regime, write_wav: Callable[..., Path], speech_like: Sound
) -> None:
    report = comply(write_wav(speech_like(3.0)), regime)
    assert Outcome.MET not in {finding.outcome for finding in report.findings}
    assert report.not_met
    names = [finding.name for finding in report.findings]
    assert len(set(names)) == len(names)
    assert all(finding.source and finding.text and finding.evidence for finding in report.findings)


def test_as_json(write_wav: Callable[..., Path], speech_like: Sound) -> None:
    report = comply(write_wav(speech_like(3.0)), "china")
    plain = json.loads(report.to_json())
    assert plain["schema"] == "earwitness.compliance/1"
    assert plain["disclaimer"] == DISCLAIMER
    assert "no legal advice" in DISCLAIMER
    assert plain["all_checkable_met"] is False
    assert sum(plain["counts"].values()) == len(plain["findings"])
    assert plain["file"]["name"] == "sound.wav"


def test_what_is_encouraged_does_not_count() -> None:
    def report(optional: bool) -> ComplianceReport:
        finding = Finding("x", "s", "t", Outcome.NOT_MET, "e", optional)
        return ComplianceReport(None, Regime.EU, (finding,), "law")

    assert report(optional=True).not_met == ()
    assert len(report(optional=False).not_met) == 1


def test_what_cannot_be_read(tmp_path: Path, write_wav: Callable[..., Path], speech_like: Sound) -> None:
    with pytest.raises(SourceNotFoundError):
        comply(tmp_path / "none.wav", "eu")
    with pytest.raises(SourceUnreadableError):
        comply(tmp_path, "eu")
    with pytest.raises(UsageError, match="no regime"):
        comply(write_wav(speech_like(1.0)), "texas")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceUnreadableError, match="pipe"):
        comply(tmp_path / "pipe", "eu")
    (tmp_path / "text.wav").write_text("no sound")
    with pytest.raises(EarWitnessError, match="not audio"):
        comply(tmp_path / "text.wav", "eu")


def test_a_claim_of_a_human_recording_is_called_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_wav: Callable[..., Path], speech_like: Sound
) -> None:
    from earwitness.credentials import Claim, load_credentials
    from earwitness.digital_source import DigitalSource
    from earwitness.provenance.identities import Identities

    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "settings" / "keys.json"))
    credentials = load_credentials()
    assert isinstance(credentials.identities, Identities)
    credentials.identities.create("studio", organization="Demo Lab", days=30)
    credentials.sign(write_wav(speech_like(1.0)), tmp_path / "signed.wav", Claim(DigitalSource.CAPTURED))
    report = comply(tmp_path / "signed.wav", "eu")
    assert any("recording of the real world" in warning for warning in report.warnings)
    assert outcomes(report)["signed_metadata"] == "not_met"
