"""Observations of one target, pressed together: pure functions from looks to bytes and back, without loss.

A pack is JSON in columns (`monitor.store.columns`) under zlib (RFC 1950): the number of looks, and the column of the looks,
each an array in the order of `Look`. A pack needs nothing but itself to be read.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from checks.plain import Plain
from monitor.store.columns import folded, unfolded
from monitor.store.facts import as_json

LEVEL = 6
"""How hard zlib tries."""
MAX_BYTES = 1 << 28
"""A pack that is larger than this when it is unpacked was not made here."""


class Look(NamedTuple):
    """One probe as it is pressed: *at* is microseconds since 1970, *findings* and *facts* are plain values."""

    at: int
    seconds: float
    severity: str
    reason: str | None
    detail: str | None
    findings: Plain
    facts: Plain


def pack(looks: Sequence[Look]) -> bytes:
    """The bytes of *looks*, one at least."""
    column = folded([list(look) for look in looks])
    return zlib.compress(as_json([len(looks), column]).encode(), LEVEL)


def unpack(packed: bytes) -> list[Look]:
    """The looks that `pack` made *packed* of. Raises `ValueError` for what it never makes."""
    try:
        press = zlib.decompressobj()
        text = press.decompress(packed, MAX_BYTES)
        count, column = json.loads(text)
        return [Look(*each) for each in unfolded(column, count)]
    except (zlib.error, ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        msg = "these bytes are not observations that were pressed together"
        raise ValueError(msg) from error
