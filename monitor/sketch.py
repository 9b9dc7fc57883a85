"""Quantiles of what was measured, in little room, and so that two of them make one: the DDSketch.

A value is counted in a bucket whose bounds grow by the same factor from each to the next, so that any quantile is known to
within `ERROR` of itself, however many values there were and however often sketches were merged (Masson, Rim and Lee,
"DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019). The library of that name
keeps an array for every sketch, and is ten times as large in a database as what is written here.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, chain, zip_longest

ERROR = 0.02
"""By how much of itself a quantile may be wrong."""
SMALLEST = 1e-6
"""What is less counts as this much: a microsecond, where values are seconds."""

_GAMMA = (1 + ERROR) / (1 - ERROR)
_LOG_GAMMA = math.log(_GAMMA)
_MORE = 0x80
"""The bit of a byte that says that the number goes on in the next one."""
_END = 0x100
"""What stands for the byte behind the last."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """How many values there were in each bucket, by its number."""

    counts: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Iterable[float]) -> Sketch:
        """A sketch of *values*, none of them negative."""
        return cls(Counter(math.ceil(math.log(max(value, SMALLEST)) / _LOG_GAMMA) for value in values))

    def __add__(self, other: Sketch) -> Sketch:
        return Sketch(Counter(self.counts) + Counter(other.counts))

    @property
    def count(self) -> int:
        """How many values."""
        return sum(self.counts.values())

    def quantile(self, share: float) -> float | None:
        """The value that this *share* of the values, from 0 to 1, is not above; None of no values."""
        rank = share * (self.count - 1)
        numbers = sorted(self.counts)
        place = bisect_right(list(accumulate(map(self.counts.__getitem__, numbers))), rank)
        return 2 * _GAMMA ** numbers[place] / (_GAMMA + 1) if numbers else None

    def to_bytes(self) -> bytes:
        """The sketch as bytes: of each bucket the distance from the one before and the count, as variable-length numbers."""
        written, before = bytearray(), 0
        for number in sorted(self.counts):
            written += _varint(_zigzag(number - before)) + _varint(self.counts[number])
            before = number
        return bytes(written)

    @classmethod
    def from_bytes(cls, written: bytes) -> Sketch:
        """The sketch that `to_bytes` wrote. Raises `ValueError` for what it never writes."""
        return cls.merged([written])

    @classmethod
    def merged(cls, written: Iterable[bytes]) -> Sketch:
        """All that `to_bytes` wrote of several as one sketch, sooner than they are added up. Raises as `from_bytes` does."""
        counts = defaultdict[int, int](int)
        for each in written:
            _count(each, counts)
        return cls(counts)


EMPTY = Sketch()


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else ~number << 1 | 1


def _varint(number: int) -> bytes:
    """*number* in groups of seven bits, the lowest first; the eighth bit says that more follow."""
    written = bytearray()
    while number >> 7:
        written.append(number & 0x7F | _MORE)
        number >>= 7
    return bytes([*written, number])


def _count(written: bytes, counts: dict[int, int]) -> None:
    """Add the buckets in *written* to *counts*. Most numbers are one byte, so bytes are read in pairs until one is not."""
    number, left = 0, iter(written)
    for distance, count in zip_longest(left, left, fillvalue=_END):
        if distance >= _MORE:
            distance = _long(distance, chain((count,), left))  # noqa: PLW2901 - it was the beginning of it
            count = next(left, _END)  # noqa: PLW2901 - what was read for it belongs to the distance
        number += distance >> 1 ^ -(distance & 1)
        counts[number] += count if count < _MORE else _long(count, left)


def _long(first: int, left: Iterator[int]) -> int:
    """The number that begins with the byte *first* and goes on in those that are *left*."""
    number, shift = first & 0x7F, 7
    for byte in left:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < _MORE:
            return number
    msg = "the bytes of a sketch end in the middle of a number"
    raise ValueError(msg)
