"""What a shipped model's scores mean: the card beside its weights, and the weights themselves.

The card (``<name>.json``) says how raw scores are read: calibration, thresholds, data, licences, measured
errors, SHA-256 of the weights.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from earwitness.detector.calibrate import Calibration, Local
from earwitness.detector.conditions import Conditions
from earwitness.detector.limits import Limits
from earwitness.errors import ModelError

__all__ = [
    "DEFAULT",
    "Card",
    "Channel",
    "SecondLook",
    "card_of",
    "read_card",
    "read_file",
    "read_weights",
    "weights_folder",
]

DEFAULT = "spectro"


@dataclass(frozen=True, slots=True)
class Channel:
    """How LLRs are to be read when a recording came through a narrow channel.

    whole, windows: maps from the card's LLR to the LLR for this channel. thresholds: LLRs after the map.
    local: how scores of steps are read.
    limits: in place of limits of ``thresholds`` and ``local``, by what the recording has been through.
    """

    whole: Calibration
    windows: Calibration
    thresholds: dict[str, float]
    local: Local | None = None
    limits: Limits | None = None

    def limits_for(self, shares: Sequence[float] | None) -> dict[str, float]:
        """``thresholds``, and what ``limits`` say of a recording whose kinds of channel are that probable."""
        return self.thresholds | (self.limits.of(shares) if self.limits and shares else {})


@dataclass(frozen=True, slots=True)
class SecondLook:
    """The localiser of a model, see ``earwitness.detector.localiser``.

    file, sha256: its weights. share: how much a step's score by itself counts beside what it says.
    """

    file: str
    sha256: str
    share: float


@dataclass(frozen=True, slots=True)
class Card:
    """What the runtime needs of a weights card.

    window, hop: length and step of the windows, in frames of 80 ms.
    whole: calibration of a recording's mean raw score; window_calibration: of one window's.
    thresholds: LLRs, see ``earwitness.detector.verdict``.
    local: how scores of steps are read; None: the model has none.
    telephone: what holds instead when nothing above 4 kHz is left; None: the same as everywhere.
    conditions: calibration by what a recording has been through, in place of ``whole``.
    limits: as in ``Channel``.
    localiser: what scores steps beside the rest of the recording; None: each is scored by itself.
    unseen: as in ``Calibration``, for recordings that came through no narrow channel.
    """

    name: str
    version: str
    sha256: str
    window: int
    hop: int
    whole: Calibration
    window_calibration: Calibration
    thresholds: dict[str, float]
    local: Local | None = None
    telephone: Channel | None = None
    conditions: Conditions | None = None
    limits: Limits | None = None
    localiser: SecondLook | None = None
    unseen: float = 0.0


def weights_folder() -> Traversable:
    """Where cards and weights lie."""
    return resources.files("earwitness.detector").joinpath("weights")


@cache
def read_card(name: str = DEFAULT) -> Card:
    """The card of a shipped model. Raises ModelError when it is missing or malformed."""
    try:
        return card_of(json.loads(weights_folder().joinpath(f"{name}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"the weights card is missing or damaged ({error}).", subject=name, hint="Reinstall."
        ) from error


def card_of(table: dict[str, Any]) -> Card:
    """What a card's JSON says. Raises ValueError, KeyError, TypeError or AttributeError for another table."""
    runtime = table["runtime"]
    conditions = Conditions.from_table(runtime["conditions"]) if "conditions" in runtime else None
    return Card(
        name=table["name"],
        version=table["version"],
        sha256=table["sha256"],
        window=int(runtime["window"]),
        hop=int(runtime["hop"]),
        whole=Calibration(**runtime["whole"]),
        window_calibration=Calibration(**runtime["windows"]),
        thresholds={k: float(v) for k, v in runtime["thresholds"].items()},
        local=_local(runtime),
        telephone=_channel(runtime.get("telephone"), conditions),
        conditions=conditions,
        limits=_limits(runtime, conditions),
        localiser=SecondLook(**table["localiser"]) if "localiser" in table else None,
        unseen=float(runtime.get("unseen", 0.0)),
    )


def _channel(table: dict[str, Any] | None, conditions: Conditions | None) -> Channel | None:
    if table is None:
        return None
    return Channel(
        whole=Calibration(**table["whole"]),
        windows=Calibration(**table["windows"]),
        thresholds={k: float(v) for k, v in table["thresholds"].items()},
        local=_local(table),
        limits=_limits(table, conditions),
    )


def _limits(table: dict[str, Any], conditions: Conditions | None) -> Limits | None:
    if conditions is None or "limits" not in table:
        return None
    return Limits.from_table(table["limits"], len(conditions.names))


def _local(table: dict[str, Any]) -> Local | None:
    return Local(**table["local"]) if "local" in table else None


def read_weights(card: Card) -> bytes:
    """The weights a card speaks of, checked against its hash. Raises ModelError."""
    return read_file(f"{card.name}.onnx", card.sha256, "the weights", card.name)


def read_file(file: str, sha256: str, what: str, subject: str) -> bytes:
    """A file beside a card, checked against the hash that the card states.

    what: it is called in the error. Raises ModelError about ``subject``.
    """
    hint = "Reinstall earwitness."
    try:
        data = weights_folder().joinpath(file).read_bytes()
    except OSError as error:
        raise ModelError(f"{what} cannot be read ({error}).", subject=subject, hint=hint) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelError(f"{what} are not those of their card.", subject=subject, hint=hint)
    return data
