"""Named conditions: all run, all keep the length, equal seeds agree, names are parsed strictly."""

import numpy as np
import pytest

from earwitness.errors import UsageError
from earwitness.eval import attacks

N = 48_000


def tone(hertz: float, seed: int) -> attacks.Float32:
    rng = np.random.default_rng(seed)
    swell = np.sin(np.pi * np.arange(N) / N)
    sound = swell * np.sin(2 * np.pi * hertz * np.arange(N) / 16_000) + 0.01 * rng.standard_normal(N)
    return (0.4 * sound).astype(np.float32)


VOICES = [tone(200.0 + 150 * i, i) for i in range(5)]
TABLE = attacks.conditions(VOICES)


def test_every_name_of_every_group_exists_and_all_is_all() -> None:
    assert set(attacks.GROUPS["all"]) == {attacks.CLEAN, *TABLE}
    for group, names in attacks.GROUPS.items():
        assert set(names) <= set(attacks.GROUPS["all"]), group


@pytest.mark.parametrize("name", sorted(TABLE))
def test_condition_keeps_length_and_repeats_itself(name: str) -> None:
    speech = tone(700.0, 42)
    heard = TABLE[name](speech, np.random.default_rng(1))
    assert heard.shape == speech.shape
    assert heard.dtype == np.float32
    assert np.isfinite(heard).all()
    assert not np.array_equal(heard, speech)
    assert np.array_equal(heard, TABLE[name](speech, np.random.default_rng(1)))


def test_noise_conditions_differ_in_level_as_named() -> None:
    speech = tone(700.0, 42)
    for kind in ("white", "pink", "babble"):
        weak, strong = (
            TABLE[f"{kind}_{snr}db"](speech, np.random.default_rng(1)) - speech for snr in (20, 10)
        )
        ratio = np.mean(np.square(strong)) / np.mean(np.square(weak))
        assert 10 * np.log10(ratio) == pytest.approx(10.0, abs=0.5), kind


def test_babble_needs_voices() -> None:
    assert "babble_10db" not in attacks.conditions()
    assert "babble_10db" not in attacks.conditions(VOICES[:2])


def test_babble_mixes_all_voices_equally_loud() -> None:
    voices = [0.01 * VOICES[0], VOICES[1], VOICES[2]]
    mixed = attacks.babble(N, voices, np.random.default_rng(0))
    spectrum = np.abs(np.fft.rfft(mixed)) ** 2
    energies = [spectrum[3 * hertz - 60 : 3 * hertz + 61].sum() for hertz in (200, 350, 500)]
    assert min(energies) > 0.5 * max(energies)


def test_parse_spells_groups_out_once() -> None:
    assert attacks.parse("clean, gsm,channels") == ["clean", "gsm", "g711_mulaw", "opus_16k", "mp3_32k"]
    with pytest.raises(UsageError, match="wax_cylinder"):
        attacks.parse("clean,wax_cylinder")


def test_fingerprint_is_of_the_code() -> None:
    assert len(attacks.fingerprint()) == 12
    int(attacks.fingerprint(), 16)
