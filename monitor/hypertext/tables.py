"""A table: a caption, heads with their scope, and rows that begin with what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.hypertext.markup import EMPTY, Markup, element, together


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head, and whether it is of ``text``, of many ``words``, of a ``number`` or of a ``chart``."""

    head: str
    kind: str = "text"


def table(caption: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], kind: str = "") -> Markup:
    """The *rows* below their *columns*, in a box that can be moved to the side where it is wider than a screen.

    Markup of nothing where there is no row.
    """
    lines = [_row(columns, cells) for cells in rows]
    if not lines:
        return EMPTY
    heads = (element("th", each.head, scope="col", class_=each.kind) for each in columns)
    parts = (
        element("caption", caption),
        element("thead", element("tr", *heads)),
        element("tbody", *lines),
    )
    drawn = element("table", *parts, class_=kind or None)
    return element("div", drawn, class_="wide", role="group", aria_label=caption, tabindex=0)


def _row(columns: Sequence[Column], cells: Sequence[str]) -> Markup:
    first, *others = zip(columns, cells, strict=True)
    rest = (element("td", cell, class_=None if each.kind == "text" else each.kind) for each, cell in others)
    return element("tr", element("th", first[1], scope="row"), *rest)


def listed(pairs: Iterable[tuple[str, str]], kind: str) -> Markup:
    """Terms, each with what it is."""
    return element("dl", *(element("div", element("dt", term), element("dd", told)) for term, told in pairs), class_=kind)


def paragraph(*content: str, kind: str = "") -> Markup:
    """A paragraph."""
    return element("p", together(content), class_=kind or None)
