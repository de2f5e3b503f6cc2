"""core/generating.py: everything that leaves is marked, signed where it can be, recorded, and says how it was
made; with the real watermark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_generators import FakeGenerator

import earwitness
from earwitness.credentials import Claim, load_credentials
from earwitness.digital_source import DigitalSource
from earwitness.errors import (
    CannotHoldMarkError,
    EarWitnessError,
    KeyNotFoundError,
    MarkNotReadBackError,
    ModelError,
    NotOfferedError,
    PluginError,
    TargetError,
    TextError,
    UsageError,
)
from earwitness.generating import own_key
from earwitness.generation import Speech
from earwitness.labels import Regime
from earwitness.provenance.identities import Identities
from earwitness.provenance.keys import KeyRing
from earwitness.publish_steps import Steps
from earwitness.publishing import publish
from earwitness.records import load_registry

TEXT = "Good morning to all of you, and welcome to the museum of sound. 🎧"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake_generators: list[Any]) -> Path:  # noqa: ARG001
    """A folder with a key ring of its own that has no private key yet, and a registry."""
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "settings" / "keys.json"))
    monkeypatch.setenv("EARWITNESS_REGISTRY", str(tmp_path / "settings" / "registry.db"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "settings" / "data"))
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_a_text_becomes_a_marked_and_recorded_file(place: Path) -> None:
    steps: list[float] = []
    made: list[Speech] = []
    record = earwitness.generate(
        TEXT, place / "a.wav", generator="fake", on_made=made.append, on_progress=steps.append
    )
    assert [one.key for one in record.marks] == ["signpost"]
    assert earwitness.verify(place / "a.wav").marked
    assert record.file.sha256 == earwitness.verify(place / "a.wav").file.sha256
    assert record.making.voice == "Ada"
    assert (record.making.characters, record.making.version, record.making.seed) == (len(TEXT), "7", 0)
    assert "nobody can say it: 🎧" in record.warnings[0]
    assert len(made) == 1
    assert steps
    assert record.to_dict()["schema"] == "earwitness.generated/1"
    with load_registry() as registry:
        entry = registry.get(str(record.record_id)).record
    assert (entry.generator, entry.generator_version) == ("EarWitness fake", "7")
    assert dict(entry.labels) == {
        "ability": "synthesize", "voice": "Ada", "seed": "0", "text_sha256": record.making.text_sha256,
    }  # fmt: skip
    assert [path.name for path in place.iterdir()] == ["a.wav"]


def test_the_only_private_key_and_certificate_are_used(place: Path) -> None:
    assert own_key() is None
    KeyRing().create("studio")
    Identities().create("studio", organization="Demo Lab", days=9)
    assert own_key() == "studio"
    record = earwitness.generate(TEXT, place / "a.mp3", generator="fake", strength="strong")
    assert [one.key for one in record.marks] == ["signpost", "studio"]
    assert record.credentials is not None
    report = load_credentials().read(place / "a.mp3")
    assert report.actions[0].digital_source == DigitalSource.GENERATED
    assert "EarWitness fake" in str(report.actions[0].agent)
    assert earwitness.verify(place / "a.mp3").proof
    alone = earwitness.generate(TEXT, place / "b.wav", generator="fake", key=False)
    assert [one.key for one in alone.marks] == ["signpost"]
    KeyRing().create("other")
    assert own_key() is None
    named = earwitness.generate(TEXT, place / "c.wav", generator="fake", key="other")
    assert [one.key for one in named.marks] == ["signpost", "other"]
    KeyRing().revoke("other", "lost")
    assert own_key() == "studio"


def test_a_recording_remade_keeps_its_origin(place: Path, speech_like: Callable[..., np.ndarray]) -> None:
    import soundfile

    KeyRing().create("studio")
    Identities().create("studio", organization="Demo Lab", days=9)
    soundfile.write(place / "in.wav", speech_like(8.0), 16_000)
    load_credentials().sign(
        place / "in.wav", place / "signed.wav", Claim(DigitalSource.CAPTURED, title="call")
    )
    record = earwitness.resynthesize(place / "signed.wav", place / "out.flac", generator="vocoder")
    report = load_credentials().read(place / "out.flac")
    assert [one.relation for one in report.ingredients] == ["parentOf"]
    # A formant synthesizer learned nothing.
    assert DigitalSource.BY_RULE in [action.digital_source for action in report.actions]
    assert (record.making.voice, record.making.family) == (None, "formant")
    assert record.making.source_sha256 == earwitness.verify(place / "signed.wav").file.sha256


def test_conversion_and_samples(place: Path, speech_like: Callable[..., np.ndarray]) -> None:
    import soundfile

    soundfile.write(place / "in.wav", speech_like(5.0), 16_000)
    converted = earwitness.convert(place / "in.wav", place / "c.wav", voice="Bert", generator=FakeGenerator())
    assert converted.making.voice == "Bert"
    assert earwitness.sample(4.0, place / "s.wav", generator="fake", seed=3).making.seed == 3
    for name in ("c.wav", "s.wav"):
        assert earwitness.verify(place / name).marked


def test_speech_too_short_for_the_usual_mark_gets_the_strong_one(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from earwitness import generating

    tried: list[str] = []

    def unlucky(*arguments: Any, strength: str, **options: Any) -> Any:
        """As the usual mark is in speech of about a second, now and then."""
        tried.append(strength)
        if strength == "default":
            raise MarkNotReadBackError("no mark can be read.")
        return publish(*arguments, strength=strength, **options)

    monkeypatch.setattr(generating, "publish", unlucky)
    record = earwitness.generate("Hello you there, all of you", place / "a.wav", generator="fake")
    assert tried == ["default", "strong"]
    assert record.marks[0].strength == "strong"
    assert "marked strongly" in record.warnings[0]
    with pytest.raises(MarkNotReadBackError):  # whoever chose a strength gets that one or none
        earwitness.generate("Hi", place / "b.wav", generator="fake", strength="soft")


def test_a_key_that_nobody_named_is_left_out_of_very_short_speech(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from earwitness import generating

    KeyRing().create("studio")

    def unlucky(*arguments: Any, key: str | None, **options: Any) -> Any:
        if key is not None:
            raise MarkNotReadBackError("no mark can be read.")
        return publish(*arguments, key=key, **options)

    monkeypatch.setattr(generating, "publish", unlucky)
    record = earwitness.generate(TEXT, place / "a.wav", generator="fake")
    assert [made.key for made in record.marks] == ["signpost"]
    assert any("signpost alone" in note for note in record.warnings)
    for named in ({"key": "studio"}, {"require": True}):
        with pytest.raises(MarkNotReadBackError):
            earwitness.generate(TEXT, place / "b.wav", generator="fake", **named)  # type: ignore[arg-type]


def test_what_holds_no_mark_is_not_given_out(place: Path) -> None:
    for text, generator, error in (
        ("Hi", "fake", MarkNotReadBackError),
        ("Silence please", "silent", CannotHoldMarkError),
    ):
        with pytest.raises(error, match="Unmarked speech is not given out"):
            earwitness.generate(text, place / "a.wav", generator=generator)
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    ("out", "how", "error"),
    [
        ("a.xyz", {}, TargetError),
        ("none/a.wav", {}, TargetError),
        ("a.wav", {"key": "nobody"}, KeyNotFoundError),
        ("a.wav", {"strength": "much"}, UsageError),
        ("a.wav", {"steps": Steps(credentials=True)}, UsageError),
        ("a.wav", {"steps": Steps(labels=(Regime.EU,))}, UsageError),
        ("a.wav", {"limit": 3}, TextError),
        ("a.wav", {"generator": "absent"}, ModelError),
        ("a.wav", {"generator": "nobody"}, PluginError),
    ],
)
def test_what_would_fail_in_the_end_fails_before_any_sound_is_made(
    place: Path, fake_generators: list[Any], out: str, how: dict[str, Any], error: type[EarWitnessError]
) -> None:
    with pytest.raises(error):
        earwitness.generate(TEXT, place / out, **({"generator": "fake"} | how))
    assert fake_generators == []
    assert list(place.iterdir()) == []


def test_what_is_not_offered(place: Path) -> None:
    with pytest.raises(NotOfferedError):
        earwitness.generate(TEXT, place / "a.wav", generator="vocoder")


def test_an_older_file_stays_when_something_fails(place: Path) -> None:
    (place / "a.wav").write_text("old")
    with pytest.raises(MarkNotReadBackError):
        earwitness.generate("Hi", place / "a.wav", generator="fake")
    assert (place / "a.wav").read_text() == "old"


def test_without_the_registry_it_is_said(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from earwitness import generating

    monkeypatch.setattr(generating, "registry_missing", lambda: "No record was kept: x.")
    record = earwitness.generate(TEXT, place / "a.wav", generator="fake")
    assert (record.record_id, record.left_out[0]) == (None, "No record was kept: x.")


def test_our_own_generators_say_what_is_missing(tmp_path: Path) -> None:
    """Without the fakes: an error of the tree, whatever of them is installed here."""
    with pytest.raises(PluginError, match="nobody-has-this"):
        earwitness.generate("Hello there.", tmp_path / "a.wav", generator="nobody-has-this")
