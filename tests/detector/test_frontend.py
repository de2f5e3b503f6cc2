"""The spectrogram: its shape, what it forgets (level, silence) and what it keeps."""

from collections.abc import Callable

import numpy as np
import pytest

from earwitness.detector.frontend import (
    BINS,
    FLOOR_DB,
    HOP,
    N_FFT,
    SAMPLE_RATE,
    SCALE,
    VIEWS,
    frames_in,
    full,
    phases,
    spectrogram,
    views_of,
    wideband,
)
from earwitness.samples import Float32

Sound = Callable[..., Float32]


@pytest.mark.parametrize(
    ("samples", "frames"),
    [(0, 0), (1, 0), (N_FFT - 1, 0), (N_FFT, 1), (N_FFT + HOP - 1, 1), (N_FFT + HOP, 2), (48_000, 297)],
)
def test_frames_in_counts_whole_frames_only(samples: int, frames: int) -> None:
    assert frames_in(samples) == frames


@pytest.mark.parametrize("samples", [N_FFT, N_FFT + HOP, 5_001, 48_000])
def test_shape_follows_the_number_of_samples(noise: Sound, samples: int) -> None:
    made = spectrogram(noise(4.0)[:samples])
    assert made.shape == (BINS, frames_in(samples))
    assert made.dtype == np.float32
    assert made.flags.c_contiguous


def test_less_than_a_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="window"):
        spectrogram(np.zeros(N_FFT - 1, dtype=np.float32))


@pytest.mark.parametrize("gain", [1e-3, 0.1, 2.0])
def test_level_makes_no_difference(speech_like: Sound, gain: float) -> None:
    sound = speech_like(2.0, level=0.4)
    assert spectrogram(np.float32(gain) * sound) == pytest.approx(spectrogram(sound), abs=1e-3)


def test_the_mean_is_zero_and_the_scale_moderate(speech_like: Sound) -> None:
    made = spectrogram(speech_like(3.0))
    assert abs(float(made.mean())) < 1e-4
    assert 0.2 < float(made.std()) < 2.0


def test_with_a_speech_mask_the_mean_is_that_of_the_speech(speech_like: Sound) -> None:
    sound = np.concatenate([speech_like(1.5), np.zeros(SAMPLE_RATE, np.float32)])
    speech = np.arange(frames_in(len(sound))) < 100
    made = spectrogram(sound, speech)
    assert abs(float(made[:, speech].mean())) < 1e-4
    assert float(made[:, ~speech].mean()) < -0.3, "pauses lie under the speech"


def test_a_mask_that_marks_nothing_is_no_mask(speech_like: Sound) -> None:
    sound = speech_like(1.0)
    nobody = np.zeros(frames_in(len(sound)), dtype=np.bool_)
    assert np.array_equal(spectrogram(sound, nobody), spectrogram(sound))


def test_frames_of_the_mask_alone_set_the_floor(noise: Sound) -> None:
    loud_then_soft = np.concatenate([noise(0.5, level=0.5), noise(0.5, level=1e-6, seed=3)])
    soft = np.arange(frames_in(len(loud_then_soft))) > 55
    without, with_mask = spectrogram(loud_then_soft), spectrogram(loud_then_soft, soft)
    assert np.ptp(without[:, soft], axis=1).max() < 1e-3, "soft noise lies under the floor of the loud one"
    assert np.ptp(with_mask[:, soft], axis=1).min() > 0.3


def test_silence_is_flat_and_finite() -> None:
    assert np.array_equal(spectrogram(np.zeros(4_000, np.float32)), np.zeros((BINS, frames_in(4_000))))


def test_nothing_lies_further_down_than_the_floor(tone: Sound) -> None:
    sound = tone(1.0, hz=1000.0)
    sound[8_000:] = 0
    depth = float(np.ptp(spectrogram(sound), axis=1).max())
    assert depth <= FLOOR_DB / 10 * np.log(10) * 0.5 / SCALE + 1e-3


@pytest.mark.parametrize("hz", [500.0, 3000.0, 7000.0])
def test_the_axis_is_linear_frequency(tone: Sound, noise: Sound, hz: float) -> None:
    sound = np.concatenate([noise(1.0, level=0.01), tone(1.0, hz=hz, level=0.3) + noise(1.0, level=0.01)])
    made = spectrogram(sound)
    rise = made[:, 110:].mean(axis=1) - made[:, :90].mean(axis=1)
    assert int(np.argmax(rise)) == round(hz / SAMPLE_RATE * N_FFT) - 1, (
        "bin 0 of the axis is bin 1 of the FFT"
    )


@pytest.mark.parametrize("samples", [N_FFT, N_FFT + HOP, 5_001, 48_000])
def test_the_wide_band_view_has_two_frames_for_each_of_the_other(noise: Sound, samples: int) -> None:
    assert wideband(noise(4.0)[:samples]).shape == (BINS // 2, 2 * frames_in(samples))


@pytest.mark.parametrize("samples", [N_FFT, N_FFT + HOP, 48_000])
def test_the_phase_view_begins_with_the_spectrogram(noise: Sound, samples: int) -> None:
    sound = noise(4.0)[:samples]
    made = phases(sound)
    assert made.shape == (5, BINS, frames_in(samples))
    assert made.dtype == np.float32
    assert np.array_equal(made[0], spectrogram(sound))
    turns = made[1::2] ** 2 + made[2::2] ** 2
    assert (np.abs(turns[0] - 1) < 1e-3).mean() > 0.999, "but where nothing is heard"
    assert not turns[1, :, 0].any(), "nothing comes before the first frame"


@pytest.mark.parametrize("samples", [N_FFT, N_FFT + HOP, 5_001, 48_000])
def test_the_full_view_holds_the_others(noise: Sound, samples: int) -> None:
    sound = noise(4.0)[:samples]
    made = full(sound)
    assert made.shape == (9, BINS, frames_in(samples))
    assert made.dtype == np.float32
    assert np.array_equal(made[:5], phases(sound))
    short = wideband(sound)
    for channel, frames in ((made[5], short[:, 0::2]), (made[6], short[:, 1::2])):
        assert np.array_equal(channel[0::2], frames)
        assert np.array_equal(channel[1::2], frames), "every bin twice"


@pytest.mark.parametrize("gain", [1e-3, 2.0])
def test_level_makes_no_difference_to_the_full_view(speech_like: Sound, noise: Sound, gain: float) -> None:
    sound = speech_like(1.0, level=0.4) + noise(1.0, level=1e-3)
    made, other = full(sound), full(np.float32(gain) * sound)
    assert np.abs(other[[0, 5, 6, 7, 8]] - made[[0, 5, 6, 7, 8]]).max() < 1e-3
    # A phase may come or go where a bin lies exactly on the floor; nowhere else.
    assert (np.abs(other[1:5] - made[1:5]) > 1e-2).mean() < 1e-4


@pytest.mark.parametrize("at", [4_000, 8_000, 8_077, 12_345])
def test_every_channel_of_the_full_view_shows_a_click_in_the_same_frame(at: int) -> None:
    sound = np.full(16_000, 1e-4, np.float32)
    sound[at] = 1.0
    places = []
    for channel in full(sound)[[0, 5, 6, 7, 8]]:
        heard = channel.mean(axis=0)
        places.append(float(np.average(np.arange(len(heard)), weights=heard - heard.min())))
    assert places == pytest.approx([(at - N_FFT / 2) / HOP] * 5, abs=0.55)


@pytest.mark.parametrize(("bin_", "channel", "row"), [(80, 8, 39), (81, 7, 40), (1, 7, 0), (512, 8, 255)])
def test_long_frames_part_what_shares_a_plain_bin(
    tone: Sound, noise: Sound, bin_: int, channel: int, row: int
) -> None:
    """Bins of 15.6 Hz: the odd ones, from the first on, in one channel, the even ones in the other."""
    quiet = noise(1.0, level=0.01)
    hz = min(bin_ * SAMPLE_RATE / N_FFT / 2, 7_998.0)
    made = full(np.concatenate([quiet, tone(1.0, hz=hz, level=0.3) + noise(1.0, level=0.01)]))[[7, 8]]
    rise = made[..., 115:].mean(axis=2) - made[..., :85].mean(axis=2)
    assert divmod(int(np.argmax(rise)), BINS) == (channel - 7, row)


def test_a_speech_mask_holds_for_every_channel_of_the_full_view(speech_like: Sound) -> None:
    sound = np.concatenate([speech_like(1.5), np.zeros(SAMPLE_RATE, np.float32)])
    speech = np.arange(frames_in(len(sound))) < 100
    made = full(sound, speech)
    for channels in ([0], [5, 6], [7], [8]):  # the short frames are those of one view
        assert abs(float(made[channels][..., speech].mean())) < 1e-4
        assert float(made[channels][..., ~speech].mean()) < -0.3


def test_a_steady_tone_turns_as_its_bin_explains(tone: Sound, noise: Sound) -> None:
    sound = tone(1.0, hz=2000.0, level=0.3) + noise(1.0, level=1e-5)
    near = phases(sound)[:, 2000 * N_FFT // SAMPLE_RATE - 1, 1:]
    assert near[3] == pytest.approx(np.ones_like(near[3]), abs=1e-2)  # no turn beyond the bin's own
    assert near[4] == pytest.approx(np.zeros_like(near[4]), abs=1e-2)


@pytest.mark.parametrize(("at", "sign"), [(N_FFT // 2 - 60, 1), (N_FFT // 2, 0), (N_FFT // 2 + 60, -1)])
def test_group_delay_says_where_in_the_frame_a_click_lies(at: int, sign: int) -> None:
    sound = np.zeros(N_FFT, np.float32)
    sound[at] = 1.0
    _, cosine, sine, _, _ = phases(sound)[:, 1:-1, 0]
    angle = np.arctan2(sine, cosine)
    assert angle == pytest.approx(np.full_like(angle, sign * 60 * 2 * np.pi / N_FFT), abs=1e-3)


def test_phases_of_what_cannot_be_heard_are_zero(tone: Sound) -> None:
    made = phases(np.concatenate([tone(0.5, hz=1000.0, level=0.5), np.zeros(8_000, np.float32)]))
    assert not made[1:, :, -20:].any()


def test_both_views_show_a_click_at_the_same_place() -> None:
    sound = np.full(16_000, 1e-4, np.float32)
    sound[8_000] = 1.0
    narrow, wide = spectrogram(sound).mean(axis=0), wideband(sound).mean(axis=0)
    middle = float(np.average(np.arange(len(narrow)), weights=narrow - narrow.min()))
    assert float(np.average(np.arange(len(wide)), weights=wide - wide.min())) / 2 == pytest.approx(
        middle, abs=0.5
    )
    assert (narrow > 0.5 * narrow.max()).sum() * 2 > 1.5 * (wide > 0.5 * wide.max()).sum()


def test_views_at_once_are_the_views_one_by_one() -> None:
    sound = np.random.default_rng(5).normal(0, 0.1, 16_000).astype(np.float32)
    speech = np.arange(frames_in(len(sound))) % 3 > 0
    for names in (("wideband", "full"), ("full",), ("features", "phases")):
        found = views_of(names, sound, speech)
        assert set(found) == set(names)
        for name in names:
            assert np.array_equal(found[name], VIEWS[name](sound, speech))
