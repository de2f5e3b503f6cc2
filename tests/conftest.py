"""Sounds and files for every test: made here from formulas, so that no test needs a network or a download."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from hypothesis import HealthCheck, settings

from earwitness.report import Report

Float32 = npt.NDArray[np.float32]
Encode = Callable[..., bytes]

# The same cases on every run and every machine, and no time limit on a machine that others use, too.
settings.register_profile(
    "earwitness",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("earwitness")

# First three formants (Hz) of a, e, i, o, u of a male voice (Peterson & Barney 1952, rounded).
VOWELS = ((730, 1090, 2440), (530, 1840, 2480), (270, 2290, 3010), (570, 840, 2410), (300, 870, 2240))
FORMANT_WIDTHS = (90.0, 120.0, 180.0)
SYLLABLES_PER_SECOND = 4.0


def tone(seconds: float = 1.0, rate: int = 16000, hz: float = 440.0, level: float = 0.5) -> Float32:
    """A sine, shape (n,), peak ``level``."""
    t = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hz * t)).astype(np.float32)


def noise(seconds: float = 1.0, rate: int = 16000, level: float = 0.1, seed: int = 0) -> Float32:
    """White noise, shape (n,), RMS ``level``."""
    random = np.random.default_rng(seed)
    return (level * random.standard_normal(round(seconds * rate))).astype(np.float32)


def speech_like(seconds: float = 3.0, rate: int = 16000, level: float = 0.5, seed: int = 0) -> Float32:
    """Babble of voiced syllables that voice activity detectors take for speech, shape (n,), peak ``level``.

    Harmonics of a wandering pitch, weighted by the formants of a vowel that changes every
    syllable, with a short pause between syllables.
    """
    random = np.random.default_rng(seed)
    n = round(seconds * rate)
    t = np.arange(n) / rate
    pitch = 120 * 2 ** (0.25 * np.sin(2 * np.pi * 0.7 * t + random.uniform(0, 6)) - 0.15 * (t % 2))
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    order = random.integers(len(VOWELS), size=int(seconds * SYLLABLES_PER_SECOND) + 2)
    position = np.minimum(t * SYLLABLES_PER_SECOND, len(order) - 1)
    formants = np.stack(
        [np.interp(position, np.arange(len(order)), np.array(VOWELS)[order][:, k]) for k in range(3)]
    )
    sound = np.zeros(n)
    for harmonic in range(1, int(min(4000, rate / 2) / 150)):
        frequency = harmonic * pitch
        gain = sum(
            1 / (1 + ((frequency - formant) / width) ** 2)
            for formant, width in zip(formants, FORMANT_WIDTHS, strict=True)
        )
        sound += gain / harmonic**0.5 * np.sin(harmonic * phase)
    syllable = np.clip(1.6 * np.sin(np.pi * (t * SYLLABLES_PER_SECOND % 1)), 0, 1) ** 1.5
    sound = sound * syllable + 1e-4 * random.standard_normal(n)
    return np.asarray(level * sound / np.abs(sound).max(), dtype=np.float32)


@pytest.fixture(autouse=True)
def _no_keys_of_this_person(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No test reads, or changes, the keys or the registry of whoever runs it."""
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path_factory.getbasetemp() / "no-keys.json"))
    monkeypatch.setenv("EARWITNESS_REGISTRY", str(tmp_path_factory.getbasetemp() / "no-registry.db"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.getbasetemp() / "no-data"))
    for variable in [name for name in os.environ if name.startswith("EARWITNESS_KEY_")]:
        monkeypatch.delenv(variable)


@pytest.fixture(name="tone", scope="session")
def tone_fixture() -> Callable[..., Float32]:
    """``tone(seconds, rate, hz, level)``."""
    return tone


@pytest.fixture(name="noise", scope="session")
def noise_fixture() -> Callable[..., Float32]:
    """``noise(seconds, rate, level, seed)``."""
    return noise


@pytest.fixture(name="speech_like", scope="session")
def speech_like_fixture() -> Callable[..., Float32]:
    """``speech_like(seconds, rate, level, seed)``."""
    return speech_like


@pytest.fixture
def write_wav(tmp_path: Path) -> Callable[..., Path]:
    """``write_wav(samples, rate, name, subtype)`` lays a file in tmp_path; samples (n,) or (channels, n)."""

    def write(samples: Float32, rate: int = 16000, name: str = "sound.wav", subtype: str = "PCM_16") -> Path:
        path = tmp_path / name
        soundfile.write(path, np.asarray(samples).T, rate, subtype=subtype)
        return path

    return write


@pytest.fixture(name="make_report", scope="session")
def make_report_fixture() -> Callable[..., Report]:
    """``make_report(verdict, llr, duration_s, channels, apart=, name=, file=, quality=, ...)``."""
    folder = str(Path(__file__).resolve().parent / "fakes")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    from fake_reports import make_report

    built: Callable[..., Report] = make_report
    return built


@pytest.fixture
def fake_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small watermark in the place of the default one (tests/fakes/fake_marks.py)."""
    from fake_marks import fake_load

    from earwitness import plugins

    monkeypatch.setattr(plugins, "load", fake_load(plugins.load))


@pytest.fixture
def fake_generators(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Small generators in the place of those that are installed (tests/fakes/fake_generators.py): what was
    asked of them."""
    from fake_generators import made, with_generators, with_names

    from earwitness import plugins

    monkeypatch.setattr(plugins, "load", with_generators(plugins.load))
    monkeypatch.setattr(plugins, "names", with_names(plugins.names))
    made.clear()
    return made


def encode(
    samples: Float32,
    rate: int,
    container: str,
    codec: str,
    bit_rate: int | None = None,
    options: dict[str, str] | None = None,
) -> bytes:
    """The bytes of a file in ``container`` with ``codec``; samples (n,) or (channels, n) at ``rate`` Hz."""
    array = np.atleast_2d(samples)
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[array.shape[0]]
    # A real file, because MP4's "faststart" reads back what was written.
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sound"
        _write(path, array, rate, container, codec, layout, bit_rate, options or {})
        return path.read_bytes()


def _write(
    path: Path,
    array: Float32,
    rate: int,
    container: str,
    codec: str,
    layout: str,
    bit_rate: int | None,
    options: dict[str, str],
) -> None:
    import av

    with av.open(str(path), "w", format=container, options=options) as out:
        stream = out.add_stream(codec, rate=rate)
        stream.layout = layout
        if bit_rate:
            stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(array), format="fltp", layout=layout)
        frame.sample_rate = rate
        size = stream.codec_context.frame_size or 4096
        resampler = av.AudioResampler(stream.format.name, layout, rate, frame_size=size)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))


@pytest.fixture(name="encode", scope="session")
def encode_fixture() -> Encode:
    """``encode(samples, rate, container, codec, bit_rate, options)``: the file's bytes."""
    return encode


@pytest.fixture
def pairs(tmp_path: Path, speech_like: Callable[..., Float32]) -> Path:
    """Pairs of two people: five of 3 s by "world" for ann, one for ben; each copy is its human clip as a
    negative, half as loud, so that a sample tells which side it is from."""
    folder = tmp_path / "pairs"
    folder.mkdir()
    rows = []
    for index, speaker in enumerate(["ann"] * 5 + ["ben"]):
        human = speech_like(3.0, 16_000, 0.4, index)
        name = f"{index}.flac"
        soundfile.write(folder / name, np.stack([human, -0.5 * human], axis=1), 16_000, subtype="PCM_16")
        row = {"corpus": "c", "speaker": speaker, "language": "en", "method": "world", "path": name}
        rows.append(json.dumps(row))
    (folder / "pairs-0.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def real(tmp_path: Path, speech_like: Callable[..., Float32]) -> Path:
    """More clips of ben (8 s) and of somebody who is in no pair."""
    lines = ["path\tlabel\tspeaker"]
    for index, (speaker, seconds) in enumerate([("ben", 8.0), ("eve", 2.0)]):
        soundfile.write(tmp_path / f"r{index}.flac", speech_like(seconds, 16_000, 0.4, 50 + index), 16_000)
        lines.append(f"r{index}.flac\thuman\t{speaker}")
    path = tmp_path / "real.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
