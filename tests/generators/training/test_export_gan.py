"""generators/training/export_gan.py: the ONNX file says what the network says, at any length."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from earwitness.generators.excitation import excite
from earwitness.generators.gan import GanVocoder
from earwitness.generators.mel import log_mel
from earwitness.generators.pitch import decode
from earwitness.generators.training import export_gan
from earwitness.generators.training.train_gan import Plan, Trainer
from earwitness.generators.training.vocoder_network import VocoderConfig, spectrum_of, to_samples

Float32 = npt.NDArray[np.float32]
RNG = np.random.default_rng


@pytest.mark.parametrize("seconds", [0.05, 0.7])
def test_run_time_says_what_training_says(
    seconds: float, tmp_path: Path, speech_like: Callable[..., Float32]
) -> None:
    trainer = Trainer(Plan(width=4), VocoderConfig(dim=16, inner=32, blocks=2))
    torch.save(trainer.state(), tmp_path / "last.pt")
    target = tmp_path / "gan.onnx"
    assert export_gan.main([str(tmp_path / "last.pt"), str(target)]) == 0
    vocoder = GanVocoder(target)
    sound = speech_like(1.0)[: round(seconds * 16_000)]
    net = export_gan.load_network(tmp_path / "last.pt")
    with torch.no_grad():
        mel = log_mel(sound)
        pitch = decode(net.pitch(torch.from_numpy(mel)[None])[0].numpy())
        pulses, noise = (torch.from_numpy(part)[None] for part in excite(pitch, net.mel, RNG(3)))
        filters = net(torch.from_numpy(mel)[None], torch.from_numpy(pitch)[None])
        wanted = to_samples(spectrum_of(filters, pulses, noise), sound.size, net.mel)[0].numpy()
    made = vocoder.resynthesize(sound, seed=3)
    np.testing.assert_allclose(vocoder.pitch(mel), pitch, rtol=1e-3)
    assert made.shape == sound.shape
    np.testing.assert_allclose(made, wanted, atol=1e-3 * max(1.0, float(np.abs(wanted).max())))
    assert vocoder.vocode(mel).shape == ((mel.shape[1] - 1) * 200,)
