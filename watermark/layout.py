"""Where in time and frequency a mark lives: bands, tiles, and which tile says what under a key.

Time is cut into columns of 64 ms and frequency (250 Hz to 7.4 kHz) into 60 bands. A tile is one column of
one band; its energy goes up or down by a decibel or two. Two neighbouring bands make a pair, in which one
goes up when the other goes down: that is less audible, and a reader that compares neighbours sees it better.
36 columns (2.3 s) make a block, which repeats: a fifth of the pairs says "here I am" (sync), a third
carries the tag, the rest the code bits. Which pair does what, and what sign means what, follows from the key.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from earwitness.marks import MarkKey
from earwitness.watermark.payload import CODE_BITS, encode, tag_chips

Float32 = npt.NDArray[np.float32]
Chips = npt.NDArray[np.intp]

__all__ = [
    "BANDS",
    "BAND_EDGES",
    "COLUMNS",
    "FRAMES_A_COLUMN",
    "HOP",
    "PAIRS",
    "RATE",
    "SCHEME",
    "SYNC",
    "TAG",
    "WINDOW",
    "Layout",
    "block_signs",
    "layout_of",
]

SCHEME = "patchwork-1"
RATE = 16_000
WINDOW = 512
HOP = 256
FRAMES_A_COLUMN = 4
COLUMNS = 36
# In bins of 31.25 Hz. Fine where hearing is fine and telephones work, wider above 3.6 kHz.
BAND_EDGES: tuple[int, ...] = (*range(8, 116, 3), *range(116, 237, 5))
BANDS = len(BAND_EDGES) - 1
PAIRS = BANDS // 2
CHIPS_A_CODE_BIT = 2
SYNC = 216
TAG = COLUMNS * PAIRS - CODE_BITS * CHIPS_A_CODE_BIT - SYNC
# Every code bit has its share of these: below them telephones, codecs and rooms differ.
_ZONE_STARTS = (0, 3, 6, 10, 18)
_TIME_PARTS = 4


@dataclass(frozen=True, slots=True)
class Layout:
    """The pattern of a key. A chip is a pair in one column; chips are counted column by column, 30 to each.

    signs: ±1 of every chip, shape (1080,). sync: chips of the sync pattern, shape (SYNC,).
    tag: where each tag chip lies, shape (TAG,). code: chips of each code bit, shape (250, 2).
    """

    signs: Float32
    sync: Chips
    tag: Chips
    code: Chips


@lru_cache(maxsize=64)
def layout_of(key: MarkKey) -> Layout:
    """The pattern of a key: the same for ever, and unknown to whoever lacks the secret."""
    seed = hmac.new(key.secret, f"{SCHEME}|layout|{key.key_id}".encode(), hashlib.sha256).digest()
    # SHAKE and not a numpy generator: its stream must never change with a library version.
    words = np.frombuffer(hashlib.shake_256(seed).digest(8 * COLUMNS * PAIRS * 2), dtype="<u8")
    rank, second = words[: COLUMNS * PAIRS], words[COLUMNS * PAIRS :]
    order = np.lexsort((rank, _zones()))
    groups = CODE_BITS + (SYNC + TAG) // CHIPS_A_CODE_BIT
    rounds = second[: groups * CHIPS_A_CODE_BIT].reshape(CHIPS_A_CODE_BIT, groups)
    dealt = np.empty((groups, CHIPS_A_CODE_BIT), np.intp)
    for k in range(CHIPS_A_CODE_BIT):
        dealt[np.argsort(rounds[k], kind="stable"), k] = order[k * groups : (k + 1) * groups]
    signs = (1 - 2 * (rank & np.uint64(1)).astype(np.float32)).astype(np.float32)
    split = SYNC // CHIPS_A_CODE_BIT
    return Layout(
        signs=signs,
        sync=dealt[:split].ravel(),
        tag=dealt[split : split + TAG // CHIPS_A_CODE_BIT].ravel(),
        code=dealt[split + TAG // CHIPS_A_CODE_BIT :],
    )


def block_signs(key: MarkKey, payload: int) -> Float32:
    """Sign of each chip of a block, ±1, shape (36, 30)."""
    layout = layout_of(key)
    signs = layout.signs.copy()
    signs[layout.tag] *= tag_chips(key, SCHEME, payload, TAG)
    signs[layout.code] *= encode(payload)[:, None]
    return signs.reshape(COLUMNS, PAIRS)


@cache
def _zones() -> npt.NDArray[np.intp]:
    """Part of the plane each chip belongs to: frequency zone first, then quarter of the block."""
    zone = np.searchsorted(np.array(_ZONE_STARTS), np.arange(PAIRS), side="right") - 1
    part = np.arange(COLUMNS) * _TIME_PARTS // COLUMNS
    return np.asarray((zone[None, :] * _TIME_PARTS + part[:, None]).ravel(), np.intp)
