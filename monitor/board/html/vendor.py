"""The page of one vendor: its word against our measurement, the outage that goes on, its past, what is looked at."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from datetime import timedelta

from checks.foreign import one_line
from checks.wording import lasting, percent
from monitor.board.html.days import large_strip, troubled
from monitor.board.html.glance import APART_WORDS, about, badge, claimed, ending, graded, is_pageless, marks, named, shares
from monitor.board.html.head import as_of, closing, network_note, page, reading_note
from monitor.board.html.kinds import kind_of
from monitor.board.html.legend import how_to_read
from monitor.board.html.outages import open_outage, outages_table
from monitor.board.html.targets import targets_table
from monitor.board.html.words import because, marked, moment, note, since
from monitor.board.values import Day, Strip, VendorBoard
from monitor.hypertext.markup import EMPTY, Markup, element, foreign, together
from monitor.hypertext.tables import Column, listed, paragraph, table

_ROOT = "../"
"""From here to the page of all vendors."""
_DAYS = (
    Column("Day"),
    Column("Available", "number"),
    Column("Down", "number"),
    Column("Degraded", "number"),
    Column("Seen", "number"),
)


def vendor_page(board: VendorBoard, version: str) -> str:
    """The page of one vendor, written by the program of this *version*."""
    card = board.card
    top = together(
        (
            element("nav", element("a", "All vendors", href=_ROOT), class_="back", aria_label="Pages"),
            element("h1", named(card)),
            paragraph(badge(card), _held(board), marked(marks(card)), kind="standing"),
            paragraph(element("code", card.slug), " · ", about(card), kind="small"),
            as_of(board.made_at),
        )
    )
    return page(
        f"{one_line(card.name, 100)}: {kind_of(card)}",
        top,
        *_main(board),
        foot=together((how_to_read(), closing(version, _ROOT))),
    )


def _held(board: VendorBoard) -> Markup:
    card = board.card
    if card.since is None or not card.is_measured:
        return EMPTY
    return element("span", since(card.since, board.made_at), class_="held")


def _main(board: VendorBoard) -> Iterator[Markup]:
    yield network_note(board.lacks, is_blind=board.is_blind)
    yield reading_note(board.reading)
    yield _topic("Its word and our measurement", _facing(board), _figures(board))
    if board.card.outage:
        yield open_outage(board.card.outage, board)
    yield _topic("Last 90 days", _past(board.card.strip))
    yield _topic("What is looked at", targets_table(board))
    yield _topic("Outages", outages_table(board))
    yield _topic("Go on from here", _commands(board))


def _topic(head: str, *content: str) -> Markup:
    name = head.lower().replace(" ", "-")
    return element("section", element("h2", head, id=name), *content, aria_labelledby=name)


def _facing(board: VendorBoard) -> Markup:
    """What the vendor says beside what we measure, and in words where the two part."""
    card = board.card
    admitted = note(since(card.admitted_since, board.made_at)) if card.admitted_since else EMPTY
    term = "Its word" if is_pageless(card) else "Its status page says"
    sides = listed(
        [
            (term, together((claimed(card), admitted, because(card.unread)))),
            ("We measure", together((badge(card), because(card.cause)))),
        ],
        "facing",
    )
    if card.apart is None:
        return sides
    when = together((", for ", since(card.apart_since, board.made_at))) if card.apart_since else EMPTY
    return together((sides, paragraph(APART_WORDS[card.apart], when, ".", kind="apart")))


def _figures(board: VendorBoard) -> Markup:
    card = board.card
    target = note(foreign(card.certificate.target)) if card.certificate else EMPTY
    ends = note("on ", moment(card.certificate.not_after)) if card.certificate else EMPTY
    figures = [
        ("Available in 90 days", shares(card.strip)),
        ("Objective", f"{card.objective:.12g} %" if card.objective else element("span", "none set", class_="none")),
        ("Certificate left", together((ending(card.certificate, board.made_at), ends, target))),
        ("TLS grade", graded(card)),
    ]
    return listed(figures, "figures")


def _past(strip: Strip | None) -> Markup:
    if strip is None or not strip.whole.elapsed:
        return paragraph("Nothing is known of it yet.")
    rows = [_day(day) for day in troubled(strip)]
    calm = "No trouble was seen on any of them." if strip.whole.coverage else "Nothing of them was seen."
    days = table("Days with trouble, the newest first", _DAYS, rows, "daily") or paragraph(calm)
    counted_until = paragraph("Counted until ", moment(strip.until), ".", kind="small")
    return together((large_strip(strip), days, counted_until))


def _day(day: Day) -> Sequence[str]:
    tally = day.tally
    return (
        element("time", day.day.isoformat()),
        percent(tally.availability),
        _some(tally.down),
        _some(tally.degraded),
        percent(tally.coverage, 1),
    )


def _some(seconds: int) -> str:
    return lasting(timedelta(seconds=seconds)) if seconds else "-"


def _commands(board: VendorBoard) -> Markup:
    """What to say on a terminal, beginning with the worst target."""
    slug = board.card.slug
    told = [
        (("check", slug), "look now"),
        *((("explain", target.key), "everything about one target") for target in board.targets[:1]),
        (("outages", slug), "all outages that are stored"),
        (("report", slug), "month by month"),
    ]
    return listed([(element("code", shlex.join(["vendorwatch", *said])), what) for said, what in told], "commands")
