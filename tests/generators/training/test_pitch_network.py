"""generators/training/pitch_network.py: the teacher's track, and a network that learns it."""

from __future__ import annotations

import numpy as np
import torch

from earwitness.generators.excitation import pulse_train
from earwitness.generators.mel import MelConfig, log_mel
from earwitness.generators.pitch import decode
from earwitness.generators.training.pitch_network import PitchNet, pitch_loss, track

CONFIG = MelConfig()


def test_the_track_is_the_pitch_of_the_sound() -> None:
    pitch = np.linspace(90, 240, 161).astype(np.float32)
    pitch[60:100] = 0.0
    sound = 0.02 * pulse_train(pitch, CONFIG)
    found = track(sound, CONFIG)
    assert found.shape == (sound.size // 200 + 1,)
    np.testing.assert_allclose(found[8:52], pitch[8:52], rtol=0.02)
    assert not found[66:94].any()
    assert not track(np.zeros(4_000, np.float32), CONFIG).any()


def test_the_loss_is_least_for_the_truth() -> None:
    pitch = torch.full((1, 4), 150.0)
    pitch[0, 3] = 0.0
    torch.manual_seed(0)
    logits = torch.zeros(1, 97, 4, requires_grad=True)
    optimizer = torch.optim.Adam([logits], 0.3)
    for _ in range(150):
        optimizer.zero_grad()
        pitch_loss(logits, pitch).backward()
        optimizer.step()
    hz = decode(logits.detach().numpy())[0]
    np.testing.assert_allclose(hz, [150, 150, 150, 0], rtol=0.01)
    assert torch.isfinite(pitch_loss(logits, torch.zeros(1, 4)))


def test_a_network_learns_to_read_it() -> None:
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    net = PitchNet(dim=32, layers=2)
    pitches = [np.full(25, hz, np.float32) for hz in rng.uniform(90, 400, 24)]
    mels = [log_mel(0.02 * pulse_train(pitch, CONFIG), CONFIG) for pitch in pitches]
    mel, truth = torch.from_numpy(np.stack(mels)), torch.from_numpy(np.stack(pitches))
    optimizer = torch.optim.Adam(net.parameters(), 2e-3)
    for _ in range(120):
        optimizer.zero_grad()
        pitch_loss(net(mel), truth).backward()
        optimizer.step()
    with torch.no_grad():
        read = decode(net(mel).numpy())
    assert np.median(np.abs(read / truth.numpy() - 1)) < 0.02
