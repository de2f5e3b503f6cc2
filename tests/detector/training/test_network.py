"""The network: its sizes, its pooling against the one at run time, and what a frame may depend on."""

import numpy as np
import pytest
import torch

from earwitness.detector.pooling import pooled_statistics
from earwitness.detector.training.network import NetConfig, SpectrogramNet

TINY = NetConfig(widths=(4, 4, 8, 8), stem=4, frame_dim=6)


@pytest.fixture
def net() -> SpectrogramNet:
    torch.manual_seed(0)
    return SpectrogramNet(TINY).eval()


def test_the_default_stays_within_ten_million_parameters() -> None:
    """What ships is exported from the default configuration (see ``load_network``)."""
    assert sum(p.numel() for p in SpectrogramNet().parameters()) <= 10_000_000


@pytest.mark.parametrize(("frames", "vectors"), [(8, 1), (9, 2), (178, 23), (297, 38)])
def test_a_vector_every_eight_frames(net: SpectrogramNet, frames: int, vectors: int) -> None:
    x = torch.randn(2, 256, frames)
    assert net.trunk(x).shape == (2, vectors, 6)
    assert net(x).shape == (2,)


@pytest.mark.parametrize(("frames", "vectors"), [(8, 1), (9, 2), (178, 23), (297, 38)])
def test_the_wide_band_network_keeps_step_with_the_other(frames: int, vectors: int) -> None:
    wide = SpectrogramNet(NetConfig(widths=(4, 4, 8, 8), stem=4, frame_dim=6, view="wideband")).eval()
    assert wide.trunk(torch.randn(2, 128, 2 * frames)).shape == (2, vectors, 6)


@pytest.mark.parametrize(("frames", "vectors"), [(8, 1), (297, 38)])
def test_the_phase_network_keeps_step_too(frames: int, vectors: int) -> None:
    net = SpectrogramNet(NetConfig(widths=(4, 4, 8, 8), stem=4, frame_dim=6, view="phases")).eval()
    assert net.trunk(torch.randn(2, 5, 256, frames)).shape == (2, vectors, 6)
    wide = SpectrogramNet(NetConfig(widths=(4, 4, 8, 8), stem=4, frame_dim=6, view="wide_phases")).eval()
    assert wide.trunk(torch.randn(2, 5, 128, 2 * frames)).shape == (2, vectors, 6)


def test_the_score_is_the_pooling_of_the_runtime_and_the_head(net: SpectrogramNet) -> None:
    vectors = net.trunk(torch.randn(1, 256, 160))
    weight = torch.linspace(0, 1, 20)
    with torch.no_grad():
        score = net.score(vectors, weight[None])
        attention = net.attention(vectors)[0].numpy()
        pooled = pooled_statistics(vectors[0].numpy()[:, None], attention, weight.numpy(), np.array([0]), 20)
        by_hand = net.head(torch.from_numpy(pooled[:, 0]))
    assert float(score) == pytest.approx(float(by_hand), abs=1e-5)


def test_full_weights_are_no_weights(net: SpectrogramNet) -> None:
    vectors = net.trunk(torch.randn(3, 256, 80))
    assert torch.allclose(net.score(vectors), net.score(vectors, torch.ones(3, 10)))


def test_muted_frames_hardly_count(net: SpectrogramNet) -> None:
    vectors = net.trunk(torch.randn(1, 256, 160))
    weight = (torch.arange(20) < 10).float()[None]
    assert torch.allclose(net.score(vectors, weight), net.score(vectors[:, :10]), atol=1e-2)


def test_what_a_frame_looks_like_does_not_depend_on_the_rest_of_the_file(net: SpectrogramNet) -> None:
    """Squeezed over frequency only; what lies outside the receptive field must not count."""
    one = torch.randn(1, 256, 800)
    other = one.clone()
    other[..., 600:] = 5 * torch.randn(1, 256, 200)
    assert torch.allclose(net.trunk(one)[:, :25], net.trunk(other)[:, :25], atol=1e-5)
    assert not torch.allclose(net.trunk(one)[:, 80:], net.trunk(other)[:, 80:], atol=1e-3)


def test_clips_of_a_batch_do_not_see_each_other(net: SpectrogramNet) -> None:
    x = torch.randn(3, 256, 96)
    assert torch.allclose(net(x)[1], net(x[1:2])[0], atol=1e-5)


def test_every_parameter_learns() -> None:
    torch.manual_seed(0)
    net = SpectrogramNet(TINY).train()
    net(torch.randn(4, 256, 96)).square().sum().backward()  # type: ignore[no-untyped-call]
    without = [name for name, p in net.named_parameters() if p.grad is None]
    assert without == []
