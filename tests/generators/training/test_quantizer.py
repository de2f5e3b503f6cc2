"""generators/training/quantizer.py: books learn, more books say it better, unused codes come back."""

from __future__ import annotations

import torch

from earwitness.generators.training.quantizer import ResidualQuantizer


def trained(latents: torch.Tensor, steps: int = 40) -> ResidualQuantizer:
    quantizer = ResidualQuantizer(4, 3, 16)
    generator = torch.Generator().manual_seed(0)
    for _ in range(steps):
        quantizer.learn(latents, generator)
    return quantizer


def test_each_book_says_more_and_codes_say_the_same() -> None:
    latents = torch.randn(8, 4, 50, generator=torch.Generator().manual_seed(1))
    quantizer = trained(latents)
    errors = [float(quantizer(latents, used)[1]) for used in (1, 2, 3)]
    assert 0.6 > errors[0] > 2 * errors[1] > 4 * errors[2] > 0
    codes = quantizer.encode(latents)
    assert codes.shape == (8, 3, 50)
    said = sum(book[codes[:, k]] for k, book in enumerate(quantizer.books))
    assert isinstance(said, torch.Tensor)
    torch.testing.assert_close(said.transpose(1, 2), quantizer(latents)[0])


def test_gradients_pass_as_if_nothing_was_rounded() -> None:
    latents = torch.randn(2, 4, 9, generator=torch.Generator().manual_seed(2), requires_grad=True)
    quantizer = trained(latents.detach(), 3)
    quantizer(latents)[0].sum().backward()
    assert latents.grad is not None
    assert torch.equal(latents.grad, torch.ones_like(latents))


def test_codes_follow_when_latents_move() -> None:
    latents = torch.randn(8, 4, 50, generator=torch.Generator().manual_seed(3))
    quantizer = trained(latents)
    generator = torch.Generator().manual_seed(0)
    before = float(quantizer(latents + 5)[1])
    for _ in range(200):
        quantizer.learn(latents + 5, generator)
    assert float(quantizer(latents + 5)[1]) < 0.15 < before
    assert len(quantizer.encode(latents + 5)[:, 0].unique()) > 8
