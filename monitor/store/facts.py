"""How facts are kept small: whole now and then, and in between only the fields that changed.

Most facts repeat from probe to probe, but for a few numbers such as phase times. So an observation refers to facts that
were stored whole and carries the fields that differ from them. Facts are stored whole again once the difference is more
than three quarters of them, or a field is gone, and for every target after a restart. Nothing is rounded or left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from checks.plain import plain

_ENCODER = json.JSONEncoder(separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Base:
    """The facts of a target that were last stored whole: when, and a hash of each field instead of the field."""

    at: datetime
    fields: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """Facts as they are stored: *whole* when this observation is its own base, otherwise what *changed*, if anything."""

    base: Base
    whole: str | None = None
    changed: str | None = None


def keep(facts: Any, at: datetime, base: Base | None) -> Kept:
    """What to store of the *facts* seen *at* a time.

    Raises `TypeError` for anything `plain` refuses, and for facts that have no fields.
    """
    fields = plain(facts)
    if not isinstance(fields, dict):
        msg = f"{type(facts).__name__} has no fields: facts are a dataclass or a mapping"
        raise TypeError(msg)
    texts = {name: as_json(value) for name, value in fields.items()}
    hashes = {name: hash(text) for name, text in texts.items()}
    if base is None or not base.fields.keys() <= hashes.keys():
        return Kept(Base(at, hashes), whole=_as_object(texts))
    changed = {name: text for name, text in texts.items() if base.fields.get(name) != hashes[name]}
    if 4 * _length(changed) > 3 * _length(texts):
        return Kept(Base(at, hashes), whole=_as_object(texts))
    return Kept(base, changed=_as_object(changed) if changed else None)


def recall(whole: str, changed: str | None) -> dict[str, Any]:
    """The facts of an observation."""
    return {**json.loads(whole), **json.loads(changed or "{}")}


def as_json(value: Any) -> str:
    """*value*, which `plain` made, as compact JSON in ASCII, so that no text of a vendor's fails to be written."""
    return _ENCODER.encode(value)


def _as_object(texts: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{as_json(name)}:{text}" for name, text in texts.items()) + "}"


def _length(texts: Mapping[str, str]) -> int:
    return sum(len(name) + len(text) for name, text in texts.items())
