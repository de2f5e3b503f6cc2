"""The text model: units of speech in, latents of the speech VAE out, one of 50 ms after the other.

An encoder reads the whole text and says how long each unit lasts (as FastSpeech, Ren et al. 2019); its
states, each as often as the unit has frames, are what the decoder speaks from. The decoder is causal: it
draws the code of the first book for the next latent and then says the latent in full, knowing the code
(one draw for what may be said in several ways, a regression for the rest). Attention knows distances by a
slope a head (ALiBi, Press et al. 2022), so that it works at any length and with cached keys and values.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from earwitness.generators.training.blocks import ConvNeXt
from earwitness.generators.transformer import FRAMES
from earwitness.generators.units import UNITS

__all__ = ["TransformerConfig", "TransformerNet", "slopes"]


@dataclass(frozen=True, slots=True)
class TransformerConfig:
    """dim: channels. reading, speaking: layers of the encoder and of the decoder. latent, voice: sizes of
    the VAE's. codes: in its first book."""

    dim: int = 192
    inner: int = 640
    heads: int = 4
    reading: int = 4
    speaking: int = 4
    latent: int = 32
    voice: int = 64
    codes: int = 1024
    dropout: float = 0.0


class TransformerNet(nn.Module):
    """Its parts are called by the trainer, and exported one by one."""

    def __init__(self, config: TransformerConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or TransformerConfig()
        self.reader, self.speaker = Reader(config), Speaker(config)


class Reader(nn.Module):
    """Units to states and durations."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.embedding = nn.Embedding(len(UNITS), config.dim)
        self.who = nn.Linear(config.voice, config.dim)
        self.before = nn.ModuleList(ConvNeXt(config.dim, config.inner, 5, 2) for _ in range(2))
        self.layers = nn.ModuleList(_Layer(config) for _ in range(config.reading))
        self.norm = nn.LayerNorm(config.dim)
        self.duration = nn.Sequential(nn.Linear(config.dim, config.dim), nn.GELU(), nn.Linear(config.dim, 1))

    def forward(self, units: Tensor, voice: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Units (batch, n) and voices (batch, voice) to states (batch, n, dim) and natural logarithms of
        frames (batch, n). mask: (batch, n), True where there is a unit; all of them if None."""
        x = self.embedding(units) + self.who(voice)[:, None]
        for block in self.before:
            # Nothing stands behind the last unit, as if each text were alone.
            x = x if mask is None else x * mask[:, :, None]
            x = block(x.transpose(1, 2)).transpose(1, 2)
        places = torch.arange(units.shape[1])
        bias = -slopes(self.layers[0].heads)[:, None, None] * (places[:, None] - places[None, :]).abs()
        if mask is not None:
            bias = bias + torch.where(mask[:, None, None, :], 0.0, -1e4)
        for layer in self.layers:
            x = layer(x, bias)
        x = self.norm(x)
        return x, self.duration(x)[..., 0]


class Speaker(nn.Module):
    """States along the frames to latents."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        dim = config.dim
        self.config = config
        self.place = nn.Linear(3, dim)
        self.who = nn.Linear(config.voice, dim)
        self.down = nn.Conv1d(dim, dim, FRAMES, FRAMES)
        self.around = nn.Sequential(*(ConvNeXt(dim, config.inner, 5, 3) for _ in range(3)))
        self.before = nn.Linear(config.latent, dim)
        self.layers = nn.ModuleList(_Layer(config) for _ in range(config.speaking))
        self.norm = nn.LayerNorm(dim)
        self.code = nn.Linear(dim, config.codes)
        self.rest = nn.Sequential(
            nn.Linear(dim + config.latent, 2 * dim), nn.GELU(), nn.Linear(2 * dim, config.latent)
        )

    def context(self, states: Tensor, places: Tensor, voice: Tensor) -> Tensor:
        """What is to be said: (batch, latents, dim), of states repeated along the frames (batch, frames,
        dim), frames divisible by FRAMES. places: (batch, frames, 3): how far into its unit a frame is, how
        far from its end, both as shares, and the unit's frames / 10."""
        x = states + self.place(places) + self.who(voice)[:, None]
        return self.around(self.down(x.transpose(1, 2))).transpose(1, 2)

    def forward(self, context: Tensor, previous: Tensor) -> Tensor:
        """Hidden (batch, latents, dim): each knows what is to be said, and the latents before it.

        previous: (batch, latents, latent), the latent before each one, zeros before the first.
        """
        x = context + self.before(previous)
        places = torch.arange(x.shape[1])
        away = places[:, None] - places[None, :]
        bias = -slopes(self.config.heads)[:, None, None] * away.abs() + torch.where(away < 0, -1e4, 0.0)
        for layer in self.layers:
            x = layer(x, bias)
        return self.norm(x)

    def step(
        self, context: Tensor, previous: Tensor, keys: Tensor, values: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """One latent further: hidden (batch, dim), logits of codes, and keys and values with one more place.

        context: (batch, dim). previous: (batch, latent). keys, values: (layers, batch, heads, past, size).
        """
        x = (context + self.before(previous))[:, None]
        away = torch.arange(keys.shape[3], -1, -1)
        bias = -slopes(self.config.heads)[:, None, None] * away[None, None, :]
        many_keys, many_values = [], []
        for layer, known, held in zip(self.layers, keys, values, strict=True):
            x, longer, more = layer.step(x, bias, known, held)
            many_keys.append(longer)
            many_values.append(more)
        hidden = self.norm(x)[:, 0]
        return hidden, self.code(hidden), torch.stack(many_keys), torch.stack(many_values)

    def latent(self, hidden: Tensor, said: Tensor) -> Tensor:
        """The whole latent (..., latent). said: the drawn code's vector in the first book (..., latent)."""
        whole: Tensor = said + self.rest(torch.cat([hidden, said], -1))
        return whole


class _Layer(nn.Module):
    """Attention, then each place by itself; both on normed inputs, added to what came in."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.heads, self.dropout = config.heads, config.dropout
        self.norm_before, self.norm_between = nn.LayerNorm(config.dim), nn.LayerNorm(config.dim)
        self.ask = nn.Linear(config.dim, 3 * config.dim)
        self.answer = nn.Linear(config.dim, config.dim)
        self.widen, self.narrow = nn.Linear(config.dim, config.inner), nn.Linear(config.inner, config.dim)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """(batch, n, dim) to the same. bias: added to the attention's logits, (…, heads, n, n)."""
        query, key, value = self._asked(x)
        return self._after(x, _attend(query, key, value, bias))

    def step(self, x: Tensor, bias: Tensor, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """One place (batch, 1, dim) that sees the ones before it by their keys and values."""
        query, key, value = self._asked(x)
        keys, values = torch.cat([keys, key], 2), torch.cat([values, value], 2)
        return self._after(x, _attend(query, keys, values, bias)), keys, values

    def _asked(self, x: Tensor) -> list[Tensor]:
        parts = self.ask(self.norm_before(x)).chunk(3, -1)
        size = parts[0].shape[-1] // self.heads
        return [part.unflatten(-1, (self.heads, size)).transpose(1, 2) for part in parts]

    def _after(self, x: Tensor, heard: Tensor) -> Tensor:
        x = x + self._dropped(self.answer(heard.transpose(1, 2).flatten(2)))
        return x + self._dropped(self.narrow(functional.gelu(self.widen(self.norm_between(x)))))

    def _dropped(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.dropout, self.training)


def _attend(query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
    weights = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5 + bias
    return torch.softmax(weights.float(), -1).to(value.dtype) @ value


def slopes(heads: int) -> Tensor:
    """How much less each head sees a place that is one further away (heads,)."""
    return 2.0 ** (-8.0 * torch.arange(1, heads + 1) / heads)
