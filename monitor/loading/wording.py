"""What the validator says, in plain sentences that name the cure.

It reports one mistake per branch of a union, in its own words and with its own names in the path; here they become one
sentence per place. No sentence repeats what stands in the file, except keys where no secret can be one.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from monitor.loading.problem import Part
from monitor.loading.shape import holds_secret, is_required, known_keys, shapes_at
from monitor.loading.tree import Document

ErrorDetails = Mapping[str, Any]
"""One mistake as pydantic reports it: ``type``, ``loc``, ``msg``, ``input`` and perhaps ``ctx``."""

NO_TEXT = "no_text"
"""The type of mistake where a value that is written as text is not; its message shows how it is written."""

_WANTED = {
    NO_TEXT: "text",
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "mapping_type": "a mapping",
    "dict_type": "a mapping",
    "dataclass_type": "a mapping",
}
"""What was wanted, by the type of mistake that says another kind of value came."""


_NO_NETWORK = "must be an address range like 10.20.0.0/16 or fd00::/8, with zeros behind the prefix"


@dataclass(frozen=True, slots=True)
class _Mistake:
    """One error at its place in the file. *union* is the path of the union it is one branch of, if it is."""

    path: tuple[Part, ...]
    union: tuple[Part, ...] | None
    error: ErrorDetails

    @property
    def wanted(self) -> str | None:
        """What kind of value was wanted, where another came."""
        return _WANTED.get(self.error["type"])

    @property
    def is_key(self) -> bool:
        """Whether the key itself is what nobody knows."""
        return bool(self.error["type"] == "unexpected_keyword_argument")


def mistakes(errors: Iterable[Any], document: Document, shape: Any) -> list[tuple[tuple[Part, ...], str]]:
    """The places and sentences behind *errors* of validating a one-tuple of *document* against *shape*."""
    placed = [_placed(error, document) for error in errors]
    return [told for group in _folded(placed, shape) for told in _told(group, shape)]


def _placed(error: ErrorDetails, document: Document) -> _Mistake:
    """*error* with its place: the parts of its location that the file has, and a missing key."""
    node, union = document.root, None
    path: list[Part] = []
    missing = error["loc"][-1:] if error["type"] == "missing" else ()
    for part in error["loc"][1 : -1 if missing else None]:
        child = node.child(part)
        if child is not None:
            node = child
            path.append(part)
        elif union is None:
            union = tuple(path)
    return _Mistake((*path, *missing), union, error)


def _folded(placed: Iterable[_Mistake], shape: Any) -> Iterator[list[_Mistake]]:
    """*placed* in groups that are one mistake each.

    What all branches of a union say is one, or the branch that came closest; so are all keys that nobody knows and that
    cannot be named, because a secret may be among them: nothing else would tell one from the other.
    """
    unions: dict[tuple[Part, ...], list[_Mistake]] = {}
    unnamed: dict[tuple[Part, ...], list[_Mistake]] = {}
    for mistake in placed:
        if mistake.union is not None:
            unions.setdefault(mistake.union, []).append(mistake)
        elif mistake.is_key and holds_secret(shape, mistake.path[:-1]):
            unnamed.setdefault(mistake.path[:-1], []).append(mistake)
        else:
            yield [mistake]
    yield from unnamed.values()
    for union, group in unions.items():
        closer = [mistake for mistake in group if mistake.wanted is None or mistake.path != union]
        by_place = {(mistake.path, mistake.error["type"]): mistake for mistake in closer}
        yield from [[mistake] for mistake in by_place.values()] or [group]


def _told(group: list[_Mistake], shape: Any) -> list[tuple[tuple[Part, ...], str]]:
    """Where the mistake of *group* is, and the sentence; a class of ours may have several of them to say."""
    path, error = group[0].path, group[0].error
    is_ours = ipaddress.IPv4Network not in shapes_at(shape, path)
    if error["type"] == "value_error" and error["input"] is not None and is_ours:
        return [_own_words(path, sentence, shape) for sentence in error["ctx"]["error"].args]
    return [_in_plain_words(group, shape)]


def _in_plain_words(group: list[_Mistake], shape: Any) -> tuple[tuple[Part, ...], str]:
    """Where the mistake of *group* is, and what to say instead of the validator's own sentence."""
    path, error = group[0].path, group[0].error
    kind, value = error["type"], error["input"]
    if group[0].is_key:
        return _unknown_keys(group, shape)
    if kind == "missing":
        return path, "is missing"
    if value is None:
        return path, empty(shape, path)
    if ipaddress.IPv4Network in shapes_at(shape, path):
        return path, _NO_NETWORK
    if kind == NO_TEXT and len(group) == 1:
        return path, error["msg"]
    if kind == "enum":
        return path, f"is not a known word {known_words(value, _words_of(shape, path))}"
    wanted = list(
        dict.fromkeys(mistake.wanted or mistake.error["msg"].removeprefix("Input should be ") for mistake in group)
    )
    return path, _wrong_kind(value, wanted, known_keys(shape, path))


def empty(shape: Any, path: tuple[Part, ...]) -> str:
    """What to say of a key without a value."""
    return "is empty: give it a value" if is_required(shape, path) else "is empty: give it a value or leave it out"


def known_words(word: object, known: Iterable[str]) -> str:
    """What to add to a sentence about the unknown *word*: the nearest of *known* if one is near, and all of them."""
    words = list(known)
    near = get_close_matches(word.lower(), words, n=1, cutoff=0.7) if isinstance(word, str) else []
    return f"({f'did you mean {near[0]}? ' if near else ''}known: {', '.join(words)})"


def near_words(word: str, known: Iterable[str], command: str) -> str:
    """What to add to a sentence about the unknown *word*, of whose kind there are too many to name: *command* lists them."""
    return pointed_words(get_close_matches(word.lower(), list(known), n=1, cutoff=0.7), command)


def pointed_words(meant: Iterable[str], command: str) -> str:
    """The same where it is known which words may be *meant*."""
    near = list(meant)
    return f"({f'did you mean {_either(near)}? ' if near else ''}`vendorwatch {command}` lists them)"


def _unknown_keys(group: list[_Mistake], shape: Any) -> tuple[tuple[Part, ...], str]:
    """What to say of a key that nobody knows, or of all of a mapping where they may be secrets: those are only counted."""
    path = group[0].path
    *parents, key = path
    known = known_keys(shape, parents)
    if holds_secret(shape, parents):
        counted = "an unknown key" if len(group) == 1 else f"{len(group)} unknown keys"
        return tuple(parents), f"has {counted} {known_words(None, known)}"
    if ":" in str(key):
        return path, f"unknown key: a space is missing after a colon {known_words(None, known)}"
    if group[0].error["input"] is None and known_words(key, known) == known_words(None, known):
        return path, f"unknown key: in {{ }} a comma ends a value that is not in quotes {known_words(None, known)}"
    return path, f"unknown key {known_words(key, known)}"


def _words_of(shape: Any, path: tuple[Part, ...]) -> list[str]:
    """The words of the enumeration at *path*."""
    places = shapes_at(shape, path)
    return [member.value for place in places if isinstance(place, type) and issubclass(place, StrEnum) for member in place]


def _own_words(path: tuple[Part, ...], message: str, shape: Any) -> tuple[tuple[Part, ...], str]:
    """A sentence of the value's own class; a key that it begins with, perhaps with an index, belongs to the path."""
    match = re.match(r"(\w+)(?:\[(\d+)\])?:? ", message)
    if match is None or match[1] not in known_keys(shape, path):
        return path, message
    item = () if match[2] is None else (int(match[2]),)
    return (*path, match[1], *item), message[match.end() :]


def _wrong_kind(value: object, wanted: list[str], known: list[str]) -> str:
    """What to say where *value* is none of the *wanted* kinds."""
    if "text" in wanted and isinstance(value, bool | int | float):
        return "must be text: write it in quotes"
    sentence = f"must be {_either(wanted)}"
    if "a mapping" in wanted and known:
        return f"{sentence} with the keys {', '.join(known)}"
    if wanted == ["a list"]:
        return f"{sentence}: write [ ] around it, or a line with a dash for each item"
    if "text" in wanted or not isinstance(value, str):
        return f"{sentence}, not {_kind(value)}"
    if wanted == ["true or false"]:
        return f"{sentence}: yes, no, on, off and words in quotes are text"
    return f"{sentence}, in plain digits and without quotes"


def _either(words: list[str]) -> str:
    """*words* as a list in a sentence; a whole number is a number."""
    *first, last = [word for word in words if word != "a whole number" or "a number" not in words]
    return f"{', '.join(first)} or {last}" if first else last


def _kind(value: object) -> str:
    """What *value* is, as a word; never the value."""
    match value:
        case bool():
            return "true or false"
        case int():
            return "a number"
        case float():
            return "a number with a fraction"
        case list():
            return "a list"
    return "a mapping"
