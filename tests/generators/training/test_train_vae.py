"""generators/training/train_vae.py: the loss falls, a run goes on bit by bit, the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from earwitness.generators.training import train_vae
from earwitness.generators.training.runs import save
from earwitness.generators.training.speech import Speech, pack
from earwitness.generators.training.train_vae import VaePlan, VaeTrainer
from earwitness.generators.training.vae_network import VaeConfig

SMALL = VaeConfig(dim=16, inner=32, depth=2, latent=6, voice=5, books=2, codes=16)


@pytest.fixture
def speech(manifest: Path, tmp_path: Path) -> Speech:
    return Speech(pack(manifest, tmp_path / "speech", ["kerstin_de"]))


def test_the_loss_falls_and_the_quantiser_joins(speech: Speech) -> None:
    trainer = VaeTrainer(VaePlan(steps=160, batch=4, frames=32, before=60, rate=3e-3), SMALL)
    before = trainer.measure(speech, count=2)
    losses = [trainer.step(speech) for _ in range(160)]
    first, last = (sum(entry["sampled"] for entry in part) for part in (losses[:5], losses[155:]))
    assert last < 0.75 * first
    assert "coded" not in losses[59]
    assert {"coded", "commit"} <= set(losses[60])
    assert trainer.measure(speech, count=2) < before


def test_a_stopped_run_goes_on_bit_by_bit(speech: Speech, tmp_path: Path) -> None:
    plan = VaePlan(steps=6, batch=2, frames=16, before=1)
    straight = VaeTrainer(plan, SMALL)
    for _ in range(5):
        straight.step(speech)
    first = VaeTrainer(plan, SMALL)
    for _ in range(3):
        first.step(speech)
    save(first.state(), tmp_path / "last.pt")
    second = VaeTrainer(plan, SMALL)
    second.resume(torch.load(tmp_path / "last.pt", weights_only=True))
    for _ in range(2):
        second.step(speech)
    for name, value in straight.average.items():
        assert torch.equal(value, second.average[name]), name


def test_the_command_trains_saves_and_goes_on(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = VaeTrainer
    monkeypatch.setattr(train_vae, "VaeTrainer", lambda plan: whole(plan, SMALL))
    run = tmp_path / "run"
    words = [str(run), "--manifest", str(manifest), "--every", "2", "--threads", "1"]
    assert train_vae.main([*words, "--steps", "2"]) == 0
    assert train_vae.main([*words, "--steps", "4"]) == 0
    assert "at step 2" in capsys.readouterr().out
    entries = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in entries] == [2, 4]
