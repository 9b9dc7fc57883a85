"""Elements of HTML and SVG, made so that nothing can be in a document that was not escaped.

A `Markup` is text that is HTML already; it is made here and nowhere else. Every other text that is put into an element is
foreign: a vendor's name, its words, a name from a configuration. It becomes one line in which nothing reorders or hides
the rest, and is escaped (HTML 13.1.2.6; so it is well-formed XML too, for SVG).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from html import escape

from checks.foreign import LONGEST_ADDRESS, one_line

_VOID = frozenset({"br", "hr", "meta", "wbr"})
"""Elements that have no end tag (HTML 13.1.2, "Void elements"), as far as they are used."""
_EMPTY_SVG = frozenset({"circle", "line", "path", "rect", "use"})
"""Elements of SVG that close themselves where nothing is in them."""
_UNIT = re.compile(r"(?<=\d) (?=%|(?:ms|s|min|h|d)\b)")
"""The blank between a number and its unit, where no line is to break."""
_VERBATIM = frozenset({"code", "pre"})
"""Elements of which the text is copied."""
LONGEST_TEXT = 800
"""So many characters of one text are shown; of an attribute as many as of an address."""


class Markup(str):
    """Text that is HTML."""

    __slots__ = ()


EMPTY = Markup()


def element(name: str, /, *content: str, **attributes: str | float | None) -> Markup:
    """The element *name* around its *content*, of which all that is no `Markup` is escaped.

    An attribute that is None is left out. Its name is that of the keyword without a last underscore (``class_``), with
    hyphens for those between (``aria_label``).
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items() if value is not None)}"
    if name in _EMPTY_SVG and not content:
        return Markup(f"{start}/>")
    if name in _VOID:
        return Markup(f"{start}>")
    inner = together(content, verbatim if name in _VERBATIM else escaped)
    return Markup(f"{start}>{inner}</{name}>")


@lru_cache(maxsize=4096)
def escaped(text: str) -> Markup:
    """Foreign *text* as one harmless line of HTML, which does not break before a unit."""
    return Markup(_UNIT.sub("\N{NO-BREAK SPACE}", verbatim(text)))


@lru_cache(maxsize=4096)
def verbatim(text: str, longest: int = LONGEST_TEXT) -> Markup:
    """Foreign *text* as one harmless line of HTML. Blanks around it stay: they part it from what stands next to it.

    A document says most of its words, and those of its attributes, thousands of times.
    """
    line = escape(one_line(text, longest))
    before, after = text[:1] == " ", text[-1:] == " " and bool(line)
    return Markup(f"{' ' * before}{line}{' ' * after}")


def together(parts: Iterable[str], harmless: Callable[[str], Markup] = escaped) -> Markup:
    """The *parts* one after the other, those that are no `Markup` made *harmless*."""
    return Markup("".join(part if isinstance(part, Markup) else harmless(part) for part in parts))


def foreign(text: str) -> Markup:
    """What others wrote: it stands apart from what surrounds it, in whichever direction it is read (``bdi``)."""
    return element("bdi", text)


def _attribute(key: str, value: str | float) -> str:
    match value:
        case Markup():
            written = str(value)
        case str():
            written = verbatim(value, LONGEST_ADDRESS)
        case _:
            written = f"{value:g}"
    return f' {key.rstrip("_").replace("_", "-")}="{written}"'
