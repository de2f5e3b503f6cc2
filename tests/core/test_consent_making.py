"""core/consent_making.py: a signed file and a key for its owner alone, or nothing."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from earwitness.consent import Purpose, read_consent
from earwitness.consent_making import create_consent, statement_text
from earwitness.errors import ConsentError, EarWitnessError, TargetError, UsageError, VoiceError


@pytest.fixture
def clip(speech_like: Callable[..., np.ndarray], write_wav: Callable[..., Path]) -> Path:
    return write_wav(speech_like(6.0), name="ref.wav")


def make(clip: Path, out: Path, **values: Any) -> Any:
    about: dict[str, Any] = {
        "speaker": "Ada", "purposes": [Purpose.MARKED_SPEECH], "key_file": out.with_suffix(".key")
    }  # fmt: skip
    return create_consent([clip], out, **(about | values))


def test_a_file_and_a_key(clip: Path, tmp_path: Path, speech_like: Callable[..., np.ndarray]) -> None:
    import soundfile

    second = tmp_path / "second.wav"
    soundfile.write(second, speech_like(6.0, seed=9), 16_000)
    start = datetime(2026, 1, 1, 8, 30, 12, 999, tzinfo=UTC)
    found = create_consent(
        [clip, second, clip], tmp_path / "a.json", speaker=" Ada ",
        purposes=[*Purpose, Purpose.MARKED_SPEECH],
        key_file=tmp_path / "a.key", days=10, now=start,
    )  # fmt: skip
    assert found == read_consent(tmp_path / "a.json")
    assert (found.speaker, found.purposes, len(found.recordings)) == ("Ada", tuple(Purpose), 2)
    assert (found.valid_from, found.valid_until.day) == (start.replace(microsecond=0), 11)
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600
    assert (tmp_path / "a.key").read_text() not in (tmp_path / "a.json").read_text()


def test_the_same_key_signs_again(clip: Path, tmp_path: Path) -> None:
    first = make(clip, tmp_path / "a.json")
    assert make(clip, tmp_path / "b.json", key_file=tmp_path / "a.key").public_key == first.public_key
    assert make(clip, tmp_path / "c.json").public_key != first.public_key


def test_what_is_refused_leaves_nothing(
    clip: Path, tmp_path: Path, speech_like: Callable[..., np.ndarray], write_wav: Callable[..., Path]
) -> None:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "ec.key").write_bytes(other)
    (tmp_path / "bad.key").write_text("secret")
    short = write_wav(speech_like(1.0), name="short.wav")
    cases: list[tuple[dict[str, Any], type[EarWitnessError]]] = [
        ({"speaker": "  "}, UsageError),
        ({"speaker": "\ud800"}, UsageError),
        ({"purposes": []}, UsageError),
        ({"days": 0}, UsageError),
        ({"days": 4000}, UsageError),
        ({"key_file": tmp_path / "bad.key"}, ConsentError),
        ({"key_file": tmp_path / "ec.key"}, ConsentError),
        ({"key_file": tmp_path / "none" / "a.key"}, TargetError),
    ]
    for values, error in cases:
        with pytest.raises(error):
            make(clip, tmp_path / "a.json", **values)
    with pytest.raises(VoiceError, match=r"short\.wav"):
        make(short, tmp_path / "a.json")
    with pytest.raises(TargetError):
        make(clip, tmp_path / "none" / "a.json", key_file=tmp_path / "z.key")
    assert not (tmp_path / "a.json").exists()


def test_the_statement_says_both_uses() -> None:
    text = statement_text("Ada", list(Purpose))
    assert "carries marks which say that it is generated" in text
    assert "unmarked speech" in text
