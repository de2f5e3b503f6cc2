"""Schemes of others, read and made without a key: from the file to the words, nothing is called proof."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import CannotHoldMarkError, MissingDependencyError, PluginError, UsageError
from earwitness.key_rings import KeyState
from earwitness.marking import mark
from earwitness.provenance.keys import KeyRing
from earwitness.verifying import verify

pytestmark = pytest.mark.usefixtures("fake_scheme")


@pytest.fixture
def plain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speech_like: Callable[..., np.ndarray],
    write_wav: Callable[..., Path],
) -> Path:  # fmt: skip
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "keys.json"))
    KeyRing().create("studio")
    return write_wav(speech_like(4.0, level=0.3), name="plain.wav")


def test_a_mark_of_theirs_is_read_as_a_claim(plain: Path, tmp_path: Path) -> None:
    made = mark(plain, tmp_path / "out.wav", scheme="theirs", payload=5)
    assert [(one.scheme, one.key_id, one.signpost) for one in made.marks] == [("open-1", "", True)]
    found = verify(tmp_path / "out.wav", schemes=("theirs",))
    assert (found.marked, found.verified, found.proof) == (True, False, False)
    assert (found.scheme, found.payload, found.p_value) == ("open-1", 5, None)
    (one,) = found.marks
    assert (one.key_state, one.score, one.p_marked) == (KeyState.PUBLISHED, 0.9, None)
    assert "open-1" in found.sentence
    assert not verify(plain, schemes=("theirs",)).marked


def test_ours_and_theirs_are_looked_for_together(plain: Path, tmp_path: Path) -> None:
    mark(plain, tmp_path / "ours.wav", key="studio", payload=7)
    mark(plain, tmp_path / "theirs.wav", scheme="theirs", payload=5)
    for name, proof, scheme in (("ours.wav", True, "fake-1"), ("theirs.wav", False, "open-1")):
        found = verify(tmp_path / name, schemes=("theirs", "default"))
        assert (found.proof, found.scheme, found.schemes) == (proof, scheme, ("theirs", "default"))
        assert [one.scheme for one in found.marks] == [scheme]
    assert not verify(tmp_path / "theirs.wav").marked, "its reader was not asked"


def test_theirs_twice_is_told(plain: Path, tmp_path: Path) -> None:
    mark(plain, tmp_path / "once.wav", scheme="theirs", payload=5)
    again = mark(tmp_path / "once.wav", tmp_path / "twice.wav", scheme="theirs", payload=5)
    assert any("already carries a mark of the scheme open-1" in warning for warning in again.warnings)
    with pytest.raises(CannotHoldMarkError, match="already carries"):
        mark(tmp_path / "once.wav", tmp_path / "thrice.wav", scheme="theirs", payload=5, require=True)
    assert not (tmp_path / "thrice.wav").exists()


def test_keys_are_not_for_theirs(plain: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    with pytest.raises(UsageError, match="key"):
        mark(plain, out, scheme="theirs", key="studio")
    with pytest.raises(UsageError, match="read without keys"):
        verify(plain, schemes=("theirs",), key="studio")
    with pytest.raises(MissingDependencyError, match="pip install absent"):
        verify(plain, schemes=("default", "absent"))
    with pytest.raises(PluginError, match="no installed package"):
        mark(plain, out, scheme="nobodys")
    assert not out.exists()
