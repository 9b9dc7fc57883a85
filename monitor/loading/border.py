"""The border where text becomes values. The only module that knows pydantic.

The shapes are frozen dataclasses of the standard library, and their fields stand nowhere else: pydantic reads them from
there, to fill them and to describe them as JSON Schema. JSON is what crosses: in its strict JSON mode pydantic takes lists
for tuples and text for enumerations, and still takes no number for a bool, nor text for a number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    ConfigDict,
    GetCoreSchemaHandler,
    PlainSerializer,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
)
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from checks.values import Address, Day, Seconds, Secret, Size, Url
from checks.vendor.recurrence import Recurrence
from checks.vendor.window import WallTime
from monitor.loading.composing import read
from monitor.loading.gaps import Gaps, Place
from monitor.loading.problem import Part, Problem
from monitor.loading.shape import is_optional
from monitor.loading.tree import Document, Node
from monitor.loading.wording import NO_TEXT, empty, mistakes

T = TypeVar("T")

_Leaf = type[Seconds] | type[Size] | type[Day] | type[Secret] | type[Url] | type[Address] | type[WallTime] | type[Recurrence]
_LEAVES: tuple[_Leaf, ...] = (Seconds, Size, Day, Secret, Url, Address, WallTime, Recurrence)


def _reader(leaf: _Leaf) -> Callable[[object], object]:
    """What turns a value of a file into a *leaf*. Of a number, written for ``30s``, the class says what is missing."""

    def read_leaf(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise PydanticCustomError(NO_TEXT, "must be text, like {example}", {"example": leaf.examples[0]})
        return leaf.parse(str(value))

    return read_leaf


def _written(value: object) -> str:
    """A leaf as it is written in a file."""
    return f"{value:g}s" if isinstance(value, Seconds) else str(value)


def _teach(leaf: _Leaf) -> None:
    """Tell pydantic how *leaf* is written.

    pydantic asks a class for ``__get_pydantic_core_schema__``. The classes of ``checks`` cannot have it, because they are
    not to know pydantic, so they are given it here, in the one place that does.
    """
    described = {"type": "string", "pattern": leaf.pattern, "examples": list(leaf.examples)}
    as_text = Annotated[Any, PlainValidator(_reader(leaf)), PlainSerializer(_written), WithJsonSchema(described)]

    def core(_cls: type, _source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler.generate_schema(as_text)

    hook = "__get_pydantic_core_schema__"
    setattr(leaf, hook, classmethod(core))


for _leaf in _LEAVES:
    _teach(_leaf)


@cache
def _adapter(shape: Hashable, *, documented: bool = False) -> TypeAdapter[tuple[Any]]:
    """What fills *shape*. A dataclass takes no configuration here but inherits it, so it stands in a tuple of one."""
    config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=documented)
    return TypeAdapter(tuple[shape], config=config)  # type: ignore[valid-type, arg-type]  # known at run time only


@dataclass(frozen=True, slots=True)
class Loaded(Generic[T]):
    """What came of a file: its *value*, and the *document* to say where more problems are.

    Where there are *problems* the value has *gaps*, and is good for nothing but finding more problems; it is None where
    nothing of the file can be read.
    """

    value: T | None
    document: Document
    problems: tuple[Problem, ...] = ()
    gaps: Gaps = field(default_factory=Gaps)


Completion = Callable[[dict[str, Any]], Mapping[Place, str]]
"""Adds to the values of a file what it leaves to something else, and returns where that cannot be known, and why.

A place without a reason is not told of: the reason stands at another.
"""


def _complete(_values: dict[str, Any]) -> Mapping[Place, str]:
    """A file that says all by itself."""
    return {}


def load_file(file: Path, shape: type[T], complete: Completion = _complete) -> Loaded[T]:
    """Read *file* into *shape*, a dataclass. Never raises for what is in the file, nor when there is none."""
    document, problems = read(file)
    if document is None:
        return Loaded(None, Document(file, Node(0, {})), tuple(problems))
    value, found, gaps = _fill(document, shape, complete)
    return Loaded(value, document, (*problems, *found), gaps)


def _fill(document: Document, shape: Any, complete: Completion) -> tuple[Any, list[Problem], Gaps]:
    """The values of *document*, completed, what is wrong with them, and where they have gaps therefore."""
    values, gaps = document.values(), Gaps()
    found = [(path, empty(shape, path)) for path in _empty(document.root, shape)] + list(complete(values).items())
    problems: list[Problem] = []
    value = None
    while value is None:
        told = [(path, sentence) for path, sentence in found if sentence and not gaps.touch(*path)]
        problems += [document.problem(path, sentence) for path, sentence in told]
        if not gaps.cut(values, {path for path, _ in found}, shape):
            break
        value, found = _validated(values, document, shape)
    return value, problems, gaps


def _validated(values: object, document: Document, shape: Any) -> tuple[Any, list[tuple[tuple[Part, ...], str]]]:
    """*values* as a *shape*, or what is wrong with them and where that is in their *document*."""
    try:
        (value,) = _adapter(shape).validate_json(json.dumps([values]))
    except ValidationError as error:
        return None, mistakes(error.errors(include_url=False), document, shape)
    return value, []


def _empty(root: Node, shape: type) -> list[tuple[Part, ...]]:
    """The keys without a value whose field would silently take that for its default."""
    paths: list[tuple[tuple[Part, ...], Node]] = [((), root)]
    found = []
    while paths:
        path, node = paths.pop()
        match node.content:
            case dict() as entries:
                paths += [((*path, key), child) for key, child in entries.items()]
            case list() as items:
                paths += [((*path, index), child) for index, child in enumerate(items)]
            case None if path and is_optional(shape, path):
                found.append(path)
    return found


class _EditorSchema(GenerateJsonSchema):
    """JSON Schema as an editor needs it: a key without a value is a mistake, so no field offers ``null``."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A field's schema with its default, as it is written in a file."""
        inner = schema["schema"]
        if inner["type"] == "nullable" and schema.get("default", ...) is None:
            return self.generate_inner(inner["schema"])
        return super().default_schema(schema)

    def encode_default(self, dft: object) -> Any:
        """*dft* as JSON."""
        return _written(dft) if isinstance(dft, _LEAVES) else super().encode_default(dft)


def schema_of(shape: type, title: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a file whose shape is *shape*."""
    made = _adapter(shape, documented=True).json_schema(schema_generator=_EditorSchema)
    definitions = made["$defs"]
    top = definitions.pop(shape.__name__)
    return {"$schema": GenerateJsonSchema.schema_dialect, **top, "title": title, "$defs": definitions}
