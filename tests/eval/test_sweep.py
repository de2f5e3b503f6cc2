"""Points of the sweep: they run, do what their name says, repeat themselves, and keep the length."""

from __future__ import annotations

import numpy as np
import pytest

from earwitness.eval import attacks, sweep

N = 32_000


def tone(hertz: float, seed: int) -> sweep.Float32:
    rng = np.random.default_rng(seed)
    swell = np.sin(np.pi * np.arange(N) / N)
    sound = swell * np.sin(2 * np.pi * hertz * np.arange(N) / 16_000) + 0.01 * rng.standard_normal(N)
    return (0.4 * sound).astype(np.float32)


NOISE = np.random.default_rng(9).standard_normal(N).astype(np.float32)
SOUNDS = sweep.Sounds([tone(200.0 + 150 * k, k) for k in range(5)], NOISE)


def run(name: str, x: sweep.Float32) -> sweep.Float32:
    return sweep.treat(name, x, np.random.default_rng(1), SOUNDS)


@pytest.mark.parametrize("name", list(sweep.POINTS))
def test_a_point_runs_and_repeats_itself(name: str) -> None:
    x = tone(700.0, 42)
    heard = run(name, x)
    assert heard.dtype == np.float32
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 1.01
    assert not np.array_equal(heard, x)
    assert np.array_equal(heard, run(name, x))
    if sweep.POINTS[name].axis != "speed":
        assert heard.shape == x.shape


@pytest.mark.parametrize("kind", ["white", "pink", "babble", "recorded"])
def test_noise_is_as_loud_as_its_name_says(kind: str) -> None:
    x = tone(700.0, 42)
    mild, hard = (run(f"{kind}={snr}", x) - x for snr in (30, 20))
    assert 10 * np.log10(np.mean(hard**2) / np.mean(mild**2)) == pytest.approx(10.0, abs=0.5)


def test_speed_band_and_level_do_what_they_say() -> None:
    x = tone(3000.0, 42)
    assert run("speed=1.25", x).size == pytest.approx(N / 1.25, abs=2)
    assert np.abs(run("level=-20", x)).max() == pytest.approx(0.1, rel=1e-3)
    assert np.std(run("bandwidth=2.5", x)) < 0.2 * np.std(x) < np.std(run("bandwidth=7", x))


def test_silence_stays_silence_at_every_level() -> None:
    assert not run("level=-10", np.zeros(N, np.float32)).any()


def test_each_kind_runs_from_mild_to_hard() -> None:
    along: dict[str, list[float]] = {}
    for point in sweep.POINTS.values():
        if point.value is not None:
            along.setdefault(point.kind, []).append(point.value)
    assert set(along) >= {"mp3", "aac", "opus", "white", "pink", "babble", "recorded", "room", "level"}
    for kind, values in along.items():
        assert values in (sorted(values), sorted(values, reverse=True)), kind
    assert along["white"] == [30, 20, 15, 10, 5, 0]


def test_what_needs_other_sounds_is_left_out_without_them() -> None:
    everything = sweep.available(voices=8, noises=1)
    assert everything == list(sweep.POINTS)
    bare = set(sweep.available(voices=attacks.MIN_BABBLE_VOICES, noises=0))
    assert {p.kind for n, p in sweep.POINTS.items() if n not in bare} == {"babble", "recorded"}


def test_names_that_both_have_mean_the_same() -> None:
    x = tone(700.0, 42)
    shared = set(sweep.POINTS) & set(attacks.GROUPS["all"])
    assert "phone_call" in shared
    table = attacks.conditions(SOUNDS.voices)
    for name in shared:
        assert np.array_equal(run(name, x), table[name](x, np.random.default_rng(1))), name


def test_every_point_lies_on_an_axis_that_is_described() -> None:
    assert {point.axis for point in sweep.POINTS.values()} == set(sweep.AXES) - {sweep.LENGTH}
    assert len(sweep.fingerprint()) == 12
    assert sweep.fingerprint() != attacks.fingerprint()
