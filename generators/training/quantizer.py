"""Residual vector quantisation: each code book says what the ones before it left (Zeghidour et al. 2021)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["ResidualQuantizer"]

DECAY = 0.98  # of the moving averages that code vectors are
LEAST_USE = 0.1  # of its fair share of vectors; a code used less is put elsewhere


class ResidualQuantizer(nn.Module):
    """Code books are moving averages of what fell to them, no parameters (van den Oord et al. 2017, A.1)."""

    books: Tensor
    uses: Tensor
    sums: Tensor

    def __init__(self, dim: int, count: int, size: int) -> None:
        super().__init__()
        self.register_buffer("books", torch.zeros(count, size, dim))
        self.register_buffer("uses", torch.zeros(count, size))
        self.register_buffer("sums", torch.zeros(count, size, dim))

    def forward(self, latents: Tensor, used: int | None = None) -> tuple[Tensor, Tensor]:
        """Latents (batch, dim, frames) as the first ``used`` books say them, with the gradient of the
        latents; and the mean squared error that the encoder should commit to lower."""
        flat = latents.transpose(1, 2)
        rest, said = flat, torch.zeros_like(flat)
        for book in self.books[:used]:
            nearest = functional.embedding(self._codes(rest.detach(), book), book)
            said, rest = said + nearest, rest - nearest
        error = functional.mse_loss(flat, said.detach())
        return (flat + (said - flat).detach()).transpose(1, 2), error

    @torch.no_grad()
    def encode(self, latents: Tensor) -> Tensor:
        """Codes (batch, books, frames) of latents (batch, dim, frames)."""
        rest, codes = latents.transpose(1, 2), []
        for book in self.books:
            codes.append(self._codes(rest, book))
            rest = rest - functional.embedding(codes[-1], book)
        return torch.stack(codes, 1)

    @torch.no_grad()
    def learn(self, latents: Tensor, generator: torch.Generator) -> None:
        """Move the books towards latents; codes that nobody uses go to where a latent is now."""
        rest = latents.transpose(1, 2).reshape(-1, latents.shape[1])
        for book, uses, sums in zip(self.books, self.uses, self.sums, strict=True):
            share = len(rest) / len(book)
            unused = uses < LEAST_USE * share  # at first: all
            drawn = rest[torch.randint(len(rest), (int(unused.sum()),), generator=generator)]
            book[unused], sums[unused], uses[unused] = drawn, share * drawn, share
            codes = self._codes(rest, book)
            uses.mul_(DECAY).add_((1 - DECAY) * torch.bincount(codes, minlength=len(book)))
            sums.mul_(DECAY).add_((1 - DECAY) * torch.zeros_like(sums).index_add_(0, codes, rest))
            book.copy_(sums / uses.clamp(min=1e-6)[:, None])
            rest = rest - functional.embedding(self._codes(rest, book), book)

    @staticmethod
    def _codes(x: Tensor, book: Tensor) -> Tensor:
        """Nearest code of each vector (..., dim); |x| is the same for all codes and left out."""
        return ((book**2).sum(1) - 2 * x @ book.T).argmin(-1)
