"""generators/training/export_vae.py: run time codes and decodes as the network does, at any length."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from earwitness.errors import ModelError
from earwitness.generators.training import export_vae
from earwitness.generators.training.train_vae import VaePlan, VaeTrainer
from earwitness.generators.training.vae_network import VaeConfig
from earwitness.generators.vae import BOOKS, SpeechVae

SMALL = VaeConfig(dim=16, inner=32, depth=2, latent=6, voice=5, books=2, codes=16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    trainer = VaeTrainer(VaePlan(), SMALL)
    books = torch.randn(2, 16, 6, generator=torch.Generator().manual_seed(0)) * 0.1
    trainer.average["quantizer.books"] = books
    torch.save(trainer.state(), tmp_path / "last.pt")
    assert export_vae.main([str(tmp_path / "last.pt"), str(tmp_path / "vae")]) == 0
    return tmp_path / "vae"


@pytest.mark.parametrize("frames", [1, 6, 64])
def test_run_time_codes_and_decodes_as_training_does(frames: int, folder: Path) -> None:
    mel = np.random.default_rng(0).standard_normal((80, frames)).astype(np.float32)
    vae, net = SpeechVae(folder), export_vae.load_network(folder.parent / "last.pt")
    padded = np.pad(mel, ((0, 0), (0, -frames % 4)), mode="edge")
    with torch.no_grad():
        mean, voice = net(torch.from_numpy(padded)[None])
        codes = net.quantizer.encode(mean)[0].numpy()
        wanted = net.decoder(net.quantizer(mean)[0], voice)[0].numpy()
    coded = vae.encode(mel)
    np.testing.assert_array_equal(coded.codes, codes)
    np.testing.assert_allclose(coded.voice, voice[0].numpy(), atol=1e-3)  # 16-bit weights
    made = vae.decode(coded)
    assert made.shape == mel.shape
    np.testing.assert_allclose(made, wanted[:, :frames], atol=1e-3)
    assert vae.encode(mel, books=1).codes.shape[0] == 1
    other = np.roll(coded.voice, 1)
    assert not np.allclose(vae.decode(coded, other), made)


def test_bits_and_missing_books(folder: Path) -> None:
    assert SpeechVae(folder).bits_per_second == pytest.approx(2 * 4 * 20 + 7 * 40)
    (folder / BOOKS).unlink()
    with pytest.raises(ModelError, match="code books"):
        SpeechVae(folder)
