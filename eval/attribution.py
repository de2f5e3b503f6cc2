"""How well generators are told apart: known ones, unknown ones, and ones enrolled from a few clips.

A report names a generator only where its verdict is a finding. Here every clip is attributed by its traces,
whatever the verdict, and how often a report says it is counted apart (``reported``).
"""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soundfile

import earwitness
from earwitness.detector import enrolled
from earwitness.detector.attribution import EngineSpace
from earwitness.detector.training.logs import PAIRS, logged
from earwitness.detector.training.recipes import engine_of
from earwitness.eval import metrics
from earwitness.eval.intervals import share
from earwitness.eval.protocols import Clip
from earwitness.examine import listen
from earwitness.report import UNKNOWN

__all__ = ["Heard", "Sample", "enrolment", "hear", "known_numbers", "of_clips", "of_pairs", "open_set"]

SCHEMA = "earwitness.eval.attribution/1"
NAME = "under-test"


@dataclass(frozen=True, slots=True)
class Sample:
    """A synthetic recording and what made it. side: column of the file (None: all of it)."""

    path: Path
    side: int | None
    engine: str
    family: str


@dataclass(frozen=True, slots=True)
class Heard:
    """traces: (d,), None where nothing could be scored. reported: the family and engine that the report
    names; None where its verdict is no finding."""

    sample: Sample
    traces: tuple[float, ...] | None
    reported: tuple[str, str] | None


def of_pairs(folder: Path) -> list[Sample]:
    """The copies of a folder of ``copysynth``."""
    return [Sample(folder / row["path"], 1, *engine_of(row["method"])) for row in logged(folder, PAIRS)]


def of_clips(clips: Sequence[Clip], systems: Sequence[str]) -> list[Sample]:
    """The clips of these systems of a manifest; engines that no recipe knows are of undisclosed kind."""
    return [Sample(c.path, None, *_engine(c.system)) for c in clips if c.synthetic and c.system in systems]


def _engine(system: str) -> tuple[str, str]:
    try:
        return engine_of(system)
    except KeyError:
        return system, "undisclosed"


def hear(samples: Sequence[Sample], jobs: int = 1) -> list[Heard]:
    """Each sample through the front door, twice: what it is told by, and what its report says."""
    if jobs <= 1:
        return [_hear(sample) for sample in samples]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_hear, samples, chunksize=4))


def _hear(sample: Sample) -> Heard:
    sound, rate = soundfile.read(sample.path, dtype="float32", always_2d=True)
    memory = io.BytesIO()
    soundfile.write(memory, sound[:, sample.side or 0], rate, format="WAV", subtype="PCM_16")
    memory.seek(0)
    scores = listen(memory, name="clip.wav")
    memory.seek(0)
    report = earwitness.check(memory, name="clip.wav")
    named = report.attribution[0] if report.attribution else None
    traces = next((channel.traces for channel in scores if channel.traces is not None), None)
    return Heard(sample, traces, None if named is None else (named.family, named.engine))


def known_numbers(heard: Sequence[Heard], space: EngineSpace) -> dict[str, Any]:
    """Clips of engines that the space knows: how often family and engine are right, overall and by engine.

    family, engine: of all clips with traces; a family called unknown is wrong, the nearest engine counts all
    the same. named_*: of the clips that are not called unknown. reported_*: of those whose report names a
    family.
    """
    names = sorted({h.sample.engine for h in heard})
    return {
        "all": _rates(heard, space),
        "engines": {name: _rates([h for h in heard if h.sample.engine == name], space) for name in names},
    }


def _rates(heard: Sequence[Heard], space: EngineSpace) -> dict[str, Any]:
    told = [(h.sample, space.attribute(h.traces)) for h in heard if h.traces is not None]
    reported = [(h.sample, h.reported) for h in heard if h.reported is not None]
    named = [(s, found) for s, found in told if found.family != UNKNOWN]
    nearest = Counter(found.engine for _, found in told)
    return {
        "clips": len(heard),
        "family": share(sum(s.family == found.family for s, found in told), len(told)),
        "engine": share(sum(s.engine == found.engine for s, found in told), len(told)),
        "called_unknown": share(sum(found.family == UNKNOWN for _, found in told), len(told)),
        "named_family": share(sum(s.family == found.family for s, found in named), len(named)),
        "named_engine": share(sum(s.engine == found.engine for s, found in named), len(named)),
        "nearest": dict(nearest.most_common(3)),
        "reported": share(len(reported), len(heard)),
        "reported_family": share(sum(s.family == names[0] for s, names in reported), len(reported)),
        "reported_engine": share(sum(s.engine == names[1] for s, names in reported), len(reported)),
    }


def open_set(known: Sequence[Heard], unknown: Sequence[Heard], space: EngineSpace) -> dict[str, Any]:
    """Are unknown engines told from known ones? All unknown ones together, and each for itself.

    auroc: chance that an unknown clip is stranger (``EngineSpace.strangeness``) than a known one. fpr95:
    share of unknown clips no stranger than 95 % of the known ones. flagged: share that is called unknown as
    shipped. family: share whose kind is named right, though the engine is none that is known.
    """
    inside = _strangeness(known, space)
    result: dict[str, Any] = {
        "known_flagged": share(int((inside > 1).sum()), inside.size),
        "all": _against(inside, _strangeness(unknown, space)),
        "engines": {},
    }
    for name in sorted({h.sample.engine for h in unknown}):
        own = [h for h in unknown if h.sample.engine == name]
        rates = _rates(own, space)
        result["engines"][name] = _against(inside, _strangeness(own, space)) | {
            key: rates[key] for key in ("family", "nearest")
        }
    return result


def _strangeness(heard: Sequence[Heard], space: EngineSpace) -> metrics.Float64:
    found = (space.attribute(h.traces) for h in heard if h.traces is not None)
    return np.array([space.strangeness(one) for one in found], np.float64)


def _against(inside: metrics.Float64, outside: metrics.Float64) -> dict[str, Any]:
    if not inside.size or not outside.size:
        return {"n": int(outside.size), "auroc": None, "fpr95": None, "flagged": share(0, 0)}
    limit = np.quantile(inside, 0.95)
    return {
        "n": int(outside.size),
        "auroc": metrics.auc(inside, outside),
        "fpr95": share(int((outside <= limit).sum()), outside.size),
        "flagged": share(int((outside > 1).sum()), outside.size),
    }


def enrolment(
    heard: Sequence[Heard], engine: str, space: EngineSpace, *, clips: int, draws: int, seed: int
) -> dict[str, Any] | None:
    """An unknown engine enrolled from ``clips`` of its clips, by ``detector.enrolled`` as a user would.

    named: its other clips that are then given to it, within reach. nearest: the same without asking for
    reach. wrongly_given: clips of all other engines that are. Counts are sums over ``draws`` draws, so the
    intervals are those of one draw's clips at best. None where fewer than 5 clips would be left.
    """
    own = [h.traces for h in heard if h.sample.engine == engine and h.traces is not None]
    others = [h.traces for h in heard if h.sample.engine != engine and h.traces is not None]
    if len(own) < clips + 5:
        return None
    hits: Counter[str] = Counter()
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        order = rng.permutation(len(own)).tolist()
        with _empty_folder():
            enrolled.keep(NAME, NAME, [own[k] for k in order[:clips]], "measured")
            added = enrolled.load_enrolled(space, "measured")
        ask = partial(space.attribute, enrolled=added)
        rest, strangers = [ask(own[k]) for k in order[clips:]], [ask(traces) for traces in others]
        hits["named"] += sum(found.engine == NAME and found.family != UNKNOWN for found in rest)
        hits["nearest"] += sum(found.engine == NAME for found in rest)
        hits["rest"] += len(rest)
        hits["wrong"] += sum(found.engine == NAME and found.family != UNKNOWN for found in strangers)
        hits["strangers"] += len(strangers)
    return {
        "clips": clips,
        "draws": draws,
        "named": share(hits["named"], hits["rest"]),
        "nearest": share(hits["nearest"], hits["rest"]),
        "wrongly_given": share(hits["wrong"], hits["strangers"]),
    }


@contextmanager
def _empty_folder() -> Iterator[None]:
    """Enrolments of this user neither help nor are touched."""
    before = os.environ.get(enrolled.VARIABLE)
    with TemporaryDirectory() as folder:
        os.environ[enrolled.VARIABLE] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ[enrolled.VARIABLE]
            else:
                os.environ[enrolled.VARIABLE] = before
