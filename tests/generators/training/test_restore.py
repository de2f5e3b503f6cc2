"""generators/training/restore.py: what ships becomes a checkpoint again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from earwitness.errors import ModelError
from earwitness.generators.training import export_gan, export_vae, restore
from earwitness.generators.training.ship import main as ship
from earwitness.generators.training.train_gan import Plan, Trainer
from earwitness.generators.training.train_vae import VaePlan, VaeTrainer
from earwitness.generators.training.vae_network import VaeConfig
from earwitness.generators.training.vocoder_network import VocoderConfig

GAN = VocoderConfig(dim=24, inner=48, blocks=2, pitch_dim=16)
VAE = VaeConfig(dim=16, inner=32, depth=2, latent=6, voice=5, books=2, codes=16)


def _varied(state: dict[str, torch.Tensor]) -> None:
    """As after training: no two weights alike."""
    generator = torch.Generator().manual_seed(1)
    for value in state.values():
        value.add_(0.1 * torch.randn(value.shape, generator=generator))


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    gan, vae = Trainer(Plan(), GAN), VaeTrainer(VaePlan(), VAE)
    for name, trainer in (("gan", gan), ("vae", vae)):
        _varied(trainer.average)
        torch.save(trainer.state(), tmp_path / f"{name}.pt")
    (tmp_path / "data.json").write_text(json.dumps({"gan": [], "vae": []}))
    words = ["--gan", str(tmp_path / "gan.pt"), "--vae", str(tmp_path / "vae.pt")]
    assert ship([str(tmp_path / "weights"), *words, "--data", str(tmp_path / "data.json")]) == 0
    return tmp_path / "weights"


@pytest.mark.parametrize("name", ["gan", "vae"])
def test_weights_come_back(name: str, shipped: Path, tmp_path: Path) -> None:
    again = tmp_path / "run" / "last.pt"
    assert restore.main([name, str(shipped), str(again)]) == 0
    load: Any = {"gan": export_gan.load_network, "vae": export_vae.load_network}[name]
    one, other = load(tmp_path / f"{name}.pt").state_dict(), load(again).state_dict()
    assert one.keys() == other.keys()
    for key, value in one.items():
        if key not in {"quantizer.uses", "quantizer.sums"}:  # known to the run alone
            torch.testing.assert_close(value, other[key], rtol=1e-3, atol=1e-4, msg=key)


def test_a_run_begins_with_it(shipped: Path, tmp_path: Path) -> None:
    restore.main(["gan", str(shipped), str(tmp_path / "last.pt")])
    trainer = Trainer(Plan(), GAN)
    trainer.begin_with(torch.load(tmp_path / "last.pt", weights_only=True))
    wanted = export_gan.load_network(tmp_path / "last.pt").state_dict()
    for key, value in trainer.net.state_dict().items():
        assert torch.equal(value, wanted[key]), key


def test_another_network_is_refused(shipped: Path, tmp_path: Path) -> None:
    card = json.loads((shipped / "gan.json").read_text())
    card["config"]["dim"] = 16
    (shipped / "gan.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match="not the network that its card tells of"):
        restore.main(["gan", str(shipped), str(tmp_path / "last.pt")])
