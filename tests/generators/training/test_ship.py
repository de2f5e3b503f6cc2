"""generators/training/ship.py: what it writes is loaded by the run time, and the cards say what it is."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from earwitness.generators.gan import GanVocoder
from earwitness.generators.portrait import Portrait
from earwitness.generators.training import export_vae, ship
from earwitness.generators.training.aligned import Aligned
from earwitness.generators.training.runs import save
from earwitness.generators.training.teacher import ALIGNED
from earwitness.generators.training.train_conversion import ConversionPlan, ConversionTrainer
from earwitness.generators.training.train_gan import Plan, Trainer
from earwitness.generators.training.train_transformer import TransformerPlan, TransformerTrainer
from earwitness.generators.training.train_vae import VaePlan, VaeTrainer
from earwitness.generators.training.transformer_network import TransformerConfig
from earwitness.generators.training.vae_network import VaeConfig
from earwitness.generators.training.vocoder_network import VocoderConfig
from earwitness.generators.transformer import TextModel
from earwitness.generators.vae import CONVERTER, LISTENER, SpeechVae
from earwitness.generators.voices import HEARD, Voices


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Untrained checkpoints of three families, and voices."""
    gan = Trainer(Plan(width=2), VocoderConfig(dim=8, inner=8, blocks=1, pitch_dim=8))
    vae = VaeTrainer(VaePlan(), VaeConfig(dim=8, inner=8, depth=2, latent=6, voice=5, books=2, codes=16))
    sizes = TransformerConfig(dim=8, inner=8, heads=2, reading=1, speaking=1, latent=6, voice=5, codes=16)
    text = TransformerTrainer(TransformerPlan(), torch.zeros(16, 6), torch.ones(6), sizes)
    for name, trainer in (("gan", gan), ("vae", vae), ("text", text)):
        (tmp_path / name).mkdir()
        save(trainer.state(), tmp_path / name / "last.pt")
    (tmp_path / "gan" / "log.jsonl").write_text(
        '{"step": 2, "held_out": 9.5}\n{"step": 4, "held_out": 8.5}\n'
    )
    account = {name: [{"name": name, "hours": 1.0}] for name in ("gan", "vae", "conversion", "transformer")}
    (tmp_path / "data.json").write_text(json.dumps(account))
    return tmp_path


def test_everything_ships_with_cards(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voices = {"alma": np.eye(5, dtype=np.float32)[0], "heart": np.eye(5, dtype=np.float32)[1]}
    monkeypatch.setattr(Aligned, "__init__", lambda self, _: setattr(self, "voices", voices))
    out = runs / "weights"
    words = ["--gan", "gan/last.pt", "--vae", "vae/last.pt", "--transformer", "text/last.pt"]
    paths = [word if word.startswith("--") else str(runs / word) for word in words]
    assert ship.main([str(out), *paths, "--aligned", "x", "--data", str(runs / "data.json")]) == 0
    assert Voices(out).names == ("heart", "alma")
    GanVocoder(out / "gan.onnx")
    SpeechVae(out)
    TextModel(out)
    gan = json.loads((out / "gan.json").read_text())
    assert gan["learning_curve"] == [[2, 9.5], [4, 8.5]]
    assert gan["data"] == [{"name": "gan", "hours": 1.0}]
    for name in ("gan", "vae", "transformer"):
        card = json.loads((out / f"{name}.json").read_text())
        for file, digest in card["files"].items():
            assert hashlib.sha256((out / file).read_bytes()).hexdigest() == digest
        assert card["bytes"] == sum((out / file).stat().st_size for file in card["files"])


def test_conversion_ships_with_portraits_of_the_teachers_voices(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    teacher = runs / "teacher"
    teacher.mkdir()
    with (teacher / ALIGNED).open("w", encoding="utf-8") as handle:
        for number in range(6):
            soundfile.write(teacher / f"{number}.flac", 0.1 * rng.standard_normal(8_000), 16_000)
            entry = {"path": f"{number}.flac", "voice": ("alma", "heart")[number % 2]}
            handle.write(json.dumps(entry) + "\n")
        handle.write(json.dumps({"skipped": "too long"}) + "\n")
    vae = export_vae.load_network(runs / "vae" / "last.pt")
    (runs / "conversion").mkdir()
    save(ConversionTrainer(ConversionPlan(), vae).state(), runs / "conversion" / "last.pt")
    monkeypatch.setattr(GanVocoder, "pitch", lambda _, mel: np.full(mel.shape[1], 150.0, np.float32))
    out = runs / "weights"
    words = ["--gan", "gan/last.pt", "--vae", "vae/last.pt", "--conversion", "conversion/last.pt"]
    words += ["--teacher", "teacher", "--data", "data.json"]
    paths = [word if word.startswith("--") else str(runs / word) for word in words]
    assert ship.main([str(out), *paths]) == 0
    voices = Voices(out, HEARD)
    assert voices.names == ("heart", "alma")
    portrait = Portrait.of(voices.mixed("heart+alma"))
    assert portrait.heard.shape == (5,)
    assert np.exp(portrait.height) == pytest.approx(150, rel=1e-3)
    mel = rng.standard_normal((80, 16)).astype(np.float32)
    assert SpeechVae(out).converted(mel, portrait.heard).shape == mel.shape
    card = json.loads((out / "conversion.json").read_text())
    assert card["data"] == [{"name": "conversion", "hours": 1.0}]
    assert set(card["files"]) == {LISTENER, CONVERTER, HEARD}


def test_a_family_that_is_not_named_stays(runs: Path) -> None:
    out = runs / "weights"
    out.mkdir()
    (out / "vae.json").write_text("{}")
    gan = str(runs / "gan" / "last.pt")
    assert ship.main([str(out), "--gan", gan, "--data", str(runs / "data.json")]) == 0
    assert (out / "vae.json").read_text() == "{}"
    assert not (out / "transformer.json").exists()
    with pytest.raises(SystemExit):
        ship.main([str(out), "--transformer", gan, "--data", str(runs / "data.json")])
