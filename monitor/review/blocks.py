"""What a review consists of for people: headings, paragraphs, lists and tables, before they are text or Markdown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows; *level* 1 is that of the whole."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Sentences, each of which stands for itself."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. All cells but those of the last column are short; the first column, and the last, begin at the left."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Listing | Grid
