"""All attacks of the watermark bench, with their numbers.

They cover what runs offline of AudioMarkBench (NeurIPS 2024), RAW-Bench 0.1 (strict; Interspeech 2025) and
OmniSealBench (2025), most of their numbers and harder ones between, and what the three leave out: telephone
codecs, real rooms, cuts, splices and vocoders. All at 16 kHz, where the bench's clips are; cut-offs of
RAW-Bench, whose clips have 44.1 kHz, are the same in Hz. Of AudioMarkBench's filters those that leave nothing
or everything at 16 kHz are left out, and neural codecs whose weights are on hubs only (EnCodec, DAC).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from earwitness.detector.training import channels
from earwitness.errors import MissingDependencyError
from earwitness.eval import attack_rework as rework
from earwitness.eval import attack_space as space
from earwitness.eval import attack_time as time
from earwitness.eval import attack_tone as tone
from earwitness.eval.attack_codecs import codec_attacks
from earwitness.eval.attack_types import AMB, OMNI, RAW, Attack, Float32, Material, mixing, plain, random

__all__ = ["ENGINES", "EVERYWHERE", "OVERWRITE", "attacks"]

EVERYWHERE = {
    *("none", "mp3_32k", "mp3_64k", "aac_32k", "opus_16k", "opus_32k", "vorbis_48k", "amr_nb_12.2k"),
    *("g711_mulaw", "g722", "gsm", "resample_8000", "bandpass_300_3400", "echo_0.3s_0.5", "white_20db"),
    *("white_10db", "reverb_0.4s_-11db", "rerecord", "speed_0.9", "speed_1.05", "stretch_1.1", "pitch_+1"),
    *("crop_3s", "crop_1s"),
}
"""Run on all clips."""
ENGINES = {
    "griffin_lim": "mel",
    "world": "vocoder",
    "hifigan_univ": "vocoder",
    "hifigan_lj": "vocoder",
    "hifigan_16k": "vocoder",
    "fargan": "far_vocoder",
    "lyra_3200": "far_vocoder",
    "lyra_9200": "far_vocoder",
    "mbmelgan": "far_vocoder",
}
"""Slow: run on few clips."""
OVERWRITE = "overwrite"
_ALL = f"{AMB},{RAW},{OMNI}"


def _filters() -> Iterator[Attack]:
    for rate in (8_000, 11_025, 12_000, 22_050):
        yield plain(f"resample_{rate}", "resample", channels.resample_through, rate, by=OMNI)
    for hertz, by in ((6_000, RAW), (4_800, AMB), (4_000, OMNI), (3_500, RAW), (3_200, AMB)):
        yield plain(f"lowpass_{hertz}", "filter", tone.low_pass, hertz, by=by)
    for hertz, by in ((250, RAW), (500, f"{RAW},{OMNI}")):
        yield plain(f"highpass_{hertz}", "filter", tone.high_pass, hertz, by=by)
    yield plain("bandpass_300_3400", "filter", tone.band_pass, 300, 3_400, by=OMNI)
    for hertz, by in ((1_600, AMB), (1_000, OMNI), (500, OMNI)):
        yield plain(f"lowpass_{hertz}", "far_filter", tone.low_pass, hertz, by=by)
    for hertz, by in ((1_500, OMNI), (3_200, AMB), (4_800, AMB)):
        yield plain(f"highpass_{hertz}", "far_filter", tone.high_pass, hertz, by=by)
    for hertz in (300, 1_000, 3_000):
        for gain_db in (6, -6):
            yield plain(f"eq_{hertz}_{gain_db:+}db", "filter", _peak, hertz, gain_db, by=RAW)
    yield plain("eq_tilt", "filter", _tilt)
    yield random("notches", "filter", tone.cut_tones)
    for width in (2, 6, 10, 22, 40):
        group = "filter" if width <= 10 else "far_filter"
        yield plain(f"smooth_{width}", group, tone.smooth, width, by=f"{AMB},{OMNI}")
    for degrees in (45, 90):
        yield plain(f"phase_{degrees}", "filter", tone.phase_shift, degrees, by=RAW)


def _peak(x: Float32, hertz: float, gain_db: float) -> Float32:
    return tone.equalise(x, {hertz: gain_db})


def _tilt(x: Float32) -> Float32:
    return tone.equalise(x, {150.0: 6.0, 600.0: -4.0, 2_400.0: 4.0, 6_000.0: -6.0})


def _levels() -> Iterator[Attack]:
    for factor, by in ((0.1, OMNI), (0.2, RAW), (0.5, RAW), (1.5, RAW)):
        yield plain(f"gain_{factor:g}", "gain", tone.scale, factor, by=by)
    yield plain("polarity", "gain", np.negative, by=RAW)
    for factor in (3, 5, 10):
        yield plain(f"gain_{factor}_clipped", "clip", _overdriven, factor, by=RAW)
    yield random("clip_1_percent", "clip", channels.clip, 0.01)
    for threshold in (-36, -24, -18):
        yield plain(f"compressor_{threshold}db", "dynamics", tone.compress, threshold, 4, by=RAW)
        yield plain(f"limiter_{threshold}db", "dynamics", tone.compress, threshold, 100, by=RAW)
    for threshold in (-30, -16, -12):
        yield plain(f"expander_{threshold}db", "dynamics", tone.expand, threshold, by=RAW)
    yield plain("level_control", "dynamics", rework.level_control)
    for bits, by in ((16, RAW), (12, RAW), (8, AMB), (6, AMB), (4, AMB)):
        yield plain(f"quantise_{bits}bit", "quantise", tone.quantise, bits, by=by)
    both = f"{AMB},{OMNI}"
    for delay, volume, by in ((0.1, 0.3, both), (0.15, 0.4, ""), (0.3, 0.5, both), (0.5, 0.5, OMNI)):
        yield plain(f"echo_{delay:g}s_{volume:g}", "echo", tone.echo, delay, volume, by=by)


def _overdriven(x: Float32, factor: float) -> Float32:
    """All over a ``factor``-th of the peak is flattened, however loud the recording is."""
    peak = np.float32(max(float(np.abs(x).max(initial=0.0)), 1e-6))
    return tone.scale(x / peak, factor) * peak


def _noises() -> Iterator[Attack]:
    for snr, by in (
        (40, f"{AMB},{RAW}"),
        (30, f"{AMB},{RAW}"),
        (20, f"{AMB},{RAW}"),
        (15, ""),
        (10, AMB),
        (5, AMB),
    ):
        group = "noise" if snr >= 20 else "loud_noise"
        yield random(f"white_{snr}db", "white_10" if snr == 10 else group, space.noisy, snr, 0, by=by)
        yield random(f"pink_{snr}db", group, space.noisy, snr, 1, by=OMNI)
        yield mixing(f"recorded_{snr}db", group, "noise", snr, by)
    for deviation in (0.001, 0.005, 0.05):
        yield random(f"white_std_{deviation:g}", "loud_noise", space.shaped_noise, deviation, by=OMNI)
    for snr in (20, 10, 5):
        yield mixing(f"music_{snr}db", "mix", "music", snr)
    yield mixing("voice_10db", "mix", "other", 10)


def _rooms() -> Iterator[Attack]:
    # The first is the room that the prototype was measured in: the direct sound has a twelfth of the energy.
    yield random("reverb_0.4s_-11db", "reverb", space.reverberant, 0.4, -11)
    for seconds, direct, by in ((0.3, 6, RAW), (0.5, 6, RAW), (0.5, 0, RAW), (0.4, 2, RAW)):
        yield random(
            f"reverb_{seconds:g}s_{direct}db", "near_reverb", space.reverberant, seconds, direct, by=by
        )
    yield random("room_0.35s_3db", "near_reverb", space.in_room, 0.35, 3)
    yield random("reverb_0.8s_-11db", "far_reverb", space.reverberant, 0.8, -11)
    yield random("rerecord", "rerecord", space.rerecorded)
    yield random("rerecord_bad", "far_reverb", space.rerecorded_badly)


def _warps() -> Iterator[Attack]:
    for factor in (0.9, 0.95, 0.98, 1.02, 1.05, 1.1):
        yield plain(f"speed_{factor:g}", "warp", time.speed, factor, by=OMNI)
        by = AMB if factor in (0.9, 1.1) else RAW
        yield plain(f"stretch_{factor:g}", "warp", time.stretch, factor, by=by)
    for factor in (0.9, 1.1):
        yield plain(f"tempo_{factor:g}", "warp", time.tempo, factor)
    for semitones in (-1.5, -1, 1, 1.5):
        yield plain(f"pitch_{semitones:+g}", "warp", time.pitch, semitones)
    for factor in (0.5, 0.8, 1.2, 1.25, 1.5):
        yield plain(f"speed_{factor:g}", "far_warp", time.speed, factor, by=OMNI)
    for factor, by in ((0.7, AMB), (0.8, RAW), (1.2, RAW), (1.25, RAW), (1.3, AMB), (1.5, AMB)):
        yield plain(f"stretch_{factor:g}", "far_warp", time.stretch, factor, by=by)
    for semitones in (-3, 3):
        yield plain(f"pitch_{semitones:+g}", "far_warp", time.pitch, semitones)
    yield plain("wow_0.5_percent", "jitter", time.wow, 0.005, 0.7)
    for share in (0.01, 0.2):
        yield random(f"jitter_{share:g}", "jitter", time.jitter, share, by=RAW)
    yield random("drop_0.1_percent", "jitter", time.drop_samples, 0.001)


def _cuts() -> Iterator[Attack]:
    yield random("crop_3s", "crop_3", time.crop, 3)
    yield random("crop_1s", "crop_1", time.crop, 1)
    yield plain("trim_37ms", "splice", time.trim, 0.037)
    yield Attack("splice_0.6", "splice", lambda x, material, _: time.splice(x, material.other, 0.6))
    yield Attack("splice_0.4", "splice", lambda x, material, _: time.splice(x, material.other, 0.4))
    for share in (0.1, 0.3):
        yield plain(f"shush_{share:g}", "splice", rework.fade_start, share, by=OMNI)
    for loss in (0.02, 0.1):
        yield random(f"packet_loss_{loss:g}", "loss", channels.packet_loss, loss)
    yield Attack(OVERWRITE, "overwrite", _overwrite)


def _overwrite(x: Float32, material: Material, _: np.random.Generator) -> Float32:
    if material.remark is None:
        raise MissingDependencyError("this scheme has neither keys nor payloads.", subject=OVERWRITE)
    return material.remark(x)


def _remade() -> Iterator[Attack]:
    yield plain("wiener", "denoise", rework.wiener)
    yield plain("spectral_gate", "denoise", rework.gate_noise)
    yield plain("blur", "denoise", rework.blur)
    yield random("noise_then_wiener", "denoise", lambda x, rng: rework.wiener(space.noisy(x, rng, 15.0)))
    for method, group in ENGINES.items():
        yield Attack(method, group, _Engine(method))


class _Engine:
    """A vocoder of the material's folder."""

    def __init__(self, method: str) -> None:
        self._method = method

    def __call__(self, x: Float32, material: Material, rng: np.random.Generator) -> Float32:
        if material.engines is None:
            raise MissingDependencyError(
                "no folder of engines was given.", subject=self._method, hint="Give --engines."
            )
        return rework.engine(x, rng, self._method, material.engines)


def attacks() -> dict[str, Attack]:
    """All by name; "none" is the marked recording as it is."""
    none = plain("none", "none", np.copy)
    parts = (codec_attacks(), _filters(), _levels(), _noises(), _rooms(), _warps(), _cuts(), _remade())
    found = {}
    for attack in (none, *(attack for part in parts for attack in part)):
        if attack.name in EVERYWHERE:
            attack = replace(attack, scope="all")
        elif attack.name in ENGINES:
            attack = replace(attack, scope="few")
        found[attack.name] = attack
    return found
