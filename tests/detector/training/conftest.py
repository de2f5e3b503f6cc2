"""A speech-like sound for the channel tests: gliding pulses through formants, in syllables."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import torch

from earwitness.detector.training import calibrating, ship, splices
from earwitness.detector.training.listening import CONDITIONS
from earwitness.detector.training.network import SpectrogramNet

RATE = 16_000
Float32 = npt.NDArray[np.float32]


@pytest.fixture(scope="session")
def speech() -> Float32:
    """Three seconds at 16 kHz, peak 0.5."""
    rng = np.random.default_rng(7)
    n = 48_000
    t = np.arange(n) / 16_000
    pitch = 130 + 40 * np.sin(2 * np.pi * 0.7 * t) + 15 * np.sin(2 * np.pi * 2.3 * t)
    pulses = np.diff(np.floor(np.cumsum(pitch) / 16_000), prepend=0.0)
    source = pulses + 0.01 * rng.standard_normal(n)
    ring = t[:1600]
    resonances = ((500, 80), (1500, 120), (2600, 200), (4200, 400))
    tract = np.sum(
        [np.exp(-np.pi * width * ring) * np.sin(2 * np.pi * hertz * ring) for hertz, width in resonances],
        axis=0,
    )
    voiced = np.convolve(source, tract)[:n]
    syllables = np.clip(np.sin(2 * np.pi * 3 * t), 0, None) ** 0.5
    sound = voiced * syllables
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks this small are slower on several threads, on a busy machine many times slower."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
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
        row["system"] = ("human", f"engine {k}")[k % 2]
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
        patch.setattr(calibrating, "CONDITIONS", few)
        patch.setattr(splices, "CONDITIONS", few)
        dev, data = str(base / "manifest.tsv"), str(base / "data.json")
        command = [str(base / "best.pt"), "--dev", dev, "--partial", dev, "--data", data, "--version", "7"]
        assert ship.main([*command, "--out", str(base / "out")]) == 0
    return base
