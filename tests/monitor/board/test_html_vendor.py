"""The page of one vendor says what the values say: its outages, its targets, its days, and where to go on."""

from __future__ import annotations

from dataclasses import replace

from checks.model import Claim, Finding, Severity
from tests.support.boardpages import read_one
from tests.support.boards import card, down, outage, outages, past, vendor_board


def test_the_page_of_a_vendor_tells_the_outage_that_goes_on() -> None:
    shared = outage(shared="the network AS64500")
    text = read_one(vendor_board(down(outage=shared)))
    for told in (
        "This outage",
        "2026-11-22 12:51, 1 h 12 min ago",
        "endpoint/api, endpoint/checkout",
        "1 min 24 s after the first look that failed",
        "Admittednot yet",
        "the network AS64500",
    ):
        assert told in text
    assert "This outage" not in read_one(vendor_board(card()))


def test_outages_tell_what_we_knew_and_what_the_vendor_said() -> None:
    text = read_one(vendor_board()).split("Outages, the newest first")[1]
    for told in (
        "goes on",
        "17 min after us",
        "4 min before us",
        "as soon as we",
        "never, that we saw",
        "and 8 more",
        "together with others",
    ):
        assert told in text
    assert "it cannot be read" in read_one(vendor_board(down(claim=Claim.UNKNOWN)))
    silent = card(page="", claim=None)
    assert "it has no page" in read_one(vendor_board(silent, outages=[replace(each, claimed_at=None) for each in outages()]))
    assert "No outage is known." in read_one(vendor_board(outages=()))


def test_targets_tell_their_newest_look_and_what_was_found_before() -> None:
    text = read_one(vendor_board())
    for told in (
        "endpoint api every 1 min",
        "41 s ago 2026-11-22 14:02:24, took 23 ms",
        "critical 503 instead of a 2xx after 23 ms endpoint.status",
        "unknown It saw nothing: timeout no answer within 10 s from api.acme.example:443",
        "The last look that saw something, at 2026-11-22 12:02:24, found:warning accepts 3 suites",
        "It says: operational",
        "none yet",
    ):
        assert told in text
    made = vendor_board()
    clean = replace(made.targets[0], findings=())
    assert "nothing to remark" in read_one(replace(made, targets=[clean]))
    many_found = [Finding("a.b", Severity.OK, "fine")] * 40 + [Finding("c.d", Severity.CRITICAL, "worst")]
    told = read_one(replace(made, targets=[replace(clean, findings=many_found)]))
    assert told.index("worst") < told.index("fine")
    assert "and 11 more" in told
    assert "Nothing of it is looked at" in read_one(replace(made, targets=()))


def test_days_with_trouble_are_in_a_table_too() -> None:
    text = read_one(vendor_board(down()))
    assert "2026-11-2291.459 %1 h 12 min-100.0 %" in text
    calm = read_one(vendor_board(card(strip=past(1, troubles=0))))
    assert "No trouble was seen on any of them." in calm
    assert "Counted until 2026-11-22 14:03." in calm
    assert "Nothing is known of it yet." in read_one(vendor_board(card(strip=None)))


def test_commands_go_on_from_here_and_are_quoted() -> None:
    made = vendor_board()
    text = read_one(made)
    for told in ("vendorwatch check acme", "vendorwatch explain acme/endpoint/api", "vendorwatch report acme"):
        assert told in text
    odd = replace(made.targets[0], key="acme/endpoint/a b; rm")
    assert "vendorwatch explain 'acme/endpoint/a b; rm'" in read_one(replace(made, targets=[odd]))
