"""What Grafana's own models make of a dashboard that was written: what of it they do not know.

The models read JSON without complaint: a key that is none of theirs is gone when they write it again, and a word that is
none of an enumeration is kept as it is. Both are ways of saying something to Grafana that it will not hear.

Only tests use it. It stands here because the library of dashboards is known by this package alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.dashboard import Dashboard

UNITS = frozenset(value for name, value in vars(units).items() if name[0].isupper() and isinstance(value, str))
"""The units that Grafana has; prefixes for units of one's own are not among them."""


def _read(document: Mapping[str, Any]) -> Dashboard:
    register_default_plugins()
    return Dashboard.from_json(json.loads(json.dumps(document)))


def unheard(document: Mapping[str, Any]) -> Iterator[str]:
    """Where in *document* something stands that is not there any more, or otherwise, after it was read and written."""
    yield from _differences(document, json.loads(json.dumps(_read(document), cls=JSONEncoder)), "")


def _differences(before: object, after: object, place: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            if name in after:
                yield from _differences(value, after[name], f"{place}.{name}")
            else:
                yield f"{place}.{name}"
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, f"{place}[{number}]")
    elif before != after:
        yield place


def misnamed(document: Mapping[str, Any]) -> Iterator[str]:
    """Where in *document* a word stands that is none of those which are known there."""
    yield from _strangers(_read(document), Dashboard, "")


def _strangers(value: object, declared: object, place: str) -> Iterator[str]:
    """Follow *value* down along the types that are *declared* for it."""
    options = get_args(declared) if get_origin(declared) in {Union, UnionType} else (declared,)
    if isinstance(value, str | int) and not any(_may_be(value, option) for option in options):
        yield f"{place}: {value}"
    elif isinstance(value, list):
        inner = next((get_args(option)[0] for option in options if get_origin(option) is list), object)
        for number, each in enumerate(value):
            yield from _strangers(each, inner, f"{place}[{number}]")
    elif hasattr(value, "to_json"):
        hints = get_type_hints(type(value))
        for name, each in vars(value).items():
            yield from _strangers(each, hints.get(name, object), f"{place}.{name}")


def _may_be(value: str | int, declared: object) -> bool:
    """Whether a word or a number can stand where this type is *declared*."""
    if isinstance(declared, type) and issubclass(declared, Enum):
        return value in {member.value for member in declared}
    return value in get_args(declared) if get_origin(declared) is Literal else True
