"""eval/bench_fingerprint.py: the material, the synthetic million, and what is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import UsageError
from earwitness.eval import attacks, bench_fingerprint
from earwitness.eval.bench_fingerprint import main, recordings, synthetic_postings
from earwitness.provenance import fingerprint_index as index
from earwitness.provenance.landmark_pairs import Pairs

Float32 = npt.NDArray[np.float32]


@pytest.fixture
def manifest(tmp_path: Path, speech_like: Callable[..., Float32], write_wav: Callable[..., Path]) -> Path:
    """Three speakers with two clips each, and one with a clip that is too short."""
    lines = ["path\tcorpus\tspeaker"]
    for speaker, seconds in (("a", 6.0), ("b", 6.0), ("c", 6.0), ("d", 3.0)):
        for clip in range(2):
            seed = 10 * ord(speaker) + clip
            path = write_wav(speech_like(seconds, seed=seed), name=f"{speaker}{clip}.wav")
            lines.append(f"{path.name}\tx\t{speaker}")
    out = tmp_path / "clips.tsv"
    out.write_text("\n".join(lines) + "\n")
    return out


def test_recordings_are_two_clips_of_a_speaker(manifest: Path) -> None:
    found = recordings(manifest, 10, seed=1)
    assert [len(samples) for samples in found] == [12 * 16_000] * 3
    assert len(recordings(manifest, 2, seed=1)) == 2


def test_too_few_recordings_are_told(tmp_path: Path) -> None:
    (tmp_path / "none.tsv").write_text("path\tcorpus\tspeaker\n")
    with pytest.raises(UsageError, match="too few speakers"):
        recordings(tmp_path / "none.tsv", 2, seed=1)


def test_synthetic_records_are_spread_like_real_ones() -> None:
    random = np.random.default_rng(0)
    key = (random.integers(40, 60, 500) << 12 | 31 << 6 | random.integers(10, 50, 500)).astype(np.int32)
    real = Pairs(key, np.sort(random.integers(0, 625, 500)).astype(np.int32))
    postings = synthetic_postings([real], 30, random)
    assert (np.diff(postings.astype(np.int64)) >= 0).all()
    assert len(postings) == pytest.approx(30 * 500, rel=0.05)
    places = (postings >> np.uint64(index.ENTRY_BITS + index.FRAME_BITS)) >> np.uint64(12)
    assert 38 <= places.min() < places.max() <= 61
    entries = (postings >> np.uint64(index.FRAME_BITS)) & np.uint64(2**index.ENTRY_BITS - 1)
    assert set(entries.tolist()) == set(range(30))


def test_the_whole_writes_what_it_measured(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"trimmed": lambda x, _: x, "gsm": attacks.conditions()["gsm"], "phone_call": lambda x, _: 0 * x}
    monkeypatch.setattr(bench_fingerprint, "attack_table", lambda: few)
    monkeypatch.setattr(bench_fingerprint, "CONDITIONS", ("gsm",))
    few |= {"3_s": lambda x, _: x[:48_000], "3_s_opus_16k": lambda x, _: x[:48_000]}
    out = tmp_path / "out.json"
    code = main(["--manifest", str(manifest), "--out", str(out), "--records", "50", "--clips", "3"])
    assert code == 0
    result = json.loads(out.read_text())
    found = result["methods"]["landmarks-1"]["found"]
    assert found["trimmed"] == 1.0
    assert found["phone_call"] == 0.0, "silence is found nowhere"
    assert result["methods"]["landmarks-1"]["impostor_pairs"] == 3 * 3 * 2
    assert result["index"]["queries"]["trimmed"]["first"] == 1.0
    assert str(tmp_path) not in out.read_text()


def test_errors_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none.tsv").write_text("path\tcorpus\tspeaker\n")
    assert main(["--manifest", str(tmp_path / "none.tsv"), "--out", str(tmp_path / "x")]) == 2
    assert "too few speakers" in capsys.readouterr().err
