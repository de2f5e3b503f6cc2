"""The autoregressive vocoder: 2.5 ms of samples after the other, each from the samples before it.

In the line of WaveRNN (Kalchbrenner et al. 2018), LPCNet and FARGAN (Valin et al. 2024, arXiv 2405.21069):
a network at the frame rate says what is wanted, gated recurrent cells at the rate of 40-sample blocks make
it. The frames also give how loud each frequency of pulses at the pitch and of noise shall be: a rough draft,
which needs no past. A cell sees the draft, the last block, what was said one pitch period ago and noise, and
says mean and spread of what every sample is beside the draft; samples are drawn from that and fed back.
Everything is differentiable through the draws (Kingma and Welling 2014, 2.4), so that it can learn from
spectra of its own output: it never sees recorded samples that it would miss at run time.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from earwitness.generators.autoregressive import BLOCK, PAST, causal, fade
from earwitness.generators.mel import MelConfig
from earwitness.generators.training.blocks import ConvNeXt, mixed, start_small
from earwitness.generators.training.vocoder_network import LOWEST_HZ, MIDDLE_HZ

STARTS = (-3.0, -5.0)  # of the filters for pulses and noise, natural logarithms
LOUDEST = 2.0

__all__ = ["AutoregressiveConfig", "AutoregressiveNet", "Cell", "hissed", "voiced"]


@dataclass(frozen=True, slots=True)
class AutoregressiveConfig:
    """dim, inner, blocks: of the network at the frame rate. wanted: what it says of each block; bins:
    frequencies of the filters. wide, first, second: sizes of the cell's layers."""

    dim: int = 192
    inner: int = 448
    blocks: int = 4
    wanted: int = 96
    bins: int = 129
    wide: int = 224
    first: int = 192
    second: int = 160


class AutoregressiveNet(nn.Module):
    """Its two parts are exported one by one."""

    def __init__(self, config: AutoregressiveConfig | None = None, mel: MelConfig | None = None) -> None:
        super().__init__()
        self.config, self.mel = config or AutoregressiveConfig(), mel or MelConfig()
        self.frames, self.cell = Frames(self.config, self.mel), Cell(self.config)

    def forward(self, mel: Tensor, pitch: Tensor, pulses: Tensor, noise: Tensor, lags: Tensor) -> Tensor:
        """Log mel (batch, bands, frames) and pitch (batch, frames) in Hz to samples (batch, blocks * BLOCK).

        pulses, noise: (batch, blocks, BLOCK), at most hop / BLOCK blocks a frame. lags: (batch, blocks), how
        many samples ago a period began.
        """
        wanted, draft = self._drafted(mel, pitch, pulses, noise)
        batch = len(mel)
        past = mel.new_zeros(batch, PAST)
        first, second = mel.new_zeros(batch, self.config.first), mel.new_zeros(batch, self.config.second)
        places = PAST - lags[:, :, None] + torch.arange(BLOCK)
        said = []
        for block in range(pulses.shape[1]):
            before = past.gather(1, places[:, block])
            made, first, second = self.cell(
                wanted[:, block], draft[:, block], noise[:, block], past[:, -BLOCK:], before, first, second
            )
            past = torch.cat([past[:, BLOCK:], made], 1)
            said.append(made)
        return torch.cat(said, 1)

    def draft(self, mel: Tensor, pitch: Tensor, pulses: Tensor, noise: Tensor) -> Tensor:
        """The draft alone, as :meth:`forward`: all blocks at once."""
        return self._drafted(mel, pitch, pulses, noise)[1].flatten(1)

    def _drafted(self, mel: Tensor, pitch: Tensor, pulses: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        wanted, loud = self.frames(mel, pitch)
        return wanted, voiced(pulses, loud[:, :, 0]) + hissed(noise, loud[:, :, 1])


class Frames(nn.Module):
    """What is wanted of each block."""

    def __init__(self, config: AutoregressiveConfig, mel: MelConfig) -> None:
        super().__init__()
        self.wanted, self.bins, self.mixed = config.wanted, config.bins, False
        self.enter = nn.Conv1d(mel.bands + 2, config.dim, 5, padding=2)
        self.blocks = nn.Sequential(
            *(ConvNeXt(config.dim, config.inner, 5, config.blocks) for _ in range(config.blocks))
        )
        self.norm = nn.LayerNorm(config.dim)
        self.head = nn.Linear(config.dim, mel.hop // BLOCK * (config.wanted + 2 * config.bins))
        start_small(self.enter, self.head, *self.blocks.modules())

    def forward(self, mel: Tensor, pitch: Tensor) -> tuple[Tensor, Tensor]:
        """What is wanted (batch, frames * hop / BLOCK, wanted), and natural logarithms of how loud pulses and
        noise are (…, 2, bins), of mel (batch, bands, frames) and pitch (batch, frames)."""
        voiced = (pitch > 0).to(mel.dtype)
        height = torch.log(pitch.clamp(min=LOWEST_HZ) / MIDDLE_HZ) * voiced
        x = self.enter(torch.cat([(mel + 5.0) / 2.5, height[:, None], voiced[:, None]], 1))
        with mixed(wanted=self.mixed):
            x = self.blocks(x)
        said: Tensor = self.head(self.norm(x.transpose(1, 2).float()))
        said = said.reshape(len(mel), -1, self.wanted + 2 * self.bins)
        loud = said[:, :, self.wanted :].unflatten(2, (2, self.bins)) + torch.tensor(STARTS)[:, None]
        return said[:, :, : self.wanted], loud.clamp(max=LOUDEST)


class Cell(nn.Module):
    """One block of samples from what is wanted and from what was."""

    def __init__(self, config: AutoregressiveConfig) -> None:
        super().__init__()
        wide, heard = config.wide, config.wanted + 4 * BLOCK
        self.loud = nn.Linear(config.wanted, 1)
        self.enter, self.enter_gate = nn.Linear(heard, wide), nn.Linear(wide, wide)
        self.first = nn.GRUCell(wide, config.first)
        self.second = nn.GRUCell(config.first, config.second)
        self.leave = nn.Linear(wide + config.first + config.second, wide)
        self.leave_gate = nn.Linear(wide, wide)
        self.say = nn.Linear(wide, 2 * BLOCK)
        self.keep = nn.Linear(wide, 1)
        with torch.no_grad():
            self.loud.bias.fill_(-3.0)
            self.keep.weight.zero_()
            self.keep.bias.zero_()
            self.say.weight.mul_(0.1)  # at first nearly all is the draft
            self.say.bias[BLOCK:].fill_(-4.0)

    def forward(
        self,
        wanted: Tensor,
        draft: Tensor,
        noise: Tensor,
        last: Tensor,
        before: Tensor,
        first: Tensor,
        second: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Samples (batch, BLOCK), and the states of the recurrent cells behind them.

        wanted: (batch, wanted). draft, noise: (batch, BLOCK). last: the samples before these. before: those
        of one period ago. first, second: states.
        """
        level = torch.exp(self.loud(wanted).clamp(-9.0, 2.0))
        heard = [
            wanted,
            torch.tanh(draft / level),
            noise,
            torch.tanh(last / level),
            torch.tanh(before / level),
        ]
        x = torch.tanh(self.enter(torch.cat(heard, 1)))
        x = x * torch.sigmoid(self.enter_gate(x))
        first = self.first(x, first)
        second = self.second(first, second)
        y = torch.tanh(self.leave(torch.cat([x, first, second], 1)))
        y = y * torch.sigmoid(self.leave_gate(y))
        mean, spread = self.say(y).chunk(2, 1)
        drawn = mean + torch.exp(spread.clamp(max=2.0)) * noise
        return draft + level * drawn + torch.tanh(self.keep(y)) * before, first, second


def voiced(pulses: Tensor, loud: Tensor) -> Tensor:
    """As ``generators.autoregressive.voiced``, with gradients: blocks (batch, blocks, BLOCK) through a filter
    each (batch, at least blocks, bins)."""
    count, size = pulses.shape[1], 2 * (loud.shape[2] - 1)
    cepstrum = torch.fft.irfft(loud[:, :count], size) * torch.from_numpy(causal(size))
    taps = torch.fft.irfft(torch.exp(torch.fft.rfft(cepstrum)), size) * torch.from_numpy(fade(size))
    return _applied(pulses, taps, 0)


def hissed(noise: Tensor, loud: Tensor) -> Tensor:
    """As ``generators.autoregressive.hissed``, with gradients; shapes as for :func:`voiced`."""
    count, size = noise.shape[1], 2 * (loud.shape[2] - 1)
    taps = torch.fft.irfft(torch.exp(loud[:, :count]), size).roll(size // 2, 2) * torch.hann_window(size)
    return _applied(noise, taps, size // 2)


def _applied(source: Tensor, taps: Tensor, delay: int) -> Tensor:
    batch, count = source.shape[:2]
    reach = -(-(taps.shape[2] + BLOCK - 1) // BLOCK)
    spectrum = torch.fft.rfft(source, reach * BLOCK) * torch.fft.rfft(taps, reach * BLOCK)
    answers = torch.fft.irfft(spectrum, reach * BLOCK).reshape(batch, count, reach, BLOCK)
    parts = [nn.functional.pad(answers[:, :, later], (0, 0, later, reach - later)) for later in range(reach)]
    sound = torch.stack(parts).sum(0).flatten(1)
    return sound[:, delay : delay + count * BLOCK].reshape(batch, count, BLOCK)
