"""The autoregressive vocoder: it learns and goes on bit by bit; run time = network, cached = uncached."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from earwitness.generators.autoregressive import BLOCK, AutoregressiveVocoder, Stream, lags_of
from earwitness.generators.excitation import pulse_train
from earwitness.generators.training import export_autoregressive, export_gan, train_autoregressive
from earwitness.generators.training.autoregressive_network import AutoregressiveConfig
from earwitness.generators.training.runs import save
from earwitness.generators.training.speech import Speech, pack
from earwitness.generators.training.train_autoregressive import AutoregressivePlan, AutoregressiveTrainer
from earwitness.generators.training.train_gan import Plan, Trainer
from earwitness.generators.training.vocoder_network import VocoderConfig, VocoderNet

SMALL = AutoregressiveConfig(dim=16, inner=24, blocks=1, wanted=12, bins=9, wide=24, first=16, second=12)
PLAN = AutoregressivePlan(steps=400, rough=20, warm=50, batch=4, frames=12, width=2, rate=4e-2)
GAN = VocoderConfig(dim=8, inner=8, blocks=1, pitch_dim=8)


@pytest.fixture
def speech(manifest: Path, tmp_path: Path) -> Speech:
    return Speech(pack(manifest, tmp_path / "speech", ["kerstin_de"]))


def _trainer(plan: AutoregressivePlan = PLAN) -> AutoregressiveTrainer:
    torch.manual_seed(0)
    return AutoregressiveTrainer(plan, VocoderNet(GAN).pitch, SMALL)


def test_the_loss_falls_and_critics_join(speech: Speech) -> None:
    trainer = _trainer()
    losses = [trainer.step(speech) for _ in range(52)]
    assert sum(one["spectral"] for one in losses[45:50]) < 0.8 * sum(one["spectral"] for one in losses[:5])
    assert "critics" not in losses[49]
    assert {"critics", "fooling"} <= set(losses[50])
    assert trainer.measure(speech, count=1) > 0


def test_a_stopped_run_goes_on_bit_by_bit(speech: Speech, tmp_path: Path) -> None:
    plan = AutoregressivePlan(steps=6, rough=1, warm=3, batch=2, frames=8, width=2)
    straight, first, second = (_trainer(plan) for _ in range(3))
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


def test_at_first_the_draft_alone_learns(speech: Speech) -> None:
    trainer = _trainer(AutoregressivePlan(steps=6, rough=2, warm=4, batch=2, frames=8, width=2))
    before = {name: value.clone() for name, value in trainer.net.state_dict().items()}
    for _ in range(2):
        trainer.step(speech)
    after = trainer.net.state_dict()
    changed = {name for name, value in after.items() if not torch.equal(value, before[name])}
    assert "frames.head.weight" in changed
    assert not any(name.startswith("cell.") for name in changed)
    trainer.step(speech)
    assert not torch.equal(after["cell.say.weight"], before["cell.say.weight"])


@pytest.fixture
def vocoder(tmp_path: Path) -> AutoregressiveVocoder:
    save(_trainer().state(), tmp_path / "last.pt")
    export_gan.export(VocoderNet(GAN).eval(), tmp_path / "gan.onnx")
    assert export_autoregressive.main([str(tmp_path / "last.pt"), str(tmp_path / "ar")]) == 0
    return AutoregressiveVocoder(tmp_path / "ar", tmp_path / "gan.pitch.onnx")


def test_cached_sound_is_that_of_the_network_run_from_the_start(
    vocoder: AutoregressiveVocoder, tmp_path: Path
) -> None:
    rng = np.random.default_rng(1)
    mel = rng.standard_normal((80, 9)).astype(np.float32)
    pitch = np.array([0, 110, 120, 130, 140, 0, 0, 200, 210], np.float32)
    made = vocoder.vocode(mel, pitch=pitch, seed=3)
    assert made.size == 8 * 200
    draws = np.random.default_rng(3)
    pulses = pulse_train(pitch, vocoder.config, float(draws.random())).reshape(1, -1, BLOCK)
    noise = draws.standard_normal((1, *pulses.shape[1:]), dtype=np.float32)
    lags = lags_of(pitch, pulses.shape[1], vocoder.config)[None]
    net = export_autoregressive.load_network(tmp_path / "last.pt")
    given = (torch.from_numpy(one) for one in (mel[None], pitch[None], pulses, noise, lags))
    with torch.no_grad():
        wanted = net(*given)[0].numpy()
    np.testing.assert_allclose(made, wanted, atol=2e-3 * float(np.abs(wanted).max()) + 1e-6)


def test_a_stream_goes_on_where_it_was(vocoder: AutoregressiveVocoder) -> None:
    rng = np.random.default_rng(0)
    blocks = [rng.standard_normal((3, BLOCK)).astype(np.float32) for _ in range(6)]
    whole, again = Stream(vocoder._step), Stream(vocoder._step)
    first = [whole.push(one[0, :12], one[1], one[2], 80) for one in blocks]
    np.testing.assert_array_equal(first, [again.push(one[0, :12], one[1], one[2], 80) for one in blocks])
    third = blocks[3]
    fresh = Stream(vocoder._step).push(third[0, :12], third[1], third[2], 80)
    assert not np.allclose(fresh, first[3])  # what was said matters


def test_lengths_seeds_and_temperature(vocoder: AutoregressiveVocoder) -> None:
    mel = np.random.default_rng(0).standard_normal((80, 5)).astype(np.float32)
    for length in (0, 1, 777, 1_111):
        assert vocoder.vocode(mel, length).size == length
    one, again, other = (vocoder.vocode(mel, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one, vocoder.vocode(mel, seed=1, temperature=0.5))


def test_the_command_trains_saves_and_goes_on(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = train_autoregressive.AutoregressiveNet
    monkeypatch.setattr(train_autoregressive, "AutoregressiveNet", lambda _, mel: whole(SMALL, mel))
    save(Trainer(Plan(width=2), GAN).state(), tmp_path / "gan.pt")
    run = tmp_path / "run"
    words = [str(run), "--manifest", str(manifest), "--gan", str(tmp_path / "gan.pt"), "--every", "2"]
    words += ["--threads", "1", "--warm", "9"]
    assert train_autoregressive.main([*words, "--steps", "2"]) == 0
    assert train_autoregressive.main([*words, "--steps", "4"]) == 0
    assert "at step 2" in capsys.readouterr().out
    entries = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in entries] == [2, 4]
