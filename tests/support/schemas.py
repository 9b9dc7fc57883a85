"""Schemas of files that others read, as their readers publish them, and what a document breaks of one.

They are in ``tests/grafana/schemas``; its README says where each is from.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parents[1] / "grafana/schemas"

Schema = Mapping[str, Any]


def schema(name: str, definition: str | None = None) -> Schema:
    """The schema *name*, or one *definition* of it."""
    whole: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text())
    return whole if definition is None else whole | {"$ref": f"#/$defs/{definition}"}


def faults(document: object, against: Schema) -> list[str]:
    """What of *document* breaks the schema: each fault with the place it is at, like ``spec.replicas: …``."""
    found = Draft202012Validator(against).iter_errors(document)
    return sorted(f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in found)


def closed(found: Any) -> Any:
    """A schema in which an object has no other properties than those that are named, as with ``kubectl --validate=strict``.

    An API server takes what it does not know and drops it.
    """
    match found:
        case {"properties": dict(), **rest} if "additionalProperties" not in rest:
            inner = {name: closed(part) for name, part in found["properties"].items()}
            return {key: closed(part) for key, part in rest.items()} | {"properties": inner, "additionalProperties": False}
        case dict():
            return {key: closed(part) for key, part in found.items()}
        case list():
            return [closed(part) for part in found]
        case _:
            return found
