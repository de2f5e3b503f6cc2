"""watermark/marking.py: marks in arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import CannotHoldMarkError, MarkNotReadBackError, UsageError
from earwitness.marks import MarkKey
from earwitness.watermark.marking import mark, verify

Float32 = npt.NDArray[np.float32]


def test_a_mark_is_put_in_and_read(speech: Float32, key: MarkKey) -> None:
    done = mark(speech[0], 16_000, key, 99)
    assert done.samples.shape == speech[0].shape
    assert done.payload == 99
    assert done.marked_s > 6
    assert 0 < done.detectability <= 1
    assert done.warnings == ()
    read = verify(done.samples, 16_000, [key])
    assert (read.marked, read.verified, read.payload) == (True, True, 99)


def test_a_payload_is_drawn_when_none_is_given(speech: Float32, key: MarkKey) -> None:
    one, other = mark(speech, 16_000, key), mark(speech, 16_000, key)
    assert one.payload != other.payload
    assert one.samples.shape == speech.shape


def test_tensors_are_taken_as_they_are(speech: Float32, key: MarkKey) -> None:
    class Tensor:
        def detach(self) -> Tensor:
            return self

        def cpu(self) -> Tensor:
            return self

        def numpy(self) -> Float32:
            return speech[0]

    assert mark(Tensor(), 16_000, key, 1).samples.shape[-1] == speech.shape[1]


def test_silence_is_refused(key: MarkKey) -> None:
    with pytest.raises(CannotHoldMarkError, match="silent"):
        mark(np.zeros(32_000, np.float32), 16_000, key)


def test_what_cannot_be_read_back_is_not_handed_out(speech: Float32, key: MarkKey) -> None:
    with pytest.raises(MarkNotReadBackError, match="cannot be read"):
        mark(speech[:, :3_000], 16_000, key)


@pytest.mark.parametrize("payload", [-1, 2**32])
def test_nonsense_is_a_usage_error(payload: int, speech: Float32, key: MarkKey) -> None:
    with pytest.raises(UsageError, match="payload"):
        mark(speech, 16_000, key, payload)


def test_short_quiet_and_narrow_audio_is_warned_about(speech: Float32, key: MarkKey) -> None:
    done = mark(speech[:, ::2][:, 8_000:28_000] * np.float32(1e-3), 8_000, key)
    assert len(done.warnings) == 3


def test_unmarked_audio_verifies_nothing(speech: Float32, key: MarkKey, other_key: MarkKey) -> None:
    read = verify(speech, 16_000, [key, other_key])
    assert (read.marked, read.verified, read.payload) == (False, False, None)
    assert [reading.key for reading in read.readings] == ["studio", "elsewhere"]
