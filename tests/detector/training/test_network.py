"""The network: its sizes, its pooling against the one at run time, and what a frame may depend on."""

import numpy as np
import pytest
import torch

from earwitness.detector.frontend import VIEWS
from earwitness.detector.pooling import pooled_statistics
from earwitness.detector.training.network import CHANNELS, NetConfig, SpectrogramNet

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
    full = SpectrogramNet(NetConfig(widths=(4, 4, 8, 8), stem=4, frame_dim=6, view="full")).eval()
    assert full.trunk(torch.randn(2, 9, 256, frames)).shape == (2, vectors, 6)


def test_every_view_has_its_channels() -> None:
    assert set(CHANNELS) == set(VIEWS)
    for name, view in VIEWS.items():
        made = view(np.random.default_rng(0).standard_normal(1_000).astype(np.float32))
        assert (made.shape[0] if made.ndim == 3 else 1) == CHANNELS[name]


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
    frames = net.trunk(torch.randn(4, 256, 96))
    (net.score(frames).square().sum() + net.steps(frames).sum()).backward()  # type: ignore[no-untyped-call]
    without = [name for name, p in net.named_parameters() if p.grad is None]
    assert without == []


def test_every_vector_has_a_score_of_its_own(net: SpectrogramNet) -> None:
    frames = net.trunk(torch.randn(2, 256, 80))
    steps = net.steps(frames)
    assert steps.shape == (2, 10)
    by_hand = frames[1, 3] @ net.local.weight[0] + net.local.bias[0]
    assert float(steps[1, 3].detach()) == pytest.approx(float(by_hand.detach()), abs=1e-6)
    other = frames.clone()
    other[:, 5:] = 0
    assert torch.equal(net.steps(other)[:, :5], steps[:, :5])


def sized(view: str) -> SpectrogramNet:
    torch.manual_seed(len(view))
    return SpectrogramNet(NetConfig(widths=(4, 4, 8, 8), stem=4, frame_dim=6, view=view)).eval()


@pytest.mark.parametrize(("before", "after", "channels"), [("phases", "full", 5), ("features", "full", 1)])
def test_a_network_takes_over_one_that_saw_less(before: str, after: str, channels: int) -> None:
    old, new = sized(before), sized(after)
    new.load(old.state_dict())
    assert new.learnt_steps
    assert torch.equal(new.stem[0].weight[:, :channels], old.stem[0].weight)
    assert not new.stem[0].weight[:, channels:].any()
    x = torch.randn(2, 9, 256, 96)
    with torch.no_grad():
        assert torch.allclose(new.trunk(x), old.trunk(x[:, :channels]), atol=1e-5)
        assert torch.allclose(new.steps(new.trunk(x)), old.steps(old.trunk(x[:, :channels])), atol=1e-5)


def test_a_network_takes_over_one_without_scores_of_steps() -> None:
    old, new = sized("features"), sized("features")
    weights = {k: v for k, v in old.state_dict().items() if not k.startswith("local.")}
    kept = torch.nn.init.constant_(new.local.weight, 0.25).clone()
    new.load(weights)
    assert torch.equal(new.local.weight, kept)
    assert (new.learnt_steps, set(new.learnt())) == (False, set(weights))
    new.load(old.state_dict())
    assert (new.learnt_steps, set(new.learnt())) == (True, set(old.state_dict()))


def test_other_weights_that_are_missing_or_too_many_are_an_error() -> None:
    weights = sized("features").state_dict()
    less = {k: v for k, v in weights.items() if k != "head.0.weight"}
    with pytest.raises(RuntimeError, match=r"head\.0\.weight"):
        sized("features").load(less)
    with pytest.raises(RuntimeError, match="strange"):
        sized("features").load(weights | {"strange": torch.zeros(1)})
    with pytest.raises(RuntimeError):
        sized("features").load(sized("full").state_dict())
