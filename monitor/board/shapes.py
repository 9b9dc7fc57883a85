"""What the schemas are built of: the few shapes of JSON Schema 2020-12 that the board's documents have."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

Schema = dict[str, Any]


def enumeration(values: type[Enum], told: str) -> Schema:
    """One of the words of *values*."""
    return {"type": "string", "enum": [each.value for each in values], "description": told}


def reference(name: str) -> Schema:
    """What is described under *name*."""
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(schema: Schema, told: str = "") -> Schema:
    """*schema*, or null where it is not known."""
    return {"anyOf": [schema, {"type": "null"}], **({"description": told} if told else {})}


def record(told: str, properties: Mapping[str, Schema]) -> Schema:
    """An object that has all of *properties* and nothing else."""
    return {
        "type": "object",
        "description": told,
        "properties": dict(properties),
        "required": [*properties],
        "additionalProperties": False,
    }


def listing(of: str, told: str) -> Schema:
    """A list of what is described under a name."""
    return {"type": "array", "items": reference(of), "description": told}


def text(told: str, **more: str) -> Schema:
    """A text."""
    return {"type": "string", **({"description": told} if told else {}), **more}


def moment(told: str) -> Schema:
    """A time of RFC 3339."""
    return text(told, format="date-time")


def flag(told: str) -> Schema:
    """Yes or no."""
    return {"type": "boolean", "description": told}


def number(told: str, **limits: float) -> Schema:
    """A number within *limits*."""
    return {"type": "number", "description": told, **limits}
