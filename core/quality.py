"""Is this recording fit to be judged? Measures while it streams by, and plain conclusions at the end.

Every threshold is a constant here with the reason for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from earwitness.report import ChannelQuality, FileFacts, Quality
from earwitness.samples import Float32
from earwitness.spectrum import Spectrum
from earwitness.vad import FRAME, RATE, VoiceActivity
from earwitness.voicing import LongestRun, VoicedShare

__all__ = ["MeasuredChannel", "QualityMeter", "conclude"]

SPEECH = 0.5  # probability from which a frame counts as speech: Silero's own default
PAUSE = 0.1  # ... below which it counts as a pause; the grey zone between is left out of both

# --- not usable -------------------------------------------------------------------------------------------
# Development voices with 1.0 to 1.5 s of speech score as those with 1.5 to 2 s do; below, one hears two or
# three syllables. (Commercial APIs refuse below 1.5 to 3 s.)
MIN_SPEECH_S = 1.0
# Barks, sneezes and single words are called speech, too, a moment at a time. Of 107 people, each in four
# channels, one stayed under 0.6 s (0.54 s, after GSM); barks last 0.3 s.
MIN_STRETCH_S = 0.5
# Of the speech of the same people at least 27 % of all pairs of frames were voiced (with white noise of 5 dB,
# too), of whispers (simulated) at most 22 % in 19 of 20.
MIN_VOICED = 0.2
# One step of 16-bit sound is -90 dBFS: below it there is nothing but rounding.
SILENCE_PEAK_DBFS = -90.0
# At -65 dBFS a 16-bit recording keeps about 5 of its bits for the speech: fine structure drowns in rounding.
MIN_LEVEL_DBFS = -65.0
# A tenth of all samples flat: the waveform is closer to a square wave than to speech.
HOPELESS_CLIPPING = 0.10
# The background is as loud as the speech: what a detector says is about the background.
HOPELESS_SNR_DB = 0.0

# --- usable, with a warning -------------------------------------------------------------------------------
SHORT_SPEECH_S = 4.0  # one window of the usual detectors
LOW_LEVEL_DBFS = -50.0
NOTICEABLE_CLIPPING = 0.002  # 0.2 % of the samples: audible on every stressed vowel
LOW_SNR_DB = 10.0
# 8-kHz sound ends below 4 kHz, but the filters of common resamplers let it leak up to 4.6 kHz (-60 dB);
# wide-band speech goes past 5 kHz.
TELEPHONE_BAND_HZ = 4_700.0
TELEPHONE_CODECS = frozenset(
    {
        "amr_nb",
        "amrnb",
        "gsm",
        "gsm_ms",
        "pcm_alaw",
        "pcm_mulaw",
        "g723_1",
        "g728",
        "g729",
        "qcelp",
        "evrc",
        "ilbc",
    }
)
# Below these bits per second and channel the codec leaves holes in the spectrum or replaces it by noise.
HEAVY_BELOW_BPS = {
    "mp3": 40_000, "mp2": 64_000, "aac": 24_000, "vorbis": 40_000, "opus": 16_000, "wmav1": 40_000,
    "wmav2": 40_000, "ac3": 40_000, "speex": 16_000, "amr_wb": 16_000, "wmavoice": 20_000,
}  # fmt: skip
HEAVY_ALWAYS = frozenset({"amr_nb", "amrnb", "gsm", "gsm_ms", "g723_1", "g729", "qcelp", "evrc", "ilbc"})
# Share of empty time-frequency cells inside the speech band (see spectrum.py). 20 clips of ours had at most
# 0.010 as they are, and a median of 0.016 after MP3 at 32 kbit/s. AAC and Opus fill holes with noise and are
# not seen this way.
HOLES_HEAVY = 0.015

_MIN_FOR_SNR_S = 0.5
_MAX_SNR_DB = 80.0
_FULL = 1.0
_STEP = 1.5 / 32768  # samples closer than this are one 16-bit value
_CLIP_RUN = 3  # two equal samples happen at any crest, three in a row at the very ceiling do not
_CLIP_CEILING = 0.05  # a ceiling below -26 dBFS is a quiet passage, not a limit
_DB_FLOOR = -100
_DB_BINS = 140  # 1-dB bins from -100 to +40 dBFS


class MeasuredChannel(ChannelQuality):
    """A channel's measures with those that only :func:`conclude` uses."""

    holes: float | None = None
    """Share of empty time-frequency cells within the speech band, 0..1; None without enough speech."""
    longest_s: float | None = None
    """Longest stretch of speech without a pause, in seconds."""
    voiced: float | None = None
    """Share of the speech that has a pitch, 0..1."""

    def public(self) -> ChannelQuality:
        """The measures that go into the report."""
        return ChannelQuality(**self.model_dump(exclude={"holes", "longest_s", "voiced"}))


class QualityMeter:
    """Measures one channel (or the mix) as it comes in, in bounded memory."""

    def __init__(self, native_rate: int) -> None:
        self._vad = VoiceActivity()
        self._spectrum = Spectrum(native_rate)
        self._peak = 0.0
        self._samples = 0
        self._clipped = 0
        self._speech_frames = 0
        self._speech_power = 0.0
        self._speech_levels = np.zeros(_DB_BINS, dtype=np.int64)
        self._pause_levels = np.zeros(_DB_BINS, dtype=np.int64)
        self._run = LongestRun()
        self._voicing = VoicedShare()

    def push(self, native: Float32, speech16k: Float32) -> Float32:
        """Take the next stretch twice: at the file's rate, shape (n,), and at 16 kHz, shape (m,).

        The two need not be aligned better than 0.1 s. m must be a multiple of 512 except in the last
        push. Returns the speech probability 0..1 of each of the m samples, shape (m,).
        """
        probability = self._vad.push(speech16k)
        self._add_levels(speech16k, probability)
        self._add_clipping(native)
        self._spectrum.add(native, probability, SPEECH, PAUSE)
        return np.repeat(probability, FRAME)[: len(speech16k)]

    def result(self, channel: int | None) -> MeasuredChannel:
        """The measures so far, of channel ``channel`` (None: the mix)."""
        speech_s = self._speech_frames * FRAME / RATE
        level = self._speech_power / self._speech_frames if self._speech_frames else 0.0
        return MeasuredChannel(
            channel=channel,
            speech_s=round(speech_s, 2),
            level_dbfs=_db(level),
            peak_dbfs=_db(self._peak**2),
            clipped_fraction=round(self._clipped / self._samples, 6) if self._samples else 0.0,
            snr_db=self._snr_db() if speech_s >= _MIN_FOR_SNR_S else None,
            bandwidth_hz=self._spectrum.bandwidth_hz(),
            holes=self._spectrum.holes(),
            longest_s=round(self._run.longest * FRAME / RATE, 2),
            voiced=self._voicing.result(),
        )

    def _add_levels(self, samples: Float32, probability: Float32) -> None:
        whole = len(samples) // FRAME
        if not whole:
            return
        frames = samples[: whole * FRAME].reshape(whole, FRAME)
        power = np.einsum("ij,ij->i", frames, frames) / FRAME
        decibel = 10 * np.log10(np.maximum(power, 1e-10))
        bins = np.clip(np.floor(decibel).astype(np.int64) - _DB_FLOOR, 0, _DB_BINS - 1)
        speech = probability[:whole] >= SPEECH
        self._run.push(speech)
        self._voicing.push(frames, speech)
        self._speech_frames += int(np.count_nonzero(speech))
        self._speech_power += float(power[speech].sum(dtype=np.float64))
        self._speech_levels += np.bincount(bins[speech], minlength=_DB_BINS)
        self._pause_levels += np.bincount(bins[probability[:whole] < PAUSE], minlength=_DB_BINS)

    def _add_clipping(self, native: Float32) -> None:
        if not len(native):
            return
        self._samples += len(native)
        highest, lowest = float(native.max()), float(native.min())
        self._peak = max(self._peak, highest, -lowest)
        for ceiling, samples in ((highest, native), (-lowest, -native)):
            limit = min(ceiling, _FULL)
            if limit >= _CLIP_CEILING:
                self._clipped += _in_runs(samples >= limit - _STEP)

    def _snr_db(self) -> float:
        """Speech over background: mean power of the speech frames over the level of the background.

        The background is the median pause, or the quietest twentieth of the speech frames where that is
        less (nothing in them can be below the background): loud music before a clean talk is no noise.
        """
        speech = self._speech_power / self._speech_frames
        level = _quantile(self._speech_levels, 0.05)
        if self._pause_levels.sum() * FRAME / RATE >= _MIN_FOR_SNR_S:
            level = min(level, _quantile(self._pause_levels, 0.5))
        background = 10 ** (level / 10)
        clean = max(speech - background, speech * 1e-3)  # -30 dB: speech drowned in its own background
        return round(float(min(_MAX_SNR_DB, 10 * np.log10(clean / background))), 1)


def _in_runs(flat: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> int:
    """How many samples lie in runs of at least three True."""
    where = np.flatnonzero(flat)
    if len(where) < _CLIP_RUN:
        return 0
    starts = np.flatnonzero(np.diff(where, prepend=where[0] - 2) != 1)
    lengths = np.diff(starts, append=len(where))
    return int(lengths[lengths >= _CLIP_RUN].sum())


def _quantile(levels: np.ndarray[tuple[int, ...], np.dtype[np.int64]], share: float) -> float:
    """Level in dBFS below which ``share`` of the frames of a histogram lie."""
    cumulated = np.cumsum(levels)
    return float(np.searchsorted(cumulated, share * cumulated[-1])) + _DB_FLOOR + 0.5


def _db(power: float) -> float | None:
    return round(float(10 * np.log10(power)), 1) if power > 0 else None


def conclude(channels: Sequence[ChannelQuality], facts: FileFacts) -> tuple[Quality, tuple[str, ...]]:
    """Quality of the recording (that of its best channel) and the warnings, in plain words.

    channels: one entry for the mix, or one a channel when they were judged apart.
    """
    reasons = [_reasons(one) for one in channels]
    best = min(range(len(channels)), key=lambda k: (bool(reasons[k]), -channels[k].speech_s))
    measured = channels[best]
    usable = not reasons[best]
    telephone = _is_telephone(measured, facts)
    heavy = _is_heavy(measured, facts)
    quality = Quality(
        **_public(measured).model_dump(),
        usable=usable,
        reasons=tuple(reasons[best]),
        telephone=telephone,
        heavy_compression=heavy,
        channels=tuple(_public(one) for one in channels) if len(channels) > 1 else (),
    )
    return quality, tuple(_warnings(measured, usable, telephone, heavy))


def _public(channel: ChannelQuality) -> ChannelQuality:
    return channel.public() if isinstance(channel, MeasuredChannel) else channel


def _reasons(channel: ChannelQuality) -> list[str]:
    if channel.peak_dbfs is None or channel.peak_dbfs < SILENCE_PEAK_DBFS:
        return ["The recording is silent."]
    found = []
    if channel.speech_s == 0:
        found.append("There is no speech in the recording.")
    elif channel.speech_s < MIN_SPEECH_S:
        found.append(
            f"There are only {channel.speech_s:.1f} s of speech; at least {MIN_SPEECH_S:.1f} s are needed."
        )
    elif isinstance(channel, MeasuredChannel):
        found += _odd_speech(channel)
    level = channel.level_dbfs if channel.level_dbfs is not None else channel.peak_dbfs
    if level < MIN_LEVEL_DBFS:
        found.append(f"The recording is far too quiet ({level:.0f} dBFS).")
    if channel.clipped_fraction >= HOPELESS_CLIPPING:
        found.append(f"{channel.clipped_fraction:.0%} of the samples are clipped: the waveform is destroyed.")
    if channel.snr_db is not None and channel.snr_db < HOPELESS_SNR_DB:
        found.append(f"The background is louder than the speech ({channel.snr_db:.0f} dB).")
    return found


def _odd_speech(channel: MeasuredChannel) -> list[str]:
    """Why what is called speech may be none, or none of the kind that can be judged."""
    if channel.longest_s is not None and channel.longest_s < MIN_STRETCH_S:
        longest = f"the longest lasts {channel.longest_s:.1f} s"
        return [f"There are only scraps of speech ({longest}): single sounds, or a word here and there."]
    if channel.voiced is not None and channel.voiced < MIN_VOICED:
        return [
            f"Hardly any of the speech has a voice ({channel.voiced:.0%}): whispered, or drowned in noise."
        ]
    return []


def _is_telephone(channel: ChannelQuality, facts: FileFacts) -> bool:
    if facts.codec in TELEPHONE_CODECS or facts.sample_rate <= 8_000:
        return True
    return channel.bandwidth_hz is not None and channel.bandwidth_hz <= TELEPHONE_BAND_HZ


def _is_heavy(channel: ChannelQuality, facts: FileFacts) -> bool:
    limit = HEAVY_BELOW_BPS.get(facts.codec)
    per_channel = facts.bit_rate / facts.channels if facts.bit_rate else None
    if facts.codec in HEAVY_ALWAYS or (limit and per_channel is not None and per_channel < limit):
        return True
    holes = channel.holes if isinstance(channel, MeasuredChannel) else None
    return holes is not None and holes >= HOLES_HEAVY


def _warnings(channel: ChannelQuality, usable: bool, telephone: bool, heavy: bool) -> list[str]:
    found = []
    if telephone:
        found.append("Telephone band: sound above 4 kHz is missing, and with it part of the evidence.")
    if heavy:
        found.append("Heavy lossy compression: it removes traces and leaves some of its own.")
    if usable and channel.speech_s < SHORT_SPEECH_S:
        found.append(f"Short: only {channel.speech_s:.1f} s of speech.")
    if usable and channel.snr_db is not None and channel.snr_db < LOW_SNR_DB:
        found.append(f"Noisy: the speech is only {channel.snr_db:.0f} dB above the background.")
    if usable and channel.clipped_fraction >= NOTICEABLE_CLIPPING:
        found.append(f"Clipped: {channel.clipped_fraction:.1%} of the samples are cut flat.")
    if usable and channel.level_dbfs is not None and channel.level_dbfs < LOW_LEVEL_DBFS:
        found.append(f"Quiet: the speech is at {channel.level_dbfs:.0f} dBFS.")
    return found
