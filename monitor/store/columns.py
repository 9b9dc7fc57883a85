"""Values of the same shape, written column by column: what is the same in all of them once, and numbers as steps.

A column is a JSON array that begins with its kind:

- ``=`` *value*: it is the same in all;
- ``{`` *object of columns*, ``[`` *array of columns*: all are objects with these names, or arrays of this length;
- ``+`` *first*, *step*, ...: whole numbers, each as its distance from the one before;
- ``/`` *exponent*, *number*, ...: fractions, as whole numbers of 2**-exponent. What a clock of the machine measured is some
  thirty such bits, and seventeen digits when it is written as a decimal number;
- ``*`` *value*, ...: anything else.

Nothing is rounded: what comes back is equal to what was put in, and of the same types.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from checks.plain import Plain

MAX_EXPONENT = 80
"""Numbers that need more bits after the point than this are written as they are."""


def folded(values: Sequence[Plain]) -> list[Any]:
    """The column of *values*, one at least."""
    first = values[0]
    if all(value is first for value in values):
        return ["=", first]
    if not all(type(value) is type(first) for value in values):
        return ["*", *values]
    match first:
        case dict():
            return _objects(values)
        case list():
            return _arrays(values)
        case int() if not isinstance(first, bool):
            return _steps(values)
        case float():
            return _fractions(values)
    return ["=", first] if all(value == first for value in values) else ["*", *values]


def unfolded(column: Sequence[Any], count: int) -> list[Any]:
    """The *count* values of a *column*; raises `ValueError`, `TypeError` or `LookupError` for what `folded` never makes."""
    match column:
        case ["=", value]:
            return [value] * count
        case ["{", inner]:
            fields = {name: unfolded(each, count) for name, each in inner.items()}
            return [dict(zip(fields, each, strict=True)) for each in zip(*fields.values(), strict=True)]
        case ["[", inner]:
            return [list(each) for each in zip(*(unfolded(each, count) for each in inner), strict=True)]
        case ["+", *steps]:
            return _summed(steps)
        case ["/", exponent, *numbers]:
            return [number / (1 << exponent) for number in numbers]
        case ["*", *values]:
            return values
    msg = "this is not a column"
    raise ValueError(msg)


def _objects(values: Sequence[Any]) -> list[Any]:
    names = values[0].keys()
    if not names or not all(value.keys() == names for value in values):
        return ["=", {}] if not any(values) else ["*", *values]
    return ["{", {name: folded([value[name] for value in values]) for name in names}]


def _arrays(values: Sequence[Any]) -> list[Any]:
    length = len(values[0])
    if not length or not all(len(value) == length for value in values):
        return ["=", []] if not any(values) else ["*", *values]
    return ["[", [folded(items) for items in zip(*values, strict=True)]]


def _steps(values: Sequence[Any]) -> list[Any]:
    if all(value == values[0] for value in values):
        return ["=", values[0]]
    return ["+", values[0], *(after - before for before, after in pairwise(values))]


def _summed(steps: Sequence[int]) -> list[int]:
    values, total = list[int](), 0
    for step in steps:
        total += step
        values.append(total)
    return values


def _fractions(values: Sequence[Any]) -> list[Any]:
    """*values* as fractions of a power of two, where that is shorter than their digits."""
    digits = list(map(repr, values))
    if len({*digits}) == 1:
        return ["=", values[0]]
    if not all(0 < value < math.inf for value in values):
        return ["*", *values]
    ratios = [value.as_integer_ratio() for value in values]
    one = max(divisor for _, divisor in ratios)
    numbers = [above * (one // below) for above, below in ratios] if one >> MAX_EXPONENT == 0 else []
    if not numbers or sum(len(str(number)) for number in numbers) >= sum(map(len, digits)):
        return ["*", *values]
    return ["/", one.bit_length() - 1, *numbers]
