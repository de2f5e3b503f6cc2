"""generators/training/train_conversion.py: frequencies move, the decoder learns, run time = network."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from earwitness.generators.mel import MelConfig
from earwitness.generators.training import export_conversion, export_vae, train_conversion
from earwitness.generators.training.runs import save
from earwitness.generators.training.speech import Speech, pack
from earwitness.generators.training.train_conversion import (
    MOVES,
    ConversionPlan,
    ConversionTrainer,
    moved_mel,
)
from earwitness.generators.training.train_vae import VaePlan, VaeTrainer
from earwitness.generators.training.vae_network import VaeConfig, VaeNet
from earwitness.generators.training.vocoder_losses import mel_of
from earwitness.generators.vae import CONTENT_BOOKS, SpeechVae

Float32 = npt.NDArray[np.float32]
SMALL = VaeConfig(dim=16, inner=32, depth=2, latent=6, voice=5, books=8, codes=16)
PLAN = ConversionPlan(steps=60, batch=4, frames=16, rate=1e-2)


@pytest.fixture
def speech(manifest: Path, tmp_path: Path) -> Speech:
    return Speech(pack(manifest, tmp_path / "speech", ["kerstin_de"]))


def _vae() -> VaeNet:
    torch.manual_seed(0)
    net = VaeNet(SMALL)
    net.quantizer.books.copy_(torch.randn(8, 16, 6))
    return net


def test_all_frequencies_move_by_a_factor(
    tone: Callable[..., Float32], noise: Callable[..., Float32]
) -> None:
    config = MelConfig()
    # Noise lifts it off the floor, at which the two are not the same.
    samples = torch.from_numpy(np.stack([tone(0.5, hz=1_000.0) + noise(0.5, level=0.01)] * 3))
    moved = moved_mel(samples, torch.tensor([0, MOVES // 2, MOVES - 1]), config).mean(2)
    torch.testing.assert_close(moved[1], mel_of(samples[1:2], config)[0].mean(1), atol=1e-2, rtol=1e-2)
    peaks = [
        int(mel_of(torch.from_numpy(tone(0.5, hz=hz))[None], config)[0].mean(1).argmax())
        for hz in (1_000 / 2**0.5, 1_000.0, 1_000 * 2**0.5)
    ]
    for found, wanted in zip(moved.argmax(1).tolist(), peaks, strict=True):
        assert abs(found - wanted) <= 1


def test_the_loss_falls_and_the_vae_stays(speech: Speech) -> None:
    vae = _vae()
    before = {name: value.clone() for name, value in vae.state_dict().items()}
    trainer = ConversionTrainer(PLAN, vae)
    losses = [trainer.step(speech)["converted"] for _ in range(40)]
    assert sum(losses[-5:]) < 0.9 * sum(losses[:5])
    assert trainer.measure(speech, count=2) > 0
    assert all(torch.equal(value, vae.state_dict()[name]) for name, value in before.items())


def test_a_stopped_run_goes_on_bit_by_bit(speech: Speech, tmp_path: Path) -> None:
    straight, first, second = (ConversionTrainer(PLAN, _vae()) for _ in range(3))
    for _ in range(5):
        straight.step(speech)
    for _ in range(3):
        first.step(speech)
    save(first.state(), tmp_path / "last.pt")
    second.resume(torch.load(tmp_path / "last.pt", weights_only=True))
    for _ in range(2):
        second.step(speech)
    for name, value in straight.average.items():
        assert torch.equal(value, second.average[name]), name


def test_run_time_converts_as_the_network_does(tmp_path: Path) -> None:
    trainer = VaeTrainer(VaePlan(), SMALL)
    trainer.average["quantizer.books"] = torch.randn(8, 16, 6, generator=torch.Generator().manual_seed(0))
    save(trainer.state(), tmp_path / "vae.pt")
    export_vae.main([str(tmp_path / "vae.pt"), str(tmp_path / "out")])
    vae = export_vae.load_network(tmp_path / "vae.pt")
    save(ConversionTrainer(PLAN, vae).state(), tmp_path / "last.pt")
    assert export_conversion.main([str(tmp_path / "last.pt"), str(tmp_path / "out")]) == 0
    mel = np.random.default_rng(0).standard_normal((80, 16)).astype(np.float32)
    run_time, net = SpeechVae(tmp_path / "out"), export_conversion.load_network(tmp_path / "last.pt")
    with torch.no_grad():
        voice = net.voice(torch.from_numpy(mel)[None])
        said, _ = vae.quantizer(vae(torch.from_numpy(mel)[None])[0], CONTENT_BOOKS)
        wanted = net.decoder(said, voice)[0].numpy()
    np.testing.assert_allclose(run_time.heard(mel), voice[0].numpy(), atol=1e-4)
    np.testing.assert_allclose(run_time.converted(mel, voice[0].numpy()), wanted, atol=2e-3)


def test_the_command_trains_saves_and_goes_on(
    manifest: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(VaeTrainer(VaePlan(), SMALL).state(), tmp_path / "vae.pt")
    run = tmp_path / "run"
    words = [str(run), "--manifest", str(manifest), "--vae", str(tmp_path / "vae.pt"), "--every", "2"]
    words += ["--threads", "1"]
    assert train_conversion.main([*words, "--steps", "2"]) == 0
    assert train_conversion.main([*words, "--steps", "4"]) == 0
    assert "at step 2" in capsys.readouterr().out
    entries = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in entries] == [2, 4]
