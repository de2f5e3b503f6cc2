"""Learning to tell engines apart: from whom, and what comes out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from earwitness.detector.attribution import EngineSpace, read_space
from earwitness.detector.model import load_default
from earwitness.detector.training import attribute
from earwitness.detector.training.attribute import clips_of, fit_space, main, traces_of
from earwitness.detector.training.localise import load

Float32 = npt.NDArray[np.float32]
RATE = 16_000


def clouds(each: int = 60, dimensions: int = 30) -> tuple[Float32, list[str]]:
    """Three engines that differ in two numbers, among many loud ones that say nothing."""
    rng = np.random.default_rng(0)
    names = [name for name in ("a", "b", "c") for _ in range(each)]
    seen = rng.standard_normal((3 * each, dimensions)) * 5
    for k, name in enumerate(("a", "b", "c")):
        rows = np.array(names) == name
        seen[rows, 0] = seen[rows, 0] / 50 + k
        seen[rows, 1] = seen[rows, 1] / 50 + k * k
    return seen.astype(np.float32), names


def test_engines_are_told_apart_by_what_differs() -> None:
    seen, names = clouds()
    held = np.arange(len(names)) % 5 == 0
    space = fit_space(seen, names, {"a": "codec", "b": "codec", "c": "vae"}, held)
    found = [space.attribute(row.tolist()) for row in seen[held]]
    right = [one.engine == name for one, name in zip(found, np.array(names)[held], strict=True)]
    assert np.mean(right) > 0.9
    assert np.mean([one.family == "unknown" for one in found]) == pytest.approx(0.05, abs=0.05)
    assert [(e.name, e.family, e.clips) for e in space.engines] == [
        ("a", "codec", 48),
        ("b", "codec", 48),
        ("c", "vae", 48),
    ]
    far = seen[held][0].copy()
    far[:2] += 40
    assert space.attribute(far.tolist()).family == "unknown"


def test_an_engine_is_named_only_where_nine_of_ten_are_right() -> None:
    rng = np.random.default_rng(0)
    centres = np.array([[0.0, 0.0], [2.2, 0.0], [1.1, 1.9]])
    which = rng.integers(3, size=3_000)
    places = centres[which] + rng.standard_normal((3_000, 2))
    squares = ((places[:, None] - centres) ** 2).sum(2)
    least = attribute._least(squares, which, 0.5)
    odds = np.exp(-0.5 * squares)
    first, right = (odds / odds.sum(1, keepdims=True)).max(1), squares.argmin(1) == which
    assert right.mean() < 0.85
    assert right[first >= least].mean() == pytest.approx(0.9, abs=0.005)
    assert 0.2 < (first >= least).mean() < 0.95
    sure = np.array([[0.0, 50.0], [50.0, 0.0]])
    assert attribute._least(sure, np.array([0, 1]), 0.3) == 0.0, "all are right anyway"
    assert attribute._least(sure, np.array([1, 0]), 0.3) == pytest.approx(1.0), "none ever is"


def test_one_engine_is_no_choice() -> None:
    seen, names = clouds()
    with pytest.raises(ValueError, match="two"):
        fit_space(seen[:60], names[:60], {"a": "codec"}, np.zeros(60, bool))


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory, speech: Float32) -> Path:
    """Pairs of two methods, two spoken clips, one of a commercial engine and one that is evaluation's."""
    base = tmp_path_factory.mktemp("attribute")
    (base / "pairs").mkdir()
    (base / "tts").mkdir()
    rng = np.random.default_rng(0)
    log = []
    for k in range(12):
        x = np.roll(speech, 4_000 * k)[:24_000]
        method = ("hifigan_lj", "world")[k % 2]
        copy = x + 0.03 * rng.standard_normal(len(x)) if k % 2 else np.sign(x) * np.abs(x) ** 1.5
        soundfile.write(base / "pairs" / f"{k}.flac", np.stack([x, copy], 1), RATE)
        log.append(json.dumps({"path": f"{k}.flac", "method": method, "speaker": f"s{k // 2}"}))
    log.append(json.dumps({"path": "0.flac", "method": "shaken_guessed", "speaker": "s0"}))
    (base / "pairs" / "pairs-0.jsonl").write_text("\n".join(log) + "\n", encoding="utf-8")
    said = [json.dumps({"path": f"own_{k}.flac", "engine": "own", "voice": f"v{k}"}) for k in range(2)]
    (base / "tts" / "speak.jsonl").write_text("\n".join(said) + "\n", encoding="utf-8")
    rows = [
        "path\tlabel\trole\tsystem\tfamily",
        "c.flac\tsynthetic\ttrain\tBig Vendor\tcommercial",
        "h.flac\thuman\ttrain\thuman\thuman",
    ]
    rows.append("e.flac\tsynthetic\ttrain\tBig Vendor\tcommercial")
    rows.append("d.flac\tsynthetic\theldout\tOther Vendor\tcommercial")
    (base / "real.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for name in ("tts/own_0", "tts/own_1", "c", "e", "h", "d"):
        soundfile.write(base / f"{name}.flac", speech[:24_000], RATE)
    return base


def test_clips_have_engine_family_and_speaker(material: Path) -> None:
    clips = clips_of(
        [material / "pairs"], material / "real.tsv", [material / "tts"], each=5, seed=0, fewest=1
    )
    engines = {clip.engine: clip.family for clip in clips}
    assert engines == {
        "HiFi-GAN": "gan_vocoder",
        "WORLD": "signal_processing",
        "EarWitness text to speech": "transformer",
        "Big Vendor": "undisclosed",
    }
    assert sum(clip.engine == "WORLD" for clip in clips) == 5
    assert {clip.side for clip in clips if clip.engine == "WORLD"} == {1}, "the copy, not the recording"
    assert clips == clips_of([material / "pairs"], material / "real.tsv", [material / "tts"], 5, 0, 1)


def test_engines_of_a_few_clips_stay_out(material: Path) -> None:
    clips = clips_of(
        [material / "pairs"], material / "real.tsv", [material / "tts"], each=9, seed=0, fewest=3
    )
    assert {clip.engine for clip in clips} == {"HiFi-GAN", "WORLD"}


def test_what_is_too_short_has_no_traces(speech: Float32) -> None:
    detector = load_default()
    assert traces_of(detector, speech[:4_000]) is None
    members, dim = detector.vector_shape
    found = traces_of(detector, speech[:32_000])
    assert found is not None
    assert found.shape == (members * 2 * dim,)


def test_the_command_writes_a_space(material: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = material / "engines.npz"
    arguments = [str(out), "--pairs", str(material / "pairs"), "--real", str(material / "real.tsv")]
    assert main([*arguments, "--each", "6", "--fewest", "1"]) == 0
    text = capsys.readouterr().out
    told = json.loads(text[text.index("{") :])
    assert told["engines"] == len(read_space(out.read_bytes()).engines) == 3
    assert told["held_back"] > 0


def test_the_traces_are_those_of_the_detector_that_is_given(
    material: Path, shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths = []

    def fit(seen: Float32, *_: object) -> EngineSpace:
        widths.append(seen.shape[1])
        clouds_seen, names = clouds()
        return fit_space(clouds_seen, names, dict.fromkeys("abc", "codec"), np.arange(len(names)) % 3 == 0)

    monkeypatch.setattr(attribute, "fit_space", fit)
    monkeypatch.setattr(attribute, "_summary", lambda *_: {})
    arguments = [str(tmp_path / "engines.npz"), "--pairs", str(material / "pairs"), "--real"]
    arguments += [str(material / "real.tsv"), "--each", "2", "--fewest", "1"]
    assert main([*arguments, "--weights", str(shipped / "out")]) == 0
    assert main(arguments) == 0
    shapes = [detector.vector_shape for detector in (load(shipped / "out"), load_default())]
    assert widths == [members * 2 * dim for members, dim in shapes]
    assert widths[0] != widths[1]
