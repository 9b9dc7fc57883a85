"""The outages of a vendor: the one that is open in sentences, all of them in a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from checks.foreign import one_line
from checks.model import Claim
from checks.wording import lasting
from monitor.board.html.glance import is_pageless
from monitor.board.html.words import moment, note
from monitor.board.values import Card, VendorBoard
from monitor.hypertext.markup import EMPTY, Markup, element, foreign, together
from monitor.hypertext.tables import Column, listed, paragraph, table
from monitor.outage import Outage

_NAMED = 4
"""So many targets are named of one outage."""
_LONGEST_NAME = 100
"""So many characters of a target's name are shown."""
_COLUMNS = (
    Column("Began"),
    Column("Lasted", "number"),
    Column("Noticed", "number"),
    Column("Admitted"),
    Column("What failed", "words"),
)


def open_outage(outage: Outage, board: VendorBoard) -> Markup:
    """All of the *outage* that goes on."""
    told = [
        ("Began", together((moment(outage.opened_at), ", ", element("b", _ago(outage.opened_at, board.made_at))))),
        ("What failed", together((foreign(outage.cause), note(_targets(outage))))),
        ("Noticed", f"{lasting(outage.detection_delay)} after the first look that failed"),
        ("Admitted", _admission(outage, board.card)),
    ]
    shared = [("Fails with others", foreign(outage.shared))] if outage.shared else []
    return element(
        "section",
        element("h2", "This outage", id="open"),
        listed([*told, *shared], "told"),
        class_="open",
        aria_labelledby="open",
    )


def _ago(at: datetime, now: datetime) -> str:
    return f"{lasting(max(now - at, timedelta()))} ago"


def outages_table(board: VendorBoard) -> Markup:
    """The newest outages; a sentence where none is known."""
    rows = [_cells(outage, board) for outage in board.outages]
    if not rows:
        return paragraph("No outage is known.")
    return table("Outages, the newest first", _COLUMNS, rows, "outages")


def _cells(outage: Outage, board: VendorBoard) -> Sequence[str]:
    return (
        moment(outage.opened_at),
        _lasted(outage, board.made_at),
        f"after {lasting(outage.detection_delay)}",
        _admission(outage, board.card),
        _what(outage),
    )


def _lasted(outage: Outage, now: datetime) -> Markup:
    if outage.closed_at is None:
        length = lasting(max(now - outage.opened_at, timedelta()))
        return together((length, note("goes on", kind="trouble")))
    until = note("until ", moment(outage.closed_at))
    return together((lasting(outage.closed_at - outage.opened_at), until))


def _admission(outage: Outage, card: Card) -> Markup:
    """When the vendor's own page admitted it, and how long after we saw it, or before."""
    if outage.claimed_at is None or outage.lead is None:
        if is_pageless(card):
            return element("span", "it has no page", class_="none")
        if outage.is_open and card.claim is Claim.UNKNOWN:
            return element("span", "it cannot be read", class_="none")
        return element("span", "not yet" if outage.is_open else "never, that we saw", class_="trouble")
    return together((_lead(outage.lead), note(moment(outage.claimed_at))))


def _lead(lead: timedelta) -> str:
    if round(lead.total_seconds()) == 0:
        return "as soon as we"
    return f"{lasting(-lead)} before us" if lead < timedelta() else f"{lasting(lead)} after us"


def _what(outage: Outage) -> Markup:
    shared = note("together with others: ", foreign(outage.shared)) if outage.shared else EMPTY
    return together((foreign(outage.cause), note(_targets(outage)), shared))


def _targets(outage: Outage) -> Markup:
    names = [
        foreign(one_line(target.removeprefix(f"{outage.vendor}/"), _LONGEST_NAME)) for target in outage.targets[:_NAMED]
    ]
    left = len(outage.targets) - _NAMED
    more = f" and {left:,} more" if left > 0 else ""
    return together((*[part for name in names for part in (", ", name)][1:], more))
