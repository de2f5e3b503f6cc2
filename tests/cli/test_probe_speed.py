"""The clip is heard as speech, so that the speed is that of a whole check."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from earwitness.cli.probe_speed import babble, probe_speed


def test_babble_is_loud_bounded_and_always_the_same() -> None:
    clip = babble(2.0)
    assert clip.shape == (32_000,)
    assert np.abs(clip).max() == pytest.approx(0.5, abs=1e-4)
    np.testing.assert_array_equal(clip, babble(2.0))


def test_babble_is_taken_for_speech() -> None:
    from earwitness.quality import QualityMeter

    clip = babble(6.4)
    meter = QualityMeter(16_000)
    meter.push(clip, clip)
    assert meter.result(None).speech_s > 4


def test_speed_counts_the_second_check(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from earwitness import examine as module

    heard: list[bytes] = []

    def examine(source: Any, **_: Any) -> None:
        heard.append(source.read())
        time.sleep(0.3 if len(heard) == 1 else 0.1)

    monkeypatch.setattr(module, "examine", examine)
    speed = probe_speed(2.0)
    assert len(heard) == 2
    assert heard[0] == heard[1]
    assert len(heard[0]) > 64_000
    assert speed.first_s >= 0.3
    assert 0.1 <= speed.check_s < 0.3
    assert speed.times_real_time == pytest.approx(2.0 / speed.check_s)
