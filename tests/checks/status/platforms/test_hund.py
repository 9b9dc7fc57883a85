"""What a Hund feed may be at most."""

from __future__ import annotations

from tests.support.cases import Loopback, cases, read
from tests.support.network import answer

CALM = next(case for case in cases("hund") if case.name == "all well")


def test_more_open_issues_than_any_page_has_are_cut_and_that_is_told() -> None:
    entries = "".join(f"<entry><id>e/{number}</id><title>[Investigating] {number}</title></entry>" for number in range(1200))
    body = f"<feed><id>tag:status.acme.test,2005:/state_feed/feed</id>{entries}</feed>"
    report = read(CALM, Loopback(otherwise=answer(body.encode())))
    assert len(report.incidents) == 100
    assert report.cut == ("the first 1000 of 1200 entries",)
    assert report.cut_events == ("the newest 100 of 1000 open issues",)
