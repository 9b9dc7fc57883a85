"""Pages of the board that tests read again and again, and what a page says to whoever reads it."""

from __future__ import annotations

from dataclasses import replace

from checks.model import State
from monitor.board.html.overview import overview_page
from monitor.board.html.vendor import vendor_page
from monitor.board.values import Card, Reading, VendorBoard
from tests.support.boards import board, card, dozen, hostile, hostile_vendor, vendor_board
from tests.support.hypertext import Reader

BARE = card(strip=None, certificate=None, grade="", team="", page="", claim=None, since=None, state=State.UNKNOWN)
PAGES = {
    "none": overview_page(board(), "1.2"),
    "one": overview_page(board(card()), "1.2"),
    "twelve": overview_page(dozen(), "1.2"),
    "hostile": overview_page(hostile(), "1.2"),
    "blind": overview_page(replace(dozen(), is_blind=True, reading=Reading.FAILED), "1.2"),
    "vendor": vendor_page(vendor_board(), "1.2"),
    "calm": vendor_page(vendor_board(card(), outages=(), targets=()), "1.2"),
    "bare": vendor_page(vendor_board(BARE, outages=(), targets=(), reading=Reading.AWAITED, is_blind=True), "1.2"),
    "hostile vendor": vendor_page(hostile_vendor(), "1.2"),
}


def read(*cards: Card, **others: object) -> str:
    """What the page of all says of these."""
    return Reader(overview_page(replace(board(*cards), **others), "1.2")).text  # type: ignore[arg-type]


def read_one(shown: VendorBoard) -> str:
    """What the page of one says."""
    return Reader(vendor_page(shown, "1.2")).text
