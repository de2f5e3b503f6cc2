"""Parts of the bench of generators that judge quality: copies, voices, words.

Each gives plain numbers a sound, from which ``generator_targets`` makes means, intervals and answers.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from earwitness.eval import mark_quality, speech_scores
from earwitness.eval.generator_bench import Bench, Made, Rows
from earwitness.eval.generator_material import Clip
from earwitness.eval.words import word_errors
from earwitness.generation import Ability

Float32 = npt.NDArray[np.float32]

__all__ = ["convert", "copy", "text"]


def copy(bench: Bench) -> dict[str, Rows]:
    """Of each system that copies, a row a clip: pesq, stoi, lsd in dB, mos, overall; None where a metric
    cannot judge. "recording" is what the recordings themselves get from DNSMOS.

    Raises MissingDependencyError.
    """
    sounds = {clip.name: clip for clip in bench.clips}
    rows: dict[str, Rows] = {"recording": []}
    for clip in bench.clips:
        opinion = bench.judged(clip, "dnsmos", partial(speech_scores.dnsmos, clip.samples))
        rows["recording"].append({"clip": clip.name, "speaker": clip.speaker, **opinion})
    for system in bench.systems.that(Ability.RESYNTHESIZE):
        rows[system.name] = [
            {"clip": made.of, "speaker": made.speaker, **_near(bench, made, sounds[made.of])}
            for made in bench.made("copy", system)
        ]
    return rows


def _near(bench: Bench, made: Made, clip: Clip) -> dict[str, Any]:
    samples = made.samples[: clip.samples.size]
    samples = np.pad(samples, (0, clip.samples.size - samples.size))

    def judge() -> dict[str, Any]:
        return {
            "pesq": mark_quality.pesq_wb(clip.samples, samples),
            "stoi": mark_quality.stoi(clip.samples, samples),
            "lsd": speech_scores.log_spectral_distance(clip.samples, samples),
            **speech_scores.dnsmos(samples),
        }

    found: dict[str, Any] = bench.judged(made, "copy", judge)
    return found


def convert(bench: Bench) -> dict[str, Rows]:
    """Of each system that converts into the voice of a recording, a row a trial: cosines to the voices of the
    target and of the source, and mos. Raises MissingDependencyError.

    A speaker's voiceprint is that of their other recordings where there are any, so that the words and the
    room of the very recording do not count as the voice.
    """
    rows: dict[str, Rows] = {}
    by_name = {clip.name: number for number, clip in enumerate(bench.clips)}
    for system in bench.systems.that(Ability.CONVERT):
        rows[system.name] = []
        for made in bench.made("convert", system):
            number = by_name[made.of]
            source, target = bench.clips[number], bench.target(number)
            assert target is not None
            found = bench.judged(made, "voice", partial(_voice, bench, made))
            mine = np.asarray(found["print"], np.float32)
            row = {
                "clip": made.of, "speaker": made.speaker, "target": target.name,
                "to_target": float(mine @ _whose(bench, target)),
                "to_source": float(mine @ _whose(bench, source)), "mos": found["mos"],
            }  # fmt: skip
            rows[system.name].append(row)
    return rows


def _voice(bench: Bench, made: Made) -> dict[str, Any]:
    return {"print": _print(bench, made.samples), **speech_scores.dnsmos(made.samples)}


def _print(bench: Bench, samples: Float32) -> list[float]:
    found: list[float] = bench.voiceprints.of(samples).tolist()
    return found


def _whose(bench: Bench, clip: Clip) -> Float32:
    """The speaker's voiceprint, of length 1."""
    others = [one for one in bench.clips if one.speaker == clip.speaker and one is not clip] or [clip]
    prints = [bench.judged(one, "print", partial(_print, bench, one.samples)) for one in others]
    mean = np.mean(np.asarray(prints, np.float32), 0)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def text(bench: Bench) -> dict[str, Rows]:
    """Of each system that speaks, a row a sentence: what was heard, errors and words, mos, overall.

    Raises MissingDependencyError.
    """
    rows: dict[str, Rows] = {}
    for system in bench.systems.that(Ability.SYNTHESIZE):
        rows[system.name] = []
        for made in bench.made("text", system):
            found = bench.judged(made, "words", partial(_heard, made))
            wrong = word_errors(made.of, found["heard"])
            rows[system.name].append({"text": made.of, **found, "errors": wrong.errors, "words": wrong.words})
    return rows


def _heard(made: Made) -> dict[str, Any]:
    return {"heard": speech_scores.hear(made.samples), **speech_scores.dnsmos(made.samples)}
