"""The autoregressive vocoder at run time: a mel spectrogram in, sound out, 40 samples at a time.

A network at the frame rate says how pulses and noise are to be filtered, which gives a draft; recurrent cells
make each block of samples from the draft, the block before it and the period before it. A :class:`Stream`
keeps their states and the last samples: nothing of the past is computed twice. Network and training:
``generators/training/autoregressive_network.py`` and ``train_autoregressive.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.generators.excitation import pulse_train
from earwitness.generators.mel import MelConfig, log_mel
from earwitness.generators.pitch import LOWEST_HZ, decode
from earwitness.generators.sessions import Session

__all__ = [
    "BLOCK",
    "FRAMES",
    "PAST",
    "STEP",
    "AutoregressiveVocoder",
    "Stream",
    "causal",
    "fade",
    "hissed",
    "lags_of",
    "voiced",
]

Float32 = npt.NDArray[np.float32]
Int64 = npt.NDArray[np.int64]
BLOCK = 40  # samples: 2.5 ms
PAST = 400  # samples that are kept: more than the longest period and a block
FRAMES, STEP = "autoregressive_frames.onnx", "autoregressive_step.onnx"


class Stream:
    """Sound that is being made, block by block. step: the cell."""

    def __init__(self, step: Session) -> None:
        self._step = step
        self._past = np.zeros(PAST, np.float32)
        self._first, self._second = (
            np.zeros(step.shape(name, (0,)), np.float32) for name in ("first", "second")
        )

    def push(self, wanted: Float32, draft: Float32, noise: Float32, lag: int) -> Float32:
        """The next BLOCK samples. wanted: what the frames say of it. draft: pulses and noise, filtered. lag:
        samples since a period began."""
        begin = PAST - lag
        made, self._first, self._second = self._step.run(
            wanted=wanted,
            draft=draft,
            noise=noise,
            last=self._past[-BLOCK:],
            before=self._past[begin : begin + BLOCK],
            first=self._first,
            second=self._second,
        )
        self._past = np.concatenate([self._past[BLOCK:], made])
        return made


class AutoregressiveVocoder:
    """A trained vocoder. folder: with the files of ``generators.training.export_autoregressive``. pitch: the
    network that reads the pitch (of ``export_gan``).

    Raises ModelError for a file that is missing or no such model.
    """

    def __init__(self, folder: Path, pitch: Path, threads: int = 1) -> None:
        self._frames, self._step = Session(folder / FRAMES, threads), Session(folder / STEP, threads)
        self._pitch = Session(pitch, threads)
        self.config = MelConfig()

    def pitch(self, mel: Float32) -> Float32:
        """Fundamental frequency in Hz (frames,), 0 where unvoiced, of a log mel spectrogram."""
        return decode(self._pitch.run(mel=mel)[0])

    def vocode(
        self,
        mel: Float32,
        length: int | None = None,
        *,
        pitch: Float32 | None = None,
        seed: int = 0,
        temperature: float = 1.0,
    ) -> Float32:
        """Sound at 16 kHz of a log mel spectrogram (bands, frames), as ``generators.mel.log_mel`` gives it.

        length: samples wanted; (frames - 1) * hop if None. pitch: Hz a frame, 0 where unvoiced; read from
        the spectrogram if None. temperature: how much of the noise. Not limited to ±1.
        """
        hz = self.pitch(mel) if pitch is None else pitch
        rng = np.random.default_rng(seed)
        size = (mel.shape[1] - 1) * self.config.hop if length is None else length
        if size == 0:
            return np.zeros(0, np.float32)
        blocks = -(-size // BLOCK)
        wanted, loud = (_held(part, blocks) for part in self._frames.run(mel=mel, pitch=hz))
        pulses = _fitted(pulse_train(hz, self.config, float(rng.random())), blocks * BLOCK)
        noise = rng.standard_normal(blocks * BLOCK, dtype=np.float32) * np.float32(temperature)
        draft = voiced(pulses, loud[:, 0]) + hissed(noise, loud[:, 1])
        stream = Stream(self._step)
        lags = lags_of(hz, blocks, self.config).tolist()
        made = [
            stream.push(*given) for given in zip(wanted, draft, noise.reshape(-1, BLOCK), lags, strict=True)
        ]
        return np.concatenate(made)[:size]

    def resynthesize(self, samples: Float32, *, seed: int = 0) -> Float32:
        """The same recording (n,) at 16 kHz through mel spectrogram and vocoder ("copy synthesis")."""
        return self.vocode(log_mel(samples, self.config), samples.size, seed=seed)


def lags_of(pitch: Float32, blocks: int, config: MelConfig) -> Int64:
    """For each block how many samples ago a period began (blocks,), never less than a block.

    pitch: Hz a frame, 0 where unvoiced: there it is the block before.
    """
    frame = np.minimum(np.arange(blocks) * BLOCK // config.hop, pitch.size - 1)
    hz = pitch[frame]
    period = config.rate / np.maximum(hz, LOWEST_HZ)
    lag = np.round(period * np.ceil(BLOCK / period)).astype(np.int64)
    return np.where(hz > 0, np.clip(lag, BLOCK, PAST), BLOCK)


def _fitted(samples: Float32, length: int) -> Float32:
    return np.pad(samples, (0, max(0, length - samples.size)))[:length]


def voiced(pulses: Float32, loud: Float32) -> Float32:
    """Pulses (blocks * BLOCK,) through a filter of minimum phase for each block: (blocks, BLOCK).

    loud: natural logarithms of magnitudes (blocks, bins), evenly spaced up to half the rate. By folding the
    cepstrum (Oppenheim and Schafer, Discrete-Time Signal Processing, 13.5): a mouth answers to a pulse after
    it and fades, and so does such a filter.
    """
    size = 2 * (loud.shape[1] - 1)
    cepstrum = np.fft.irfft(loud, size) * causal(size)
    taps = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)), size) * fade(size)
    return _applied(pulses, taps, 0)


def hissed(noise: Float32, loud: Float32) -> Float32:
    """Noise (blocks * BLOCK,) through a filter without delay for each block; the rest as :func:`voiced`."""
    size = 2 * (loud.shape[1] - 1)
    taps = np.roll(np.fft.irfft(np.exp(loud), size), size // 2, 1) * np.hanning(size + 1)[:-1]
    return _applied(noise, taps, size // 2)


def causal(size: int) -> Float32:
    """What folds a symmetric cepstrum (size,) onto its first half."""
    weights = np.zeros(size, np.float32)
    weights[[0, size // 2]] = 1
    weights[1 : size // 2] = 2
    return weights


def fade(size: int) -> Float32:
    """A window over taps (size,): the second half fades out."""
    return np.append(np.ones(size // 2), np.hanning(size + 1)[size // 2 : -1]).astype(np.float32)


def _applied(source: Float32, taps: npt.NDArray[np.floating], delay: int) -> Float32:
    """Each block through its filter, which rings on into the blocks behind it; ``delay`` samples earlier."""
    count = len(taps)
    reach = -(-(taps.shape[1] + BLOCK - 1) // BLOCK)  # blocks
    spectrum = np.fft.rfft(source.reshape(count, BLOCK), reach * BLOCK) * np.fft.rfft(taps, reach * BLOCK)
    answers = np.fft.irfft(spectrum, reach * BLOCK).reshape(count, reach, BLOCK)
    sound = np.zeros((count + reach, BLOCK), np.float32)
    for later in range(reach):
        sound[later : later + count] += answers[:, later]
    return sound.reshape(-1)[delay : delay + count * BLOCK].reshape(count, BLOCK)


def _held(part: Float32, blocks: int) -> Float32:
    """The first ``blocks``; where there are fewer, the last one is held."""
    return np.concatenate([part[:blocks], np.repeat(part[-1:], max(0, blocks - len(part)), 0)])
