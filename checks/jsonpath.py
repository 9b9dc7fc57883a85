"""The part of JSONPath (RFC 9535) that names one value: ``$``, ``.name``, ``['name']`` and ``[0]``, nothing that searches.

A path is read when the configuration is, so that a mistake is told there. Finding a value never fails: what is not
there is `Missing`, which knows where the path ended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Step = str | int
"""A member's name or an element's index."""

_STEP = re.compile(
    r"""
    \.(?P<name>[^\s.\[\]'"*$@?()]+)              # .name, a little wider than the RFC: content-type needs no quotes
    | \['(?P<single>[^'\\]*)'\]                   # ['name']
    | \["(?P<double>[^"\\]*)"\]                   # ["name"]
    | \[(?P<index>0|[1-9][0-9]{0,8})\]             # [0]
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no such value; *at* is the longest part of the path that there is."""

    at: str


@lru_cache(maxsize=1024)
def steps(path: str) -> tuple[Step, ...]:
    """The steps of *path* from the root; raises `ValueError` that says where it cannot be read."""
    if not path.startswith("$"):
        msg = f"{path!r} must begin with $, which stands for the whole document, like $.status"
        raise ValueError(msg)
    found: list[Step] = []
    end = 1
    while end < len(path):
        match = _STEP.match(path, end)
        if not match:
            msg = f"{path!r} cannot be read from {path[end:]!r} on: a path is made of .name, ['name'] and [0] only"
            raise ValueError(msg)
        found.append(_step(match))
        end = match.end()
    return tuple(found)


def _step(match: re.Match[str]) -> Step:
    if match["index"] is not None:
        return int(match["index"])
    return next(name for name in (match["name"], match["single"], match["double"]) if name is not None)


def find(document: Any, path: str) -> Any:
    """The value at *path* in a decoded JSON *document*, or `Missing`."""
    value, walked = document, "$"
    for step in steps(path):
        match value, step:
            case dict(), str() if step in value:
                value = value[step]
            case list(), int() if step < len(value):
                value = value[step]
            case _:
                return Missing(walked)
        walked += f"[{step!r}]"
    return value
