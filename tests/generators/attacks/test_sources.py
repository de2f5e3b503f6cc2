"""Which recordings are found, and what is known about them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.errors import EmptyAudioError, SourceNotFoundError, UsageError
from earwitness.generators.attacks.sources import Real, declared_seconds, load_real, read_table

Float32 = npt.NDArray[np.float32]


def test_a_table_tells_what_is_known(tmp_path: Path) -> None:
    table = tmp_path / "real.tsv"
    table.write_text(
        "path\tlabel\tspeaker\tlicence\n"
        "a/1.wav\thuman\tada\tCC0\nb.wav\tsynthetic\tx\t\na/2.wav\t\t\t\na/1.wav\thuman\tagain\tx\n",
        encoding="utf-8",
    )
    found = read_table(table, "CC BY 4.0")
    assert [one.name for one in found] == ["a/1.wav", "a/2.wav"]
    assert (found[0].speaker, found[0].licence, found[0].corpus) == ("ada", "CC0", "unknown")
    assert (found[1].speaker, found[1].licence) == ("unknown", "CC BY 4.0")
    assert found[0].path == str(tmp_path / "a/1.wav")


def test_other_tables_are_refused(tmp_path: Path) -> None:
    table = tmp_path / "real.tsv"
    with pytest.raises(SourceNotFoundError):
        read_table(table)
    table.write_text("file\tlabel\nx\ty\n", encoding="utf-8")
    with pytest.raises(UsageError, match="path"):
        read_table(table)


def test_recordings_come_at_16_khz(
    speech_like: Callable[..., Float32], write_wav: Callable[..., Path]
) -> None:
    stereo = np.stack([speech_like(2.0, rate=44_100)] * 2)
    path = write_wav(stereo, 44_100)
    assert load_real(Real(str(path), "x")).shape == (32_000,)
    assert declared_seconds(str(path)) == pytest.approx(2.0, abs=0.01)


def test_silence_is_refused(write_wav: Callable[..., Path]) -> None:
    path = write_wav(np.zeros(32_000, np.float32))
    with pytest.raises(EmptyAudioError):
        load_real(Real(str(path), "x"))


def test_what_is_no_sound_has_no_length(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_text("no sound", encoding="utf-8")
    assert declared_seconds(str(path)) == 0.0
    assert declared_seconds(str(tmp_path / "absent.wav")) == 0.0
