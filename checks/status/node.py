"""A JSON document as values with places: every access is checked, and a wrong type is told with where it stands.

A platform reads a vendor's document through `Node` only, so that a page that has changed ends in ``Unseen(PARSE)`` naming
the place, and never in an `AttributeError`. What is cut and which words are unknown is noted on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from checks.foreign import one_line, quoted
from checks.model import Reason, Unseen

T = TypeVar("T")
W = TypeVar("W")

_NOTES_LIMIT = 20
_WORD_LIMIT = 60
_MILLISECONDS_FROM = 1e11
_KINDS: Mapping[type, str] = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


@dataclass(slots=True)
class Notes:
    """What a reader should tell beside what it read. It is filled while a document is read and bounded like one."""

    cut: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Node:
    """A *value* of a decoded document, the address it came from, and its *place* there, like ``$.components[3]``."""

    value: Any
    source: str
    place: str = "$"
    notes: Notes = field(default_factory=Notes)

    def require(self, kind: type[T]) -> T:
        """The value, which is of *kind*; raises `Unseen` when it is not."""
        if type(self.value) is not kind:
            raise Unseen(Reason.PARSE, f"{self.source}: {self.place} is {_KINDS[type(self.value)]}, not {_KINDS[kind]}")
        return self.value

    def get(self, name: str) -> Node | None:
        """The member *name* of an object; None where it is absent or null."""
        value = self.require(dict).get(name)
        return None if value is None else Node(value, self.source, f"{self.place}.{name}", self.notes)

    def __getitem__(self, name: str) -> Node:
        found = self.get(name)
        if found is None:
            raise Unseen(Reason.PARSE, f"{self.source}: {self.place} has no {name}")
        return found

    def items(self, limit: int) -> Iterator[Node]:
        """The first *limit* elements of a list; that there are more is noted."""
        for index, element in enumerate(_first(self, limit)):
            yield Node(element, self.source, f"{self.place}[{index}]", self.notes)

    def each(self, name: str, limit: int) -> Iterator[Node]:
        """The first *limit* elements of the list *name*; none where it is absent or null."""
        found = self.get(name)
        return iter(()) if found is None else found.items(limit)

    def texts_of(self, name: str, member: str, limit: int, *, required: bool = True) -> Iterator[str]:
        """The text *member* of the first *limit* elements of the list *name*; none where that is absent or null.

        Where it is not *required*, an element may do without, or have null.
        Lists of ids are the longest that pages have: no `Node` is made for an element with which nothing is wrong.
        """
        found = self.get(name)
        for index, element in enumerate(_first(found, limit) if found else ()):
            value = element.get(member) if type(element) is dict else None
            if value is None and type(element) is dict and not required:
                continue
            if type(value) is not str:
                value = Node(element, self.source, f"{self.place}.{name}[{index}]", self.notes)[member].require(str)
            yield one_line(value)

    def count(self, name: str) -> int:
        """How many elements the list *name* has; 0 where it is absent or null."""
        found = self.get(name)
        return 0 if found is None else len(found.require(list))

    def text(self, limit: int = 200) -> str:
        """The value as one harmless line."""
        return one_line(self.require(str), limit)

    def text_of(self, name: str, limit: int = 200) -> str:
        """The text member *name*, ``""`` where it is absent or null."""
        found = self.get(name)
        return "" if found is None else found.text(limit)

    def flag(self, name: str) -> bool:
        """The member *name*, false where it is absent or null."""
        found = self.get(name)
        return False if found is None else found.require(bool)

    def id_of(self, name: str) -> str:
        """The member *name*, text or a whole number, as text; ``""`` where it is absent or null."""
        found = self.get(name)
        if found is None:
            return ""
        return str(found.value) if type(found.value) is int else found.text()

    def instant_of(self, name: str, zone: str = "") -> datetime | None:
        """The member *name* as a time in UTC; None where it is absent, null or in no form that can be read.

        A time that names no zone is one of *zone*, a name of the IANA database; without one it is UTC.
        """
        return read_instant(self.text_of(name, 64), zone)

    def epoch_of(self, name: str) -> datetime | None:
        """The member *name*, a number or a number as text, as a time since 1970: seconds, or milliseconds where it is large.

        None where it is absent, null or no such number. Pages mix both units, and no page speaks of the year 5138.
        """
        found = self.get(name)
        return None if found is None else read_epoch(found.value)

    def members(self, limit: int) -> Iterator[tuple[str, Node]]:
        """The first *limit* members of an object that are not null, each with its name; that there are more is noted."""
        found = self.require(dict)
        if len(found) > limit and len(self.notes.cut) < _NOTES_LIMIT:
            self.notes.cut.append(f"{self.place}: the first {limit} of {len(found)}")
        for name, value in islice(found.items(), limit):
            if value is not None:
                yield one_line(name), Node(value, self.source, f"{self.place}.{one_line(name, 60)}", self.notes)

    def word_of(self, name: str, words: Mapping[str, W], unknown: W, about: str = "") -> W:
        """What the text member *name* means according to *words*; *unknown* where it is absent or none of them."""
        found = self.get(name)
        return unknown if found is None else found.word(words, unknown, about)

    def word(self, words: Mapping[str, W], unknown: W, about: str = "") -> W:
        """What the value means according to *words*; *unknown*, noted with its place, when it is none of them."""
        word = self.text(_WORD_LIMIT)
        meaning = words.get(word.strip().lower())
        if meaning is None:
            self.note_unknown(word, about)
            return unknown
        return meaning

    def code(self, codes: Mapping[int, W], unknown: W, about: str = "") -> W:
        """What the value, a whole number, means according to *codes*; *unknown*, noted, when it is none of them."""
        code = self.require(int)
        if code not in codes:
            self.note_unknown(str(code), about)
        return codes.get(code, unknown)

    def note_unknown(self, word: str, about: str = "") -> None:
        """Note a *word* of the vendor's that nobody knows."""
        if len(self.notes.unknown) < _NOTES_LIMIT:
            self.notes.unknown.append(f"{quoted(word, _WORD_LIMIT)} at {self.place}{about and f' ({about})'}")


def _first(node: Node, limit: int) -> list[Any]:
    """The first *limit* elements of a list; that there are more is noted."""
    elements = node.require(list)
    if len(elements) > limit and len(node.notes.cut) < _NOTES_LIMIT:
        node.notes.cut.append(f"{node.place}: the first {limit} of {len(elements)}")
    return elements[:limit]


def read_instant(text: str, zone: str = "") -> datetime | None:
    """A time as RFC 3339 or ISO 8601 have it, in UTC; None when it is no time, or of the year 1: that one was never set.

    Without an offset it is a time of *zone*, or of UTC where that is empty or no zone that is known here.
    """
    try:
        found = datetime.fromisoformat(text)
        at = found.replace(tzinfo=_zone(zone)).astimezone(UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at.year > 1 else None


def _zone(name: str) -> tzinfo:
    """The zone of that *name*; UTC where there is none, since a page's word must not fail a look at it."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return UTC


def read_epoch(value: Any) -> datetime | None:
    """Seconds or milliseconds since 1970, a number or a number as text, as a time in UTC; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
        return datetime.fromtimestamp(number / 1000 if abs(number) >= _MILLISECONDS_FROM else number, UTC)
    except (ValueError, OverflowError, OSError):
        return None
