"""The front door, with a detector and a judge made for the test: who gets what, in which order, once."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from fake_marks import FakeWatermark

from earwitness import examine as module
from earwitness import plugins
from earwitness.audio import Audio
from earwitness.contracts import ChannelScores, Window
from earwitness.errors import (
    EmptyAudioError,
    ModelError,
    NotAudioError,
    PluginError,
    RegistryAbsentError,
    UsageError,
)
from earwitness.examine import check, examine
from earwitness.key_rings import MarkFinding
from earwitness.marking import mark
from earwitness.provenance.keys import KeyRing
from earwitness.report import FileFacts, ModelInfo, Quality, Report, Verdict

Float32 = npt.NDArray[np.float32]
Maker = Callable[..., Float32]


@dataclass
class RecordingStream:
    """Keeps what it was given; one window a push."""

    got: list[Float32] = field(default_factory=list)
    speech: list[Float32] = field(default_factory=list)
    finished: int = 0

    def push(self, samples: Float32, speech: Float32) -> list[Window]:
        assert not self.finished
        assert samples.shape == speech.shape
        self.got.append(samples)
        self.speech.append(speech)
        return [Window(float(len(self.got) - 1), float(len(self.got)), 1.5, float(speech.mean()))]

    def finish(self) -> list[Window]:
        self.finished += 1
        return [Window(99.0, 100.0, 0.5, 0.0)]

    def total_llr(self) -> float | None:
        return 2.0 * len(self.got)

    def traces(self) -> tuple[float, ...] | None:
        return (1.0, float(len(self.got)))

    def steps(self) -> Float32 | None:
        return np.full(3, len(self.got), np.float32)

    def shares(self) -> tuple[float, ...] | None:
        return (0.25, 0.75)

    @property
    def samples(self) -> Float32:
        return np.concatenate(self.got)


@dataclass
class RecordingDetector:
    """Hands out recording streams."""

    sample_rate: int = 16000
    streams: list[RecordingStream] = field(default_factory=list)
    info: ModelInfo = field(default_factory=lambda: ModelInfo(name="recorder", version="1", kind="detector"))

    def start(self) -> RecordingStream:
        self.streams.append(RecordingStream())
        return self.streams[-1]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """A detector and a judge in the registry: ``.detector``, ``.loads``, ``.judged`` (what the judge got)."""
    bench = SimpleNamespace(detector=RecordingDetector(), loads=0, judged={})

    def factory() -> RecordingDetector:
        bench.loads += 1
        return bench.detector  # type: ignore[no-any-return]

    def judge(
        facts: FileFacts,
        quality: Quality,
        warnings: Sequence[str],
        scores: Sequence[ChannelScores],
        models: Sequence[ModelInfo],
        prior: float,
        marks: Sequence[MarkFinding] = (),
        *_: object,
    ) -> Report:
        bench.judged = {"scores": tuple(scores), "prior": prior, "marks": tuple(marks)}
        return Report(
            file=facts,
            verdict=Verdict.INCONCLUSIVE,
            reason="test",
            quality=quality,
            warnings=tuple(warnings),
            models=tuple(models),
        )

    bench.ring = KeyRing(tmp_path / "keys" / "keys.json", {})
    registry = {
        plugins.DETECTORS: factory,
        plugins.JUDGES: judge,
        plugins.KEYRINGS: lambda: bench.ring,
        plugins.WATERMARKS: FakeWatermark,
    }

    def load(group: str, _name: str = "default") -> object:
        if group == plugins.REGISTRIES:
            raise RegistryAbsentError("there is none.")
        return registry[group]

    monkeypatch.setattr(plugins, "load", load)
    monkeypatch.setattr(module, "_detectors", {})
    return bench


def test_mono_goes_through_in_full(
    bench: SimpleNamespace, speech_like: Maker, write_wav: Callable[..., Path]
) -> None:
    sound = speech_like(5.0)
    report = examine(write_wav(sound, subtype="FLOAT"), prior=0.2)
    [stream] = bench.detector.streams
    np.testing.assert_array_equal(stream.samples, sound)
    assert stream.finished == 1
    assert report.file.duration_s == 5.0
    assert report.quality.usable
    assert [(model.name, model.kind) for model in report.models] == [
        ("recorder", "detector"),
        ("silero-vad", "vad"),
    ]
    [scores] = bench.judged["scores"]
    assert (scores.channel, scores.llr) == (None, 4.0)  # whole frames, then the rest
    assert [window.start_s for window in scores.windows] == [0.0, 1.0, 99.0]
    assert (scores.traces, scores.steps.tolist()) == ((1.0, 2.0), [2.0, 2.0, 2.0])
    assert scores.shares == (0.25, 0.75)
    assert scores.step_s == 0.08
    assert bench.judged["prior"] == 0.2


def test_marks_are_read_on_the_way_and_given_to_the_judge(
    bench: SimpleNamespace, speech_like: Maker, write_wav: Callable[..., Path], tmp_path: Path
) -> None:
    bench.ring.create("studio")
    source = write_wav(speech_like(5.0, 44100, 0.3), 44100)
    mark(source, tmp_path / "marked.wav", key="studio", payload=5, keys=bench.ring)
    examine(tmp_path / "marked.wav")
    found = {one.reading.key: one for one in bench.judged["marks"]}
    assert set(found) == {"studio", "signpost"}
    assert (found["studio"].proof, found["studio"].reading.payload) == (True, 5)
    assert not found["signpost"].reading.marked
    examine(source)
    assert not any(one.reading.marked for one in bench.judged["marks"])


def test_a_ring_that_cannot_be_used_costs_no_check(
    bench: SimpleNamespace, speech_like: Maker, write_wav: Callable[..., Path]
) -> None:
    bench.ring.create("studio")
    bench.ring.path.chmod(0o644)
    report = examine(write_wav(speech_like(3.0)))
    assert bench.judged["marks"] == ()
    [warning] = [text for text in report.warnings if "Marks were not looked for" in text]
    assert str(bench.ring.path) not in warning


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_other_rates_arrive_at_16_khz_in_full(
    rate: int,
    bench: SimpleNamespace,
    tone: Maker,
    write_wav: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_BLOCK_S", 1.0)  # several blocks
    examine(write_wav(tone(3.3, rate, 1000.0), rate))
    [stream] = bench.detector.streams
    assert len(stream.samples) == pytest.approx(3.3 * 16000, abs=2)
    assert all(len(piece) % 512 == 0 for piece in stream.got[:-1])
    expected = tone(3.3, 16000, 1000.0)
    n = min(len(expected), len(stream.samples)) - 500
    np.testing.assert_allclose(stream.samples[500:n], expected[500:n], atol=2e-3)


def test_stereo_of_one_scene_is_mixed(
    bench: SimpleNamespace, speech_like: Maker, write_wav: Callable[..., Path]
) -> None:
    sound = speech_like(3.0)
    report = examine(write_wav(np.stack([sound, 0.5 * sound]), subtype="FLOAT"))
    [stream] = bench.detector.streams
    np.testing.assert_allclose(stream.samples, 0.75 * sound, atol=1e-6)
    assert report.quality.channels == ()


def test_a_call_is_judged_per_channel(
    bench: SimpleNamespace,
    speech_like: Maker,
    write_wav: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_BLOCK_S", 2.0)
    call = np.stack([speech_like(12.0, seed=1), speech_like(12.0, seed=2)])
    call[0, 6 * 16000 :] *= 1e-3
    call[1, : 6 * 16000] *= 1e-3
    report = examine(write_wav(call, subtype="FLOAT"))
    assert [scores.channel for scores in bench.judged["scores"]] == [0, 1]
    for stream, channel in zip(bench.detector.streams, call, strict=True):
        np.testing.assert_array_equal(stream.samples, channel)
    assert [one.channel for one in report.quality.channels] == [0, 1]
    left, right = (np.concatenate(stream.speech) for stream in bench.detector.streams)
    assert left[: 5 * 16000].mean() > right[: 5 * 16000].mean()


@pytest.mark.usefixtures("bench")
def test_the_picture_gets_every_sample_once_and_in_order(
    noise: Maker, write_wav: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BLOCK_S", 1.0)
    sound = np.stack([noise(3.5, 8000, seed=1), noise(3.5, 8000, seed=2)])
    blocks: list[Audio] = []
    examine(write_wav(sound, 8000, subtype="FLOAT"), picture=SimpleNamespace(push=blocks.append))
    np.testing.assert_array_equal(np.concatenate([block.samples for block in blocks], axis=1), sound)
    assert [block.start_s for block in blocks] == [0.0, 1.0, 2.0, 3.0]


def test_silence_is_judged_and_called_so(bench: SimpleNamespace, write_wav: Callable[..., Path]) -> None:
    report = examine(write_wav(np.zeros(48000, dtype=np.float32)))
    assert not report.quality.usable
    assert report.quality.reasons == ("The recording is silent.",)
    assert len(bench.judged["scores"]) == 1


@pytest.mark.usefixtures("bench")
def test_warnings_of_the_file_and_of_the_sound_come_together(
    speech_like: Maker, write_wav: Callable[..., Path]
) -> None:
    data = write_wav(speech_like(4.0, 8000), 8000).read_bytes()
    report = examine(io.BytesIO(data[: len(data) * 3 // 4]), name="cut.wav")
    assert report.file.name == "cut.wav"
    assert report.file.truncated
    assert any("ends early" in warning for warning in report.warnings)
    assert any("Telephone" in warning for warning in report.warnings)


def test_the_detector_is_built_once(
    bench: SimpleNamespace, tone: Maker, write_wav: Callable[..., Path]
) -> None:
    path = write_wav(tone(0.5))
    for _ in range(3):
        examine(path)
    assert bench.loads == 1


def test_errors_of_the_file_come_through(bench: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "words.wav"
    path.write_text("Only words.")
    with pytest.raises(NotAudioError):
        examine(path)
    with pytest.raises(EmptyAudioError):
        examine(io.BytesIO(b""))
    assert bench.loads == 0


@pytest.mark.parametrize("prior", [0.0, 1.0, -1.0, float("nan")])
def test_senseless_priors_are_refused(prior: float) -> None:
    with pytest.raises(UsageError, match="prior"):
        examine("any.wav", prior=prior)


def test_no_detector_is_a_model_error(
    tone: Maker, write_wav: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(group: str, _name: str = "default") -> Any:
        raise PluginError("no installed package provides this plug-in.", subject=group)

    monkeypatch.setattr(plugins, "load", load)
    with pytest.raises(ModelError, match="no detector can be used"):
        examine(write_wav(tone(0.5)))


def test_a_detector_that_breaks_is_a_model_error(
    bench: SimpleNamespace, tone: Maker, write_wav: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_wav(tone(0.5))
    bench.detector = RecordingDetector(sample_rate=8000)
    with pytest.raises(ModelError, match="8000 Hz"):
        examine(path)

    def broken() -> None:
        raise RuntimeError("bad weights")

    monkeypatch.setattr(plugins, "load", lambda _group, _name="default": broken)
    with pytest.raises(ModelError, match="RuntimeError: bad weights"):
        examine(path)


def test_check_is_another_name() -> None:
    assert check is examine
