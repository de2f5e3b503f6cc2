"""generators/training/teacher.py: bent voices, exact timing, a stopped run goes on."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earwitness.generators.training import teacher
from earwitness.generators.training.teacher import ALIGNED, VOICES, Teacher, VoiceShape
from earwitness.generators.units import UNITS, units

pytest.importorskip("hibari", reason="the teacher's package is in the train extra")


@pytest.fixture(scope="module")
def hibari() -> Teacher:
    return Teacher()


def test_it_knows_every_unit_and_tells_how_long_each_lasts(hibari: Teacher) -> None:
    said = units("həlˈoʊ wˈɜːld.")
    sound, frames = hibari.say(said, VoiceShape(), np.random.default_rng(0))
    assert len(frames) == len(said)
    assert min(frames) >= 1
    assert sound.size / 16_000 == pytest.approx(sum(frames) * 0.025, abs=0.03)
    hibari.say("".join(UNITS) + "_", VoiceShape(), np.random.default_rng(0))


def _pitch(sound: np.ndarray) -> float:
    import pyworld

    found, _ = pyworld.harvest(sound.astype(np.float64), 16_000)
    return float(np.median(found[found > 0]))


def test_voices_are_bent_as_they_say(hibari: Teacher) -> None:
    said = units("wi wɜː ˈɔːl əwˈeɪ.")
    plain, _ = hibari.say(said, VoiceShape(), np.random.default_rng(0))
    low, _ = hibari.say(said, VoiceShape(pitch=0.6), np.random.default_rng(0))
    slow, _ = hibari.say(said, VoiceShape(pace=0.7), np.random.default_rng(0))
    assert _pitch(low) / _pitch(plain) == pytest.approx(0.6, abs=0.08)
    assert slow.size > 1.2 * plain.size
    small, _ = hibari.say(said, VoiceShape(formants=1.15), np.random.default_rng(0))
    assert small.size == plain.size
    assert not np.allclose(small, plain, atol=0.01)


def test_formants_move_by_their_factor_and_the_tilt_is_in_db_an_octave() -> None:
    places = np.arange(513, dtype=np.float32)
    peaks = -np.abs(places - 200)[:, None].repeat(3, 1)
    assert teacher._bent(VoiceShape(formants=1.15), 513)(peaks).argmax(0).tolist() == [230, 230, 230]
    flat = teacher._bent(VoiceShape(tilt=-2.0), 513)(np.zeros((513, 1), np.float32))[:, 0]
    hz = places * 12_000 / 512
    octave = np.interp([1_000, 2_000], hz, flat * 20 / np.log(10))
    assert octave[1] - octave[0] == pytest.approx(-2.0, abs=0.02)
    assert np.all(flat[hz < 500] == 0)


def test_a_stopped_run_goes_on_to_the_same_end(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text(
        "\n".join(f"This is sentence number {n} of the test." for n in range(12)) + "\nTwo. Of them, here.\n"
    )
    words = ["--text", str(text), "--seed", "3"]
    assert teacher.main([str(tmp_path / "a"), *words, "--hours", "0.004"]) == 0
    assert teacher.main([str(tmp_path / "b"), *words, "--hours", "0.002"]) == 0
    assert teacher.main([str(tmp_path / "b"), *words, "--hours", "0.004"]) == 0
    assert (tmp_path / "a" / ALIGNED).read_text() == (tmp_path / "b" / ALIGNED).read_text()
    entries = [json.loads(line) for line in (tmp_path / "a" / ALIGNED).read_text().splitlines()]
    with (tmp_path / "a" / "real.tsv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    spoken = [entry for entry in entries if "path" in entry]
    assert len(rows) == len(spoken) > 3
    assert {entry["voice"] for entry in spoken} <= set(VOICES)
    one, other = (soundfile.read(tmp_path / name / rows[1]["path"])[0] for name in "ab")
    np.testing.assert_array_equal(one, other)
