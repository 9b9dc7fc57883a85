"""About how many bytes of memory a value takes: cheap enough to be asked of every record on the event loop.

Of a collection a few members stand for all, taken evenly: what a vendor's page lists by the thousand costs no more to weigh.
What many values have in common, like a target's settings, is nobody's weight: who weighs leaves it out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from itertools import islice

_OBJECT = 56
"""A small object and the reference to it, on average: half of them are shared, like a number or a member of an enum."""
_SAMPLE = 4


def weight(value: object) -> int:
    """The bytes of *value* and of what it holds: texts, collections and dataclasses of them."""
    if isinstance(value, (str, bytes)):
        return _OBJECT + len(value)
    if isinstance(value, Mapping):
        return 2 * _OBJECT + _sampled(value.items())
    if isinstance(value, (tuple, list, set, frozenset)):
        return _OBJECT + _sampled(value)
    shape: type = type(value)
    return sum((weight(getattr(value, name)) for name in _names(shape)), _OBJECT)


def _sampled(members: Collection[object]) -> int:
    """The weight of all *members*, by that of a few."""
    count = len(members)
    if not count:
        return 0
    few = list(islice(members, 0, None, -(-count // _SAMPLE)))
    return sum(map(weight, few)) * count // len(few)


@cache
def _names(shape: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(shape)) if is_dataclass(shape) else ()
