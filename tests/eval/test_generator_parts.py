"""What judges say ends up in the right rows, and is asked for once."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_judges import FakePrints, replace_judges

from earwitness.errors import MissingDependencyError
from earwitness.eval import speech_scores
from earwitness.eval.generator_bench import Bench
from earwitness.eval.generator_material import Clip
from earwitness.eval.generator_parts import convert, copy, text
from earwitness.eval.generator_systems import open_systems
from earwitness.eval.kept import Kept

pytestmark = pytest.mark.usefixtures("fake_generators")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    from fake_generators import babble

    replace_judges(monkeypatch, "a red car")
    clips = [
        Clip(str(k), "c", f"s{k}", "en", babble(1.0, k, 120.0 + 30 * k).samples, f"hash {k}")
        for k in range(2)
    ]
    return Bench(clips, ["A red car.", "A blue car!"], open_systems(["fake", "vocoder"]), Kept(tmp_path))


def test_copies(bench: Bench) -> None:
    rows = copy(bench)
    assert list(rows) == ["recording", "fake", "vocoder"]
    first = rows["fake"][0]
    assert (first["clip"], first["speaker"], first["pesq"], first["mos"]) == ("0", "s0", 3.2, 3.5)
    assert rows["fake"][1]["lsd"] > 0
    assert rows["recording"][1] == {"clip": "1", "speaker": "s1", "mos": 3.5, "overall": 3.0}


def test_voices(bench: Bench) -> None:
    (rows,) = convert(bench).values()
    prints = FakePrints()
    assert [(row["clip"], row["target"]) for row in rows] == [("0", "1"), ("1", "0")]
    made = next(iter(bench.made("convert", bench.systems.found["fake"])))
    wanted = float(prints.of(made.samples) @ prints.of(bench.clips[1].samples))
    assert rows[0]["to_target"] == pytest.approx(wanted, abs=1e-5)


def test_words(bench: Bench) -> None:
    (rows,) = text(bench).values()
    assert [(row["errors"], row["words"]) for row in rows] == [(0, 3), (1, 3)]
    assert rows[1]["heard"] == "a red car"


def test_a_missing_judge_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: object) -> str:
        raise MissingDependencyError("not installed.", hint="Install it.")

    monkeypatch.setattr(speech_scores, "hear", missing)
    with pytest.raises(MissingDependencyError):
        text(bench)
