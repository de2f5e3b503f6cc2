"""Teacher's sentences to a text model: packing, training, going on bit by bit, export, the commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import torch

from earwitness.generators.training import export_transformer, train_transformer
from earwitness.generators.training.aligned import Aligned, pack_aligned
from earwitness.generators.training.runs import save
from earwitness.generators.training.train_transformer import TransformerPlan, TransformerTrainer
from earwitness.generators.training.train_vae import VaePlan, VaeTrainer
from earwitness.generators.training.transformer_network import TransformerConfig
from earwitness.generators.training.vae_network import VaeConfig
from earwitness.generators.transformer import Sampling, TextModel

Float32 = npt.NDArray[np.float32]
SMALL = TransformerConfig(dim=16, inner=24, heads=2, reading=1, speaking=1, latent=6, voice=5, codes=16)
PLAN = TransformerPlan(steps=80, batch=4, rate=1e-2)
UNITS = ("_hˈA._", "_jˈɛs, nˈO._", "_ðə dˈɑɡ._")


@pytest.fixture
def teacher(tmp_path: Path, speech_like: Callable[..., Float32]) -> Path:
    """Six sentences as ``generators.training.teacher`` writes them, number 0 held out, one not spoken."""
    folder = tmp_path / "teacher"
    (folder / "hibari").mkdir(parents=True)
    lines = []
    for number in range(6):
        units = UNITS[number % 3]
        frames = [2 + (k + number) % 3 for k in range(len(units))]
        path = f"hibari/{number:05d}.flac"
        soundfile.write(folder / path, speech_like(sum(frames) * 0.025, seed=number), 16_000)
        entry = {"number": number, "path": path, "units": units, "frames": frames, "voice": f"v{number % 2}"}
        lines.append(json.dumps(entry))
    lines.append(json.dumps({"number": 6}))
    (folder / "aligned.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def vae(tmp_path: Path) -> Path:
    trainer = VaeTrainer(
        VaePlan(), VaeConfig(dim=16, inner=32, depth=2, latent=6, voice=5, books=2, codes=16)
    )
    trainer.average["quantizer.books"] = torch.randn(2, 16, 6, generator=torch.Generator().manual_seed(0))
    save(trainer.state(), tmp_path / "vae.pt")
    return tmp_path / "vae.pt"


@pytest.fixture
def aligned(teacher: Path, vae: Path, tmp_path: Path) -> Aligned:
    return Aligned(pack_aligned(teacher, vae, tmp_path / "aligned"))


def _trainer(aligned: Aligned, plan: TransformerPlan = PLAN) -> TransformerTrainer:
    book, spread = torch.from_numpy(aligned.book), torch.from_numpy(aligned.spread)
    return TransformerTrainer(plan, book, spread, SMALL)


def test_latents_frames_and_units_fit_together(aligned: Aligned, tmp_path: Path) -> None:
    assert len(aligned) == 5
    assert len(Aligned(tmp_path / "aligned", held_out=True)) == 1
    batch = aligned.ordered(0, 5)
    for row in range(5):
        units, latents = int(batch.mask[row].sum()), int(batch.heard[row].sum())
        total = int(batch.frames[row, :units].sum())
        assert abs(2 * latents - total) <= 2
        assert int(batch.rows[row].max()) == units - 1
    assert set(aligned.voices) == {"v0", "v1"}
    again = aligned.batch(np.random.default_rng(3), 4)
    torch.testing.assert_close(again.latents, aligned.batch(np.random.default_rng(3), 4).latents)


def test_the_loss_falls(aligned: Aligned, tmp_path: Path) -> None:
    trainer = _trainer(aligned)
    losses = [trainer.step(aligned) for _ in range(80)]
    for name in ("latent", "code", "duration"):
        first, last = (sum(entry[name] for entry in part) for part in (losses[:8], losses[-8:]))
        assert last < 0.9 * first, name
    assert trainer.measure(Aligned(tmp_path / "aligned", held_out=True)) > 0


def test_a_stopped_run_goes_on_bit_by_bit(aligned: Aligned, tmp_path: Path) -> None:
    straight, first, second = (_trainer(aligned) for _ in range(3))
    for _ in range(5):
        straight.step(aligned)
    for _ in range(3):
        first.step(aligned)
    save(first.state(), tmp_path / "last.pt")
    second.resume(torch.load(tmp_path / "last.pt", weights_only=True))
    for _ in range(2):
        second.step(aligned)
    for name, value in straight.average.items():
        assert torch.equal(value, second.average[name]), name


def test_run_time_speaks_as_the_network_does(aligned: Aligned, tmp_path: Path) -> None:
    trainer = _trainer(aligned)
    for _ in range(10):
        trainer.step(aligned)
    save(trainer.state(), tmp_path / "last.pt")
    assert export_transformer.main([str(tmp_path / "last.pt"), str(tmp_path / "out")]) == 0
    model = TextModel(tmp_path / "out")
    voice = aligned.voices["v0"]
    cold = Sampling(temperature=0)
    made = model.latents(UNITS[1], voice, np.random.default_rng(0), cold)
    np.testing.assert_array_equal(made, model.latents(UNITS[1], voice, np.random.default_rng(9), cold))
    net, book = export_transformer.load_network(tmp_path / "last.pt")
    context = torch.from_numpy(model.context(UNITS[1], voice))[None]
    said = torch.zeros(1, 0, 6)
    with torch.no_grad():  # uncached: the whole past again for every latent
        for place in range(context.shape[1]):
            before = torch.cat([torch.zeros(1, 1, 6), said], 1)
            hidden = net.speaker(context[:, : place + 1], before)[:, -1]
            code = book[net.speaker.code(hidden).argmax(-1)]
            said = torch.cat([said, net.speaker.latent(hidden, code)[:, None]], 1)
    np.testing.assert_allclose(made, said[0].T.numpy(), atol=0.02)
    slow = model.latents(UNITS[1], voice, np.random.default_rng(0), Sampling(pace=0.5))
    assert slow.shape[1] > 1.4 * made.shape[1]


def test_the_command_trains_saves_and_goes_on(
    teacher: Path,
    vae: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(train_transformer, "TransformerConfig", lambda: SMALL)
    net = train_transformer.TransformerNet
    monkeypatch.setattr(train_transformer, "TransformerNet", lambda config: net(config or SMALL))
    run = tmp_path / "run"
    words = [str(run), "--teacher", str(teacher), "--vae", str(vae), "--every", "2", "--threads", "1"]
    assert train_transformer.main([*words, "--steps", "2"]) == 0
    assert train_transformer.main([*words, "--steps", "4"]) == 0
    assert "at step 2" in capsys.readouterr().out
    entries = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in entries] == [2, 4]
