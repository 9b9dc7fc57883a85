"""Facts as plain values: what JSON can say, and nothing else.

The store, the machine-readable output and ``explain`` all show facts through `plain`, so that a fact looks the same
wherever it is met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any, Final

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
"""A JSON value."""

UNTOLD: Final[Mapping[str, bool]] = MappingProxyType({"untold": True})
"""The metadata of a field that the program needs and nobody is shown."""


@cache
def _names(shape: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(shape) if not field.metadata.get("untold"))


def plain(value: Any) -> Plain:
    """*value* as JSON values: times as RFC 3339 in UTC, durations as seconds, sets in order, bytes as hexadecimal.

    Raises `TypeError` for anything a fact may not hold.
    """
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int() | float() | str():
            return value
        case date():
            return instant(value) if isinstance(value, datetime) else value.isoformat()
        case timedelta():
            return value.total_seconds()
        case bytes():
            return value.hex()
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case tuple() | list():
            return [plain(item) for item in value]
        case set() | frozenset():
            return sorted((plain(item) for item in value), key=str)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {name: plain(getattr(value, name)) for name in _names(type(value))}
    msg = f"{type(value).__name__} is not a fact"
    raise TypeError(msg)


def instant(at: datetime) -> str:
    """An aware time as RFC 3339 in UTC: ``2026-11-21T22:50:00Z``, with milliseconds only where there are any."""
    text = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return text.removesuffix(".000") + "Z"
