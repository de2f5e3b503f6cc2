"""generators/training/transformer_network.py: padding, the future, cached = uncached."""

from __future__ import annotations

import pytest
import torch

from earwitness.generators.training.transformer_network import TransformerConfig, TransformerNet, slopes

SMALL = TransformerConfig(dim=16, inner=24, heads=2, reading=1, speaking=2, latent=6, voice=5, codes=16)


@pytest.fixture
def net() -> TransformerNet:
    torch.manual_seed(0)
    return TransformerNet(SMALL).eval()


def test_cached_speaking_is_uncached_speaking(net: TransformerNet) -> None:
    with torch.no_grad():
        context, before = torch.randn(1, 9, 16), torch.randn(1, 9, 6)
        whole = net.speaker(context, before)
        keys = values = torch.zeros(2, 1, 2, 0, 8)
        for place in range(9):
            hidden, logits, keys, values = net.speaker.step(context[:, place], before[:, place], keys, values)
            torch.testing.assert_close(hidden, whole[:, place], atol=1e-5, rtol=1e-4)
            torch.testing.assert_close(logits, net.speaker.code(whole[:, place]), atol=1e-5, rtol=1e-4)
        assert keys.shape == (2, 1, 2, 9, 8)


def test_the_future_is_not_seen(net: TransformerNet) -> None:
    with torch.no_grad():
        context, before = torch.randn(1, 8, 16), torch.randn(1, 8, 6)
        changed = before.clone()
        changed[:, 5:] += 1
        one, other = net.speaker(context, before), net.speaker(context, changed)
        torch.testing.assert_close(one[:, :5], other[:, :5])
        assert not torch.allclose(one[:, 5], other[:, 5])


def test_padding_changes_nothing(net: TransformerNet) -> None:
    with torch.no_grad():
        units, voice = torch.randint(1, 20, (1, 7)), torch.randn(1, 5)
        alone, lasting = net.reader(units, voice)
        padded = torch.cat([units, torch.zeros(1, 4, dtype=torch.long)], 1)
        mask = torch.arange(11)[None] < 7
        among, also = net.reader(padded, voice, mask)
        torch.testing.assert_close(among[:, :7], alone, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(also[:, :7], lasting, atol=1e-5, rtol=1e-4)


def test_each_head_looks_further() -> None:
    assert slopes(4).tolist() == [0.25, 0.0625, 0.015625, 0.00390625]
