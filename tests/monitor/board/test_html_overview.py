"""The page of all vendors says what the values say: of a vendor in its line, of all of them above."""

from __future__ import annotations

from checks.model import Claim
from checks.vendor import Tier
from monitor.board.html.overview import overview_page
from tests.support.boardpages import BARE, PAGES, read, read_one
from tests.support.boards import board, card, down, dozen, vendor_board
from tests.support.hypertext import Reader


def test_who_starts_does_not_say_that_nobody_is_watched() -> None:
    text = read(is_starting=True)
    assert "vendorwatch is starting." in text
    assert "Add a vendor" not in text


def test_without_a_vendor_the_page_says_what_to_do() -> None:
    text = Reader(PAGES["none"]).text
    assert "No vendor is watched yet." in text
    assert "$ vendorwatch add github stripe\n" in text
    assert not Reader(PAGES["none"]).all("table")


def test_a_line_tells_claim_and_measurement_since_when_and_what_is_left() -> None:
    text = read(down("acme", tier=Tier.CRITICAL, name="Acme"))
    for told in (
        "Acme is down and disagrees with us.",
        "critical tier · platform",
        "down 1 h 12 min, since 2026-11-22 12:51 503 instead of a 2xx after 23 ms",
        "operational, on the status page of Acme Down for us, while its status page says operational 1 h 7 min, since",
        "available, 98.8 % seen",
        "12 days",
    ):
        assert told in text
    times = [each.get("datetime") for each in Reader(overview_page(board(down()), "1.2")).all("time")]
    assert "2026-11-22T12:51:05Z" in times
    assert "As of 2026-11-22 14:03:05 UTC." in text


def test_what_is_not_known_is_said_to_be_so() -> None:
    text = read(BARE, card(claim=Claim.UNKNOWN), card(claim=None), card(is_measured=False))
    for told in (
        "no look yet",
        "no status page",
        "nothing is known yet",
        "none seen",
        "not graded",
        "cannot be read",
        "not read",
    ):
        assert told in text
    assert "not measured" in text


def test_numbers_by_state_lead_to_the_first_of_each() -> None:
    reader = Reader(PAGES["twelve"])
    rows = {each["id"]: each["class"] for each in reader.all("tr") if "id" in each}
    assert rows == {
        "down": "down",
        "unknown": "unknown",
        "degraded": "degraded",
        "maintenance": "maintenance",
        "up": "up",
        "not-measured": "unknown",
        "no-look-yet": "unknown",
    }
    text = reader.text
    for told in ("1 down", "1 unknown", "1 degraded", "1 maintenance", "1 no look yet", "1 not measured", "6 up"):
        assert told in text
    assert "0 down" in read(card())


def test_the_order_is_that_of_the_board() -> None:
    text = Reader(PAGES["twelve"]).text
    places = [text.index(f"{each.name} {each.tier} tier") for each in dozen().cards]
    assert places == sorted(places)


def test_what_else_is_amiss_is_counted_in_the_words_of_the_verdict() -> None:
    shown = (
        down("acme"),
        card("admitting", claim=Claim.DEGRADED),
        card("urgent", is_critical=True),
        card("urgent-too", is_critical=True),
    )
    reader = Reader(overview_page(board(*shown), "1.2"))
    amiss = ["1 says that it has trouble", "2 have critical findings", "1 disagrees with us"]
    assert [text for tag, text in reader.texts if tag == "li" and text in amiss] == amiss
    assert f"1 of 4 vendors is down; {', '.join(amiss)}." in reader.text


def test_cards_say_what_they_show_and_a_vendor_without_a_page_only_that() -> None:
    silent = card("silent", page="", claim=None)
    labels = [each.get("data-label") for each in Reader(overview_page(board(card(), silent), "1.2")).all("td")]
    assert labels == [None, "Its page:", None, "Certificate:", "TLS:", *[None] * 3, "Certificate:", "TLS:"]
    assert "Its wordno status page" in read_one(vendor_board(silent))
    assert "Its status page saysoperational" in read_one(vendor_board(card()))
