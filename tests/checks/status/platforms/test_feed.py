from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checks.model import Claim, Reason, State, Unseen
from checks.status.report import Impact
from checks.vendor import ComponentRef
from tests.support.status import hear, look, page, recording

PLANNED = "Geplante Wartungsarbeiten am 20. Juni"
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>%s</feed>'


def entry(title: str, body: str = "", at: str = "2026-05-04T08:00:00Z", link: str = "https://v.test/1") -> bytes:
    texts = f"<title>{title}</title><updated>{at}</updated><content>{body}</content>"
    return f'<entry><link href="{link}"/><id>{link}</id>{texts}</entry>'.encode()


@pytest.mark.parametrize(
    ("name", "claim", "incidents", "active", "planned"),
    [
        (
            "atom_bracketed",
            Claim.DEGRADED,
            ["[Investigating] Invoices are not sent"],
            [],
            ["Geplante Wartungsarbeiten am 20. Juni"],
        ),
        ("atom_bold", Claim.DEGRADED, ["Label printing resolved? Not yet"], ["Scheduled maintenance: database"], []),
        ("rss_updates", Claim.DEGRADED, ["Payout errors"], [], []),
        ("rss_region", Claim.OPERATIONAL, [], [], []),
        ("rss_states", Claim.DEGRADED, ["Face check - Degraded Performance"], [], []),
    ],
)
def test_a_feed_is_folded_into_what_is_open_under_way_and_announced(
    name: str, claim: Claim, incidents: list[str], active: list[str], planned: list[str]
) -> None:
    heard = hear(page("feed"), recording(f"feed/{name}.xml"))
    report = heard.facts.report
    assert heard.claim is claim
    assert [incident.name for incident in report.incidents] == incidents
    assert [work.name for work in report.maintenances if work.active] == active
    assert [work.name for work in report.maintenances if not work.active] == planned
    assert {incident.impact for incident in report.incidents} <= {Impact.MINOR}


def test_the_feed_itself_is_named_and_dated_by_its_newest_entry() -> None:
    report = look(page("feed"), recording("feed/rss_updates.xml")).report
    assert (report.page_id, report.page_name) == ("https://status.peat.test/", "Incidents | Peat Payments")
    assert report.updated_at == datetime(2026, 5, 4, 16, 30, tzinfo=UTC)
    atom = look(page("feed"), recording("feed/atom_bracketed.xml")).report
    assert (atom.page_id, atom.page_name) == ("tag:status.brine.test,2005:/state_feed/feed", "Brine & Sons")
    assert atom.incidents[0].started_at == datetime(2026, 5, 4, 13, tzinfo=UTC)
    assert atom.incidents[0].url == "https://status.brine.test/issues/a1"


def test_work_under_way_is_maintenance_since_a_feed_has_no_word_for_the_whole() -> None:
    heard = hear(page("feed"), ATOM % entry("Scheduled maintenance", "&lt;b&gt;In progress&lt;/b&gt; - it begins"))
    assert (heard.claim, heard.state) == (Claim.MAINTENANCE, State.MAINTENANCE)


def test_the_newest_update_decides_wherever_it_stands() -> None:
    older, newer = (
        entry("[Investigating] x", at="2026-05-04T08:00:00Z"),
        entry("[Resolved] x", at="2026-05-04T11:00:00+02:00"),
    )
    for body in (older + newer, newer + older):
        assert hear(page("feed"), ATOM % body).claim is Claim.OPERATIONAL


def test_entries_without_a_time_are_the_oldest_and_of_equals_the_first_stands() -> None:
    timeless = entry("[Resolved] x", at="some day")
    assert hear(page("feed"), ATOM % (timeless + entry("[Investigating] x"))).claim is Claim.DEGRADED
    assert hear(page("feed"), ATOM % (entry("[Resolved] x") + entry("[Investigating] x"))).claim is Claim.OPERATIONAL


def test_an_empty_feed_has_nothing_open() -> None:
    heard = hear(page("feed"), ATOM % b"")
    assert (heard.claim, heard.message("status.operational")) == (Claim.OPERATIONAL, "no open incident")


def test_a_feed_has_no_components() -> None:
    heard = hear(page("feed", ComponentRef(name="API")), ATOM % b"")
    assert (
        heard.message("status.component_missing")
        == 'the page has no component "API" and no other either: check status.components'
    )


def test_another_feed_than_the_pinned_one_is_told() -> None:
    heard = hear(page("feed", page_id="tag:mine"), recording("feed/atom_bold.xml"))
    assert heard.codes == ["status.other_page"]
    assert heard.state is State.UNKNOWN


def test_long_feeds_are_cut_and_that_is_said() -> None:
    many = b"".join(entry("[Investigating] x", link=f"https://v.test/{number}") for number in range(1200))
    report = look(page("feed"), ATOM % many).report
    assert report.cut == (
        "the first 1000 of 1200 entries",
        "the newest 200 of 1000 stories",
        "the newest 100 of 200 open incidents or maintenances",
    )
    assert len(report.incidents) == 100


def test_a_web_page_is_no_feed() -> None:
    with pytest.raises(Unseen) as caught:
        look(page("feed"), b"<!DOCTYPE html><html><title>Welcome</title>")
    assert caught.value.failure.reason is Reason.PARSE
    assert '"Welcome"' in caught.value.failure.detail
