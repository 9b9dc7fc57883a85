"""What may stand at a place of a file, read from the type annotations of the dataclass that is its shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from checks.values import Secret
from monitor.loading.problem import Part

_hints: Callable[[Any], dict[str, Any]] = cache(get_type_hints)
"""The types of a dataclass's fields by name."""


def shapes_at(shape: Any, path: Iterable[Part]) -> list[Any]:
    """The types that may stand at *path* below *shape*, unions taken apart; none where nothing may."""
    shapes = list(_members(shape))
    for part in path:
        shapes = [member for outer in shapes for inner in _inner(outer, part) for member in _members(inner)]
    return shapes


def known_keys(shape: Any, path: Iterable[Part]) -> list[str]:
    """The keys that may stand in the mapping at *path*; none where any key may."""
    return [field.name for place in shapes_at(shape, path) if _is_mapping(place) for field in fields(place)]


def holds_secret(shape: Any, path: Iterable[Part]) -> bool:
    """Whether the mapping at *path* is one where secrets are asked for, so that nothing found in it may be repeated."""
    hints = (hint for place in shapes_at(shape, path) if _is_mapping(place) for hint in _hints(place).values())
    return any(Secret in _members(hint) for hint in hints)


def is_required(shape: Any, path: tuple[Part, ...]) -> bool:
    """Whether *path* is a field that has no default."""
    return any(map(_is_required, _fields_at(shape, path)))


def is_optional(shape: Any, path: tuple[Part, ...]) -> bool:
    """Whether the value at *path* is a field that is None when the file says nothing."""
    return any(field.default is None for field in _fields_at(shape, path))


def stand_in(shape: Any) -> Any:
    """What may be written where *shape* is wanted, as JSON values; where that is neither known nor a number, mere text."""
    if _is_mapping(shape):
        hints = _hints(shape)
        return {field.name: stand_in(next(_members(hints[field.name]))) for field in fields(shape) if _is_required(field)}
    return 0 if shape is int else getattr(shape, "examples", ("(what cannot be read)",))[0]


def _is_mapping(shape: Any) -> bool:
    """Whether *shape* is written as keys with values: some dataclasses are written as text."""
    return is_dataclass(shape) and not hasattr(shape, "parse")


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _fields_at(shape: Any, path: tuple[Part, ...]) -> list[Field[Any]]:
    """The fields that *path* may be."""
    owners = (place for place in shapes_at(shape, path[:-1]) if _is_mapping(place))
    return [field for owner in owners for field in fields(owner) if field.name == path[-1]]


def _members(shape: Any) -> Iterator[Any]:
    if get_origin(shape) in {Union, UnionType}:
        yield from get_args(shape)
    else:
        yield shape


def _inner(shape: Any, part: Part) -> Iterator[Any]:
    """What may stand at *part* of *shape*."""
    if _is_mapping(shape) and part in _hints(shape):
        yield _hints(shape)[part]
    elif get_origin(shape) is tuple and isinstance(part, int):
        yield get_args(shape)[0]
    elif get_origin(shape) is Mapping and isinstance(part, str):
        yield get_args(shape)[1]
