"""eval/datasets/partialspoof.py and plain_pickle.py: labels of stretches, and pickles that are not obeyed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from earwitness.errors import UsageError
from earwitness.eval.datasets.partialspoof import PARTIALSPOOF, stretches
from earwitness.eval.datasets.plain_pickle import load_plain

Sound = Callable[[Path], Path]


def test_recordings_and_stretches(tmp_path: Path, sound: Sound) -> None:
    base = tmp_path / "database"
    protocol = base / "protocols" / "PartialSpoof_LA_cm_protocols" / "PartialSpoof.LA.cm.eval.trl.txt"
    protocol.parent.mkdir(parents=True)
    protocol.write_text("LA_0079 CON_E_0000029 - CON spoof\nLA_0079 LA_E_1234567 - - bonafide\n")
    for name in ("CON_E_0000029", "LA_E_1234567"):
        sound(base / "eval" / "con_wav" / f"{name}.wav")
    labels = {"CON_E_0000029": np.array(["1", "0", "0", "1", "0"]), "LA_E_1234567": np.array(["1", "1"])}
    (base / "segment_labels").mkdir()
    np.save(base / "segment_labels" / "eval_seglab_0.16.npy", np.array(labels, dtype=object))
    spoof, human = PARTIALSPOOF.listing(tmp_path).clips
    assert (spoof.synthetic, spoof.family) == (True, "partial")
    assert not human.synthetic
    assert stretches(tmp_path, "eval") == {
        "CON_E_0000029": [(0.16, 0.48), (0.64, 0.8)],
        "LA_E_1234567": [],
    }


class _Runs:
    """A pickle of it runs a command when it is loaded in the usual way."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.mark),)


def test_a_pickle_that_would_run_something_is_refused(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    np.save(tmp_path / "evil.npy", np.array({"a": _Runs(mark)}, dtype=object), allow_pickle=True)
    with pytest.raises(UsageError, match=r"asks for (posix|nt)\.mkdir"):
        load_plain(tmp_path / "evil.npy")
    assert not mark.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY\x01\x00\x02"])
def test_other_files_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "eval_seglab_0.16.npy").write_bytes(content)
    with pytest.raises(UsageError, match="cannot be read as labels"):
        load_plain(tmp_path / "eval_seglab_0.16.npy")


def test_plain_arrays_and_strange_labels_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "eval_seglab_0.16.npy", np.zeros(3))
    with pytest.raises(UsageError, match="labels by name"):
        stretches(tmp_path, "eval")
    np.save(tmp_path / "eval_seglab_0.16.npy", np.array({"a": np.array(["2"])}, dtype=object))
    with pytest.raises(UsageError, match="other than 0 and 1"):
        stretches(tmp_path, "eval")
