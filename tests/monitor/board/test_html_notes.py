"""What the page of all vendors and that of one both say: the marks of a vendor, and what we cannot know."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from checks.foreign import one_line
from checks.model import Claim
from monitor.board.values import Card, CertificateLeft, Reading
from monitor.history import Tally
from monitor.standing import Work
from tests.support.boardpages import PAGES, read, read_one
from tests.support.boards import EVIL, NOW, card, certificate, first_minutes, past, vendor_board
from tests.support.hypertext import Reader


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        (card(works=frozenset({Work.OWN})), "in a maintenance window of ours"),
        (card(works=frozenset({Work.ANNOUNCED})), "in maintenance that it announced"),
        (card(is_muted=True), "muted: nobody is told"),
        (card(is_critical=True), "critical finding"),
        (card(is_flapping=True), "comes and goes"),
        (card(certificate=CertificateLeft(target="a", not_after=NOW)), "expired"),
        (card(certificate=CertificateLeft(target="a", not_after=NOW + timedelta(hours=30))), "1 day"),
        (card(certificate=certificate("a", 12)), "12 days ends soon"),
        (card(certificate=certificate("a", 3)), "3 days about to end"),
        (card(strip=first_minutes()), "100.000 % of 10 min available, 90.0 % seen"),
        (card(strip=past(1, troubles=0, watched=20)), "100.000 % of 19 d 14 h available, 100.0 % seen"),
        (card(strip=past(1, troubles=0, watched=0)), "nothing is known yet"),
        (card(strip=replace(past(1), whole=Tally(unknown=9))), "nothing of it was seen"),
        (card(claim=Claim.MAJOR_OUTAGE), "major outage"),
    ],
)
def test_marks_stand_on_both_pages(shown: Card, told: str) -> None:
    assert told in read(shown)
    if told != "nothing is known yet":
        assert told in read_one(vendor_board(shown))


@pytest.mark.parametrize(
    ("reading", "told"),
    [(Reading.AWAITED, "still being read"), (Reading.FAILED, "cannot be read from the store"), (Reading.DONE, None)],
)
def test_a_store_that_cannot_be_read_is_told(reading: Reading, told: str | None) -> None:
    for text in (read(card(), reading=reading), read_one(vendor_board(reading=reading))):
        assert ("from the store" in text) == bool(told)
        assert told is None or told in text


def test_a_blind_board_blames_nobody() -> None:
    text = Reader(PAGES["blind"]).text
    assert "Our own network is the suspect: how the vendors are cannot be told; 1 was down before." in text
    for told in (text, read_one(vendor_board(is_blind=True))):
        assert "While our own network is the suspect nobody is blamed: a vendor that is unknown may be well." in told


def test_what_our_own_network_lacks_is_told_as_it_is() -> None:
    lacks = "names: dns: no such name"
    for text in (read(card(), troubles=(lacks,)), read_one(vendor_board(troubles=(lacks,)))):
        assert text.count(f"Our own network works in part: {lacks}. What fails for that is nobody's fault") == 1
    for text in (read(card(), troubles=(lacks,), is_blind=True), read_one(vendor_board(troubles=(lacks,), is_blind=True))):
        assert text.count(f"While our own network is the suspect ({lacks}) nobody is blamed: ") == 1
        assert "in part" not in text
    assert one_line(EVIL) in read(card(), troubles=(EVIL,))


def test_why_a_page_cannot_be_read_is_told() -> None:
    shown = card(claim=Claim.UNKNOWN, unread="timeout: no answer within 10 s")
    for text in (read(shown), read_one(vendor_board(shown))):
        assert "cannot be read" in text
        assert "timeout: no answer within 10 s" in text
