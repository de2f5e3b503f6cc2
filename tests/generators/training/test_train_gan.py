"""generators/training/train_gan.py: the loss falls, a run goes on bit by bit, the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from earwitness.generators.training import train_gan
from earwitness.generators.training.runs import save
from earwitness.generators.training.speech import Speech, pack
from earwitness.generators.training.train_gan import Plan, Trainer
from earwitness.generators.training.vae_network import VaeConfig, VaeNet
from earwitness.generators.training.vocoder_losses import mel_of
from earwitness.generators.training.vocoder_network import VocoderConfig

SMALL = VocoderConfig(dim=24, inner=48, blocks=2, pitch_dim=16)
PLAN = Plan(steps=130, warm=110, batch=4, frames=24, width=4, rate=3e-3)


@pytest.fixture
def speech(manifest: Path, tmp_path: Path) -> Speech:
    return Speech(pack(manifest, tmp_path / "speech", ["kerstin_de"]))


def test_the_loss_falls_and_critics_join(speech: Speech) -> None:
    trainer = Trainer(PLAN, SMALL)
    losses = [trainer.step(speech) for _ in range(114)]
    first = sum(entry["spectral"] for entry in losses[:5])
    assert sum(entry["spectral"] for entry in losses[105:110]) < 0.8 * first
    assert losses[109]["pitch"] < losses[0]["pitch"]
    assert "critics" not in losses[109]
    assert {"critics", "fooling"} <= set(losses[110])
    assert trainer.measure(speech, count=2) > 0


def test_a_stopped_run_goes_on_bit_by_bit(speech: Speech, tmp_path: Path) -> None:
    plan = Plan(steps=6, warm=2, batch=2, frames=24, width=4)
    straight = Trainer(plan, SMALL)
    for _ in range(5):
        straight.step(speech)
    first = Trainer(plan, SMALL)
    for _ in range(3):
        first.step(speech)
    save(first.state(), tmp_path / "last.pt")
    second = Trainer(plan, SMALL)
    second.resume(torch.load(tmp_path / "last.pt", weights_only=True))
    for _ in range(2):
        second.step(speech)
    for name, value in straight.average.items():
        assert torch.equal(value, second.average[name]), name
    for one, other in zip(straight.critics.parameters(), second.critics.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_second_run_begins_with_the_first_and_hears_through_a_vae(speech: Speech) -> None:
    first = Trainer(PLAN, SMALL)
    first.step(speech)
    vae = VaeNet(VaeConfig(dim=16, inner=32, depth=2, latent=6, voice=5, books=3, codes=16))
    second = Trainer(Plan(steps=4, warm=0, batch=4, frames=12, width=4), SMALL, vae)
    second.begin_with(first.state())
    for name, value in first.average.items():
        assert torch.equal(value, second.net.state_dict()[name]), name
    cuts, mel = second._cuts(speech, np.random.default_rng(0), 12 * 200)
    plain = mel_of(torch.from_numpy(cuts.samples), second.mel)
    assert mel.shape == plain.shape == (4, 80, 13)
    same = [bool(torch.equal(a, b)) for a, b in zip(mel, plain, strict=True)]
    assert True in same
    assert False in same
    before = {name: value.clone() for name, value in vae.state_dict().items()}
    assert {"critics", "fooling"} <= set(second.step(speech))
    assert all(torch.equal(value, vae.state_dict()[name]) for name, value in before.items())


def test_the_command_trains_saves_and_goes_on(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train_gan, "VocoderNet", lambda _, mel: Small(SMALL, mel))
    from earwitness.generators.training.vocoder_network import VocoderNet as Small

    run = tmp_path / "run"
    words = [str(run), "--manifest", str(manifest), "--warm", "9", "--every", "2", "--threads", "1"]
    assert train_gan.main([*words, "--steps", "2"]) == 0
    assert train_gan.main([*words, "--steps", "4"]) == 0
    assert "at step 2" in capsys.readouterr().out
    entries = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in entries] == [2, 4]
    assert all(entry["held_out"] > 0 for entry in entries)
