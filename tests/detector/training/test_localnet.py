"""The localiser's network: a recording's own level tells nothing, and what ships answers as it did here."""

from pathlib import Path

import numpy as np
import pytest
import torch

from earwitness.detector.localiser import Localiser
from earwitness.detector.training.localnet import LocalNet, export

SIZE = 12


@pytest.fixture
def net() -> LocalNet:
    torch.manual_seed(0)
    net = LocalNet(SIZE).eval()
    net.scale.copy_(torch.linspace(0.5, 2, SIZE))
    return net


def test_what_all_steps_have_in_common_makes_no_difference(net: LocalNet) -> None:
    vectors, heard = torch.randn(2, 70, SIZE), torch.ones(2, 70)
    scores = net(vectors, heard)
    assert scores.shape == (2, 70)
    assert net(vectors + torch.randn(2, 1, SIZE), heard).detach() == pytest.approx(scores.detach(), abs=1e-4)


def test_what_is_not_heard_counts_nothing(net: LocalNet) -> None:
    vectors, heard = torch.randn(1, 70, SIZE), torch.ones(1, 70)
    heard[:, 60:] = 0
    other = vectors.clone()
    other[:, 60:] = 9
    assert torch.equal(net(vectors, heard), net(other, heard))


def test_only_neighbours_and_the_mean_have_a_say(net: LocalNet) -> None:
    """61 steps: two kernels' halves of every dilation on either side."""
    vectors, heard = torch.randn(1, 200, SIZE), torch.ones(1, 200)
    other = vectors.clone()
    other[:, 100], other[:, 101] = vectors[:, 101], vectors[:, 100]  # the mean stays
    changed = (net(vectors, heard) - net(other, heard)).detach().abs()[0] > 1e-6
    places = changed.nonzero().flatten()
    assert int(places.min()) >= 70
    assert int(places.max()) <= 131
    assert len(places) > 30


def test_what_is_exported_answers_alike(net: LocalNet, tmp_path: Path) -> None:
    export(net, tmp_path / "l.onnx")
    localiser = Localiser((tmp_path / "l.onnx").read_bytes(), 0.5)
    for steps in (1, 13, 90):
        vectors = np.random.default_rng(steps).normal(size=(steps, 3, SIZE // 3)).astype(np.float32)
        heard = (np.arange(steps) % 5 > 0).astype(np.float32)
        inside = torch.from_numpy(vectors.reshape(1, steps, -1)), torch.from_numpy(heard[None])
        assert localiser.look(vectors, heard) == pytest.approx(net(*inside)[0].detach().numpy(), abs=1e-4)
