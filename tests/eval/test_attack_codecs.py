"""Codecs are grouped by their bit rate, and pairs are two codecs in a row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from earwitness.eval.attack_codecs import codec_attacks
from earwitness.eval.attack_types import Material

Float32 = npt.NDArray[np.float32]
TABLE = {attack.name: attack for attack in codec_attacks()}


def test_groups_follow_the_bit_rate() -> None:
    assert TABLE["gsm"].group == "gsm"
    for name in ("opus_12k", "mp3_8k", "amr_nb_12.2k", "amr_nb_12.2k_then_gsm"):
        assert TABLE[name].group == "low_codec", name
    for name in ("opus_16k", "mp3_16k", "g711_alaw", "g722", "aac_64k_then_mp3_32k"):
        assert TABLE[name].group == "codec", name


def test_two_in_a_row_lose_more_than_one(speech_like: Callable[..., Float32]) -> None:
    x = speech_like(2.0)
    nothing = Material(x, x, x)

    def kept(name: str) -> float:
        heard = TABLE[name].run(x, nothing, np.random.default_rng(3))
        assert heard.shape == x.shape
        return float(np.corrcoef(x, heard)[0, 1])

    assert kept("g711_mulaw_then_opus_16k") < kept("g711_mulaw") < 0.99999
    assert kept("opus_64k") > kept("opus_8k")
