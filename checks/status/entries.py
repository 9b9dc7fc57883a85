"""Atom and RSS into entries, from bytes nobody vouches for.

Expat reads, and these handlers stop it at the first sign of a trick: a document type, an entity declaration, nesting or
numbers beyond what any feed has. With no declarations there is nothing to expand, so no bomb and no outside file; the
five entities of XML itself and character references are plain text. Elements are known by their local names without a
prefix, so that ``media:title`` is no title. Texts are cut while they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NoReturn
from xml.parsers import expat

from checks.foreign import one_line
from checks.model import Reason, Unseen
from checks.status.node import read_instant

_DEPTH_LIMIT = 64
_ELEMENT_LIMIT = 50_000
_TEXT_LIMIT = 4_000
_CHUNK_BYTES = 65_536
_TAG_BYTES = 131_072
ENTRY_LIMIT = 1_000
"""How many entries are read; feeds put the newest first."""
_ROOTS = frozenset({"rss", "feed", "rdf:RDF"})
_ENTRIES = frozenset({"item", "entry"})
_CATEGORY = "category"
_FIELDS = frozenset(
    {"title", "link", "id", "guid", "updated", "published", "pubDate", "dc:date", "summary", "content", "description"}
) | {_CATEGORY}
CATEGORY_LIMIT = 200
"""How many categories of an entry are read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed: its texts by element name, each cut to a bounded length; *link* is where it points.

    *categories* are the texts of its ``category`` elements, as RSS has them, in their order.
    """

    texts: Mapping[str, str]
    link: str = ""
    categories: tuple[str, ...] = ()

    def first(self, *names: str) -> str:
        """The first of the texts *names* that is there, or ``""``."""
        return next((self.texts[name] for name in names if self.texts.get(name)), "")

    @property
    def at(self) -> datetime | None:
        """When the entry was last changed, in UTC; None when it gives no time that can be read."""
        return next(
            (at for name in ("updated", "pubDate", "dc:date", "published") if (at := read_time(self.first(name)))), None
        )


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's own texts and link, its first entries in their order, and how many entries it has."""

    head: Entry
    entries: tuple[Entry, ...]
    count: int


def read_time(text: str) -> datetime | None:
    """A time as Atom (RFC 3339) or RSS (RFC 5322) have it; without a zone, or with -0000, it is taken as UTC."""
    found = read_instant(text.strip())
    if found:
        return found
    try:
        at = parsedate_to_datetime(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


@dataclass(slots=True)
class _Item:
    texts: dict[str, str] = field(default_factory=dict)
    link: str = ""
    categories: list[str] = field(default_factory=list)

    def entry(self) -> Entry:
        return Entry(self.texts, one_line(self.link, 400), tuple(self.categories))


@dataclass(slots=True)
class _Reader:
    """The state of one reading: where we are, and what has been kept."""

    place: str
    parser: expat.XMLParserType
    text_limit: int
    path: list[str] = field(default_factory=list)
    elements: int = 0
    entries: list[Entry] = field(default_factory=list)
    count: int = 0
    head: _Item = field(default_factory=_Item)
    item: _Item | None = None
    name: str = ""
    parts: list[str] = field(default_factory=list)
    room: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.path.append(name)
        self._count_element()
        if len(self.path) == 1 and name not in _ROOTS:
            self._refuse(f"is XML, but no feed: its outermost element is {one_line(name, 40)}")
        if name in _ENTRIES and self.item is None:
            self.item = _Item()
        elif name in _FIELDS and not self.name:
            self._open(name, attributes)

    def _count_element(self) -> None:
        self.elements += 1
        if len(self.path) > _DEPTH_LIMIT or self.elements > _ELEMENT_LIMIT:
            self._refuse(f"has more than {_ELEMENT_LIMIT} elements, or more than {_DEPTH_LIMIT} inside each other")

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.parts, self.room = name, [], self.text_limit
        href = attributes.get("href", "")
        if name == "link" and href and attributes.get("rel", "alternate") == "alternate":
            (self.item or self.head).link = href

    def text(self, text: str) -> None:
        if self.name and self.room > 0:
            self.parts.append(text[: self.room])
            self.room -= len(text)

    def end(self, name: str) -> None:
        self.path.pop()
        if name == self.name:
            self._close(name)
        elif name in _ENTRIES and self.item is not None and not self.name:
            self.count += 1
            self.entries.append(self.item.entry())
            self.item = None
            if len(self.entries) == ENTRY_LIMIT:
                self._only_count()

    def _only_count(self) -> None:
        """From here on how many entries there are is all that is asked."""
        self.parser.StartElementHandler = self.count_entry
        self.parser.EndElementHandler = None
        self.parser.CharacterDataHandler = None

    def count_entry(self, name: str, _attributes: dict[str, str]) -> None:
        self._count_element()
        self.count += name in _ENTRIES

    def _close(self, name: str) -> None:
        text, item = "".join(self.parts).strip(), self.item or self.head
        if name == "link":
            item.link = item.link or text
        if name == _CATEGORY and text and len(item.categories) < CATEGORY_LIMIT:
            item.categories.append(one_line(text))
        item.texts.setdefault(name, text)
        self.name = ""

    def declare(self, *_declaration: object) -> NoReturn:
        self._refuse("declares a document type or entities, which no feed needs and which may be a bomb")

    def _refuse(self, problem: str) -> NoReturn:
        raise Unseen(Reason.PARSE, f"{self.place} {problem}")


def read_feed(body: bytes, place: str, *, text_limit: int = _TEXT_LIMIT) -> Feed:
    """The feed in *body*, which came from *place*, each of its texts cut to *text_limit* characters.

    Raises `Unseen` for everything that is none.
    """
    parser = expat.ParserCreate()
    reader = _Reader(place, parser, text_limit)
    _hand_over(parser, reader)
    try:
        for start in range(0, len(body), _CHUNK_BYTES):
            parser.Parse(body[start : start + _CHUNK_BYTES], False)  # noqa: FBT003 - expat takes it by position only
            if start - parser.CurrentByteIndex > _TAG_BYTES:
                raise Unseen(Reason.PARSE, f"{place} has a tag or comment of more than {_TAG_BYTES} bytes")
        parser.Parse(b"", True)  # noqa: FBT003 - as above
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Unseen(Reason.PARSE, f"{place} is not XML: {one_line(str(error))}") from None
    return Feed(reader.head.entry(), tuple(reader.entries), reader.count)


def _hand_over(parser: expat.XMLParserType, reader: _Reader) -> None:
    """Have *reader* told of what *parser* meets."""
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.declare
    parser.EntityDeclHandler = reader.declare
    parser.ExternalEntityRefHandler = reader.declare
