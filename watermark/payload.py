"""The payload of a mark: 32 bits behind an error-correcting code, and a tag only the key's owner can make.

The id is coded by a BCH code (255, 37, distance 91), shortened to (250, 32), and decoded softly: ordered
statistics of order 4 in several bases give a list of the likeliest ids.

The tag is HMAC-SHA-256 over scheme, key id and payload id, stretched to one ±1 chip for every tag tile
of a block. It is not cut off and compared bit by bit: the chips of each listed id are correlated with
what was received. Whatever was received, chips that do not belong to it are coin tosses, and for a
weighted sum of coin tosses, in units of its own standard deviation, P(t >= T) <= 3.18 Q(T), where Q is the
tail of the normal distribution (Bentkus and Dzindzalieta 2015): the chance of a false tag is bounded for any
audio, natural, random or made on purpose.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from earwitness.marks import MarkKey

Float32 = npt.NDArray[np.float32]
Int8 = npt.NDArray[np.int8]
Bits = npt.NDArray[np.int64]

__all__ = [
    "CODE_BITS",
    "PAYLOAD_BITS",
    "Candidate",
    "encode",
    "false_tag_probability",
    "likeliest",
    "tag_chips",
    "tag_threshold",
]

PAYLOAD_BITS = 32
CODE_BITS = 250
_FIELD_BITS = 8
_FIELD_POLYNOMIAL = 0x11D
_DESIGNED_DISTANCE = 91
_RADEMACHER = 3.18
_LESS_RELIABLE = 18
FALSE_TAG_BITS = 24
"""A random or forged payload verifies with a probability of at most 2**-24 a reading."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An id that the received signs may mean, and its correlation with them."""

    payload: int
    correlation: float


def encode(payload: int) -> Int8:
    """The code word of an id, ±1, shape (250,). A 0 bit is sent as -1."""
    if not 0 <= payload < 2**PAYLOAD_BITS:
        raise ValueError(f"a payload is a number from 0 to 2**{PAYLOAD_BITS} - 1, not {payload}")
    return (2 * (_bits(payload) @ _generator() % 2) - 1).astype(np.int8)


def tag_chips(key: MarkKey, scheme: str, payload: int, count: int) -> Int8:
    """The tag of an id under a key: ``count`` chips of ±1 that only the secret's owner can make."""
    message = b"|".join(
        [b"earwitness mark", scheme.encode(), key.key_id.encode(), payload.to_bytes(4, "big")]
    )
    seed = hmac.new(key.secret, message, hashlib.sha256).digest()
    stream = hashlib.shake_256(seed).digest(-(-count // 8))
    return (2 * np.unpackbits(np.frombuffer(stream, np.uint8))[:count].astype(np.int8) - 1).astype(np.int8)


def false_tag_probability(correlation: float, tried: float) -> float:
    """Upper bound (0..1) on a tag correlating so well by chance. tried: number of candidates looked at."""
    return min(1.0, tried * _RADEMACHER * 0.5 * math.erfc(correlation / math.sqrt(2)))


def tag_threshold(tried: float) -> float:
    """The correlation that keeps false tags below 2**-24 when ``tried`` candidates are looked at."""
    return -NormalDist().inv_cdf(2.0**-FALSE_TAG_BITS / (_RADEMACHER * tried))


def likeliest(soft: Float32, count: int, *, thorough: bool = False) -> list[Candidate]:
    """The ``count`` likeliest ids, best first, from soft values of the code bits, shape (250,), 1 > 0.

    Ordered statistics decoding: the 32 most reliable independent bits are taken as they are, and all
    ways of flipping up to four of them are re-encoded. In bad noise more of them are wrong: ``thorough``
    flips up to six where most are among the less reliable 18, and then does the same with the next 32
    bits. It takes ten times as long.
    """
    found: dict[int, float] = {}
    reliability = np.abs(soft)
    for _ in range(2 if thorough else 1):
        generator, message, order = _most_reliable_basis(reliability)
        for payload, value in _around(soft[order].astype(np.float32), generator, message, count, thorough):
            found.setdefault(payload, value)
        reliability = reliability.copy()
        reliability[order[:PAYLOAD_BITS]] = 0
    best = sorted(found.items(), key=lambda entry: -entry[1])[:count]
    return [Candidate(payload, value) for payload, value in best]


def _around(
    received: Float32, generator: Bits, message: Bits, count: int, thorough: bool
) -> list[tuple[int, float]]:
    """The likeliest ids within a few flips of one basis, and their correlations, best first."""
    hard = (received[:PAYLOAD_BITS] > 0).astype(np.int64)
    signs = (1 - 2 * (hard @ generator % 2)).astype(np.float32)  # +1 for 0
    rows = (1 - 2 * generator).astype(np.float32)
    flips, lower = _flips(thorough)
    words = np.ones((len(flips), CODE_BITS), np.float32)
    for places in _places(thorough):
        words *= np.concatenate([rows, np.ones((1, CODE_BITS), np.float32)])[places]
    metric = (words * (-received * signs)) @ words.T
    metric[lower] = -np.inf
    flat = metric.ravel()
    # Six flips fall into three and three in ten ways: the same word comes several times.
    some = (24 if thorough else 6) * count
    best = np.argpartition(-flat, some)[:some]
    found: dict[int, float] = {}
    for index in best[np.argsort(-flat[best])]:
        left, right = divmod(int(index), len(flips))
        basis = (hard + flips[left] + flips[right]) % 2
        found.setdefault(_number(basis @ message % 2), float(flat[index]))
        if len(found) == count:
            break
    return list(found.items())


@cache
def _places(thorough: bool) -> tuple[Bits, ...]:
    """Which basis bits each half of a flip pattern flips, up to three: 32 stands for none."""
    none, bits = PAYLOAD_BITS, range(PAYLOAD_BITS)
    sets = [(), *combinations(bits, 1), *combinations(bits, 2)]
    if thorough:
        sets += combinations(range(PAYLOAD_BITS - _LESS_RELIABLE, PAYLOAD_BITS), 3)
    table = np.array([(*chosen, *[none] * (3 - len(chosen))) for chosen in sets], np.int64)
    return tuple(table.T[: 3 if thorough else 2])


@cache
def _flips(thorough: bool) -> tuple[Bits, npt.NDArray[np.bool_]]:
    """The same as a table of zeros and ones, (patterns, 32), and which pairs of patterns come twice."""
    columns = _places(thorough)
    flips = np.zeros((len(columns[0]), PAYLOAD_BITS + 1), np.int64)
    for places in columns:
        flips[np.arange(len(flips)), places] = 1
    return flips[:, :PAYLOAD_BITS], np.tril(np.ones((len(flips), len(flips)), bool), -1)


def _bits(payload: int) -> npt.NDArray[np.int64]:
    return np.array([payload >> (PAYLOAD_BITS - 1 - k) & 1 for k in range(PAYLOAD_BITS)], np.int64)


def _number(bits: npt.NDArray[np.int64]) -> int:
    return int("".join(map(str, bits.tolist())), 2)


@cache
def _generator() -> npt.NDArray[np.int64]:
    """Systematic generator matrix of the shortened code, shape (32, 250)."""
    polynomial = _generator_polynomial()
    degree = polynomial.bit_length() - 1
    rows = np.zeros((PAYLOAD_BITS, CODE_BITS), np.int64)
    for k in range(PAYLOAD_BITS):
        power = degree + PAYLOAD_BITS - 1 - k
        rest = 1 << power
        while rest.bit_length() > degree:
            rest ^= polynomial << (rest.bit_length() - 1 - degree)
        word = (1 << power) | rest
        rows[k] = [word >> (CODE_BITS - 1 - i) & 1 for i in range(CODE_BITS)]
    return rows


def _generator_polynomial() -> int:
    """Product of the minimal polynomials of alpha**1 .. alpha**90 over GF(256); bit k belongs to x**k."""
    size = 2**_FIELD_BITS - 1
    power = [1]
    for _ in range(size - 1):
        value = power[-1] << 1
        power.append(value ^ _FIELD_POLYNOMIAL if value >> _FIELD_BITS else value)
    log = {value: k for k, value in enumerate(power)}

    def times(a: int, b: int) -> int:
        return power[(log[a] + log[b]) % size] if a and b else 0

    roots = sorted({k * 2**j % size for k in range(1, _DESIGNED_DISTANCE) for j in range(_FIELD_BITS)})
    product = [1]  # coefficients, lowest power first
    for root in roots:
        shifted = [0, *product]
        product = [a ^ times(power[root], b) for a, b in zip(shifted, [*product, 0], strict=True)]
    return sum(1 << k for k, coefficient in enumerate(product) if coefficient)


def _most_reliable_basis(
    reliability: Float32,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """Generator in the basis of the most reliable independent bits.

    Returns (generator (32, 250) with an identity in front, message (32, 32) that turns basis bits into
    payload bits, order (250,) of the columns).
    """
    by_reliability = np.argsort(-reliability, kind="stable")
    joined = np.concatenate([_generator()[:, by_reliability], np.eye(PAYLOAD_BITS, dtype=np.int64)], axis=1)
    matrix = joined.astype(np.uint8)
    pivots: list[int] = []
    for column in range(CODE_BITS):
        row = len(pivots)
        below = np.flatnonzero(matrix[row:, column])
        if not below.size:
            continue
        swap = row + int(below[0])
        if swap != row:
            matrix[[row, swap]] = matrix[[swap, row]]
        others = np.flatnonzero(matrix[:, column])
        matrix[others[others != row]] ^= matrix[row]
        pivots.append(column)
        if len(pivots) == PAYLOAD_BITS:
            break
    rest = np.setdiff1d(np.arange(CODE_BITS), pivots)
    columns = np.concatenate([np.array(pivots), rest])
    return (
        matrix[:, columns].astype(np.int64),
        matrix[:, CODE_BITS:].astype(np.int64),
        by_reliability[columns],
    )
