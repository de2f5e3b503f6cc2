"""The part of the bench of generators that looks at what is given out: its mark.

The detector's verdicts are no part: it was trained on these generators, so that they would say nothing of it.
"""

from __future__ import annotations

import io
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

import earwitness
import earwitness.watermark
from earwitness.errors import EarWitnessError
from earwitness.eval.generator_bench import RATE, Bench, Made, Rows
from earwitness.eval.generator_systems import OURS
from earwitness.eval.score_cache import file_sha256
from earwitness.eval.watermark_attacks import attacks, generator
from earwitness.generation import Ability, GeneratorInfo, Speech

Float32 = npt.NDArray[np.float32]

__all__ = ["marks"]

MP3 = "mp3_64k"
_SIGNPOST = "signpost"
_SHORTEST_ORDER_S = 0.5


class _Replay:
    """A generator that gives what was made before: the front door marks it as it marks everything."""

    def __init__(self, info: GeneratorInfo, speech: Speech) -> None:
        self.info = replace(info, offers=frozenset({Ability.SAMPLE}))
        self._speech = speech

    def sample(self, seconds: float, *, seed: int = 0) -> Speech:  # noqa: ARG002
        """See ``Generator``; all of it."""
        return self._speech


def marks(bench: Bench) -> dict[str, Rows]:
    """Of each of our families, a row a sound it made: does the signpost of the written file read back, from
    the file and after MP3 at 64 kbit/s; strength as the front door chose it; error where it gave out no file.
    """
    scheme = sorted(Path(str(earwitness.watermark.__file__)).parent.glob("*.py"))
    by = f"marks/{''.join(file_sha256(path)[:8] for path in scheme)}"
    rows: dict[str, Rows] = {}
    for made in bench.every(OURS):
        found = bench.judged(made, by, partial(_marked, made, bench.seed))
        rows.setdefault(made.system.name, []).append(
            {"what": made.what, "of": made.of, "seconds": made.speech.seconds, **found}
        )
    return rows


def _marked(made: Made, seed: int) -> dict[str, Any]:
    replay: Any = _Replay(made.system.info, made.speech)
    seconds = max(_SHORTEST_ORDER_S, made.speech.seconds)
    with tempfile.TemporaryDirectory(prefix="earwitness-bench-") as folder:
        out = Path(folder) / "made.wav"
        try:
            record = earwitness.sample(
                seconds,
                out,
                generator=replay,
                key=False,
                steps=earwitness.Steps(record=False, credentials=False),
            )
        except EarWitnessError as error:
            return {"file": False, "mp3": False, "error": error.message}
        loud, rate = soundfile.read(out, dtype="float32")
        through = _through_mp3(np.asarray(loud, np.float32), rate, seed, made.key)
        return {
            "file": _reads(out.read_bytes()),
            "mp3": _reads(_wav(through)),
            "strength": str(record.marks[0].strength),
        }


def _through_mp3(samples: Float32, rate: int, seed: int, key: str) -> Float32:
    at_ours = samples if rate == RATE else np.asarray(soxr.resample(samples, rate, RATE), np.float32)
    run: Any = attacks()[MP3].run
    return np.asarray(run(at_ours, None, generator(seed, MP3, key)), np.float32)


def _reads(content: bytes) -> bool:
    found = earwitness.verify(io.BytesIO(content), key=_SIGNPOST, name="made.wav")
    return found.marked and found.verified


def _wav(samples: Float32) -> bytes:
    memory = io.BytesIO()
    soundfile.write(memory, samples, RATE, format="WAV", subtype="PCM_16")
    return memory.getvalue()
