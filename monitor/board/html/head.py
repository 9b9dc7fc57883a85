"""What is around each page: its title, the link that skips to what matters, where else to go, and of when it is."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from monitor.board.html.words import clock
from monitor.board.values import Reading
from monitor.hypertext.document import policy, stylesheet, written
from monitor.hypertext.markup import EMPTY, Markup, element, foreign, together
from monitor.hypertext.states import patterns
from monitor.hypertext.tables import paragraph

_STYLE = stylesheet("monitor.board.html")

POLICY = f"{policy(_STYLE)}; frame-ancestors 'none'"
"""The Content-Security-Policy of every page here, for the header: there it can say who may frame them, which is nobody."""


def page(title: str, top: Markup, *main: str, foot: Markup) -> str:
    """The page: its *top* with the heading, what it is about, and its *foot*."""
    return written(
        f"{title} · vendorwatch",
        _STYLE,
        element("a", "Skip to the content", href="#main", class_="skip"),
        patterns(),
        _shapes(),
        element("header", top),
        element("main", *main, id="main", tabindex=-1),
        element("footer", foot),
    )


def as_of(at: datetime) -> Markup:
    """Of when the page is, and how to have a newer one."""
    link = element("a", "Reload", href="")
    return paragraph("As of ", clock(at), " UTC. ", link, kind="as-of")


def reading_note(reading: Reading) -> Markup:
    """That the past is missing or old, where the store could not be read."""
    match reading:
        case Reading.DONE:
            return EMPTY
        case Reading.AWAITED:
            return paragraph("The past is still being read from the store.", kind="note-box")
        case Reading.FAILED:
            return paragraph("The past cannot be read from the store just now: it is missing, or old.", kind="note-box")
        case _:
            assert_never(reading)


def network_note(lacks: str, *, is_blind: bool) -> Markup:
    """What our own network leaves to be said of vendors, while it is the suspect and while something of it does not work."""
    detail = foreign(lacks)
    if is_blind:
        suspect = together(("While our own network is the suspect", *((" (", detail, ")") if lacks else ())))
        return paragraph(suspect, " nobody is blamed: a vendor that is unknown may be well.", kind="note-box")
    if lacks:
        lost = ". What fails for that is nobody's fault, and is not seen."
        return paragraph("Our own network works in part: ", detail, lost, kind="note-box")
    return EMPTY


def closing(version: str, root: str) -> Markup:
    """What stands at the end of every page; *root* leads from it to the page of all vendors."""
    links = (("metrics", "Metrics"), ("openapi.json", "API (OpenAPI)"))
    named = (element("li", element("a", name, href=f"{root}{path}")) for path, name in links)
    return together(
        (
            element("ul", *named, class_="links"),
            paragraph(
                f"Written by vendorwatch {version}. All times are UTC. This page does not reload itself and runs no script.",
                kind="small",
            ),
        )
    )


def _shapes() -> Markup:
    """The shapes of the states, once in each document: they differ in outline, not in colour alone."""
    drawn = {
        "up": element("path", d="M2 8.5l4 4L14 4"),
        "degraded": element("path", d="M8 2L15 14H1z"),
        "down": element("path", d="M3 3l10 10M13 3L3 13"),
        "unknown": element("circle", cx=8, cy=8, r=5.5),
        "maintenance": element("path", d="M8 1.5L14.5 8L8 14.5L1.5 8z"),
    }
    made = (element("symbol", each, id=f"shape-{name}", viewBox="0 0 16 16") for name, each in drawn.items())
    return element("svg", element("defs", *made), class_="patterns", width=0, height=0, aria_hidden="true")
