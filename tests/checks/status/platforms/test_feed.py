from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checks.model import Claim, Reason, State, Unseen
from checks.status.report import Impact
from checks.vendor import ComponentRef
from tests.support.network import answer
from tests.support.status import FEED, Heard, hear, look, page, recording

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
    assert [work.name for work in report.maintenances if work.is_active] == active
    assert [work.name for work in report.maintenances if not work.is_active] == planned
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
    )
    assert report.cut_events == ("the newest 100 of 200 open incidents or maintenances",)
    assert len(report.incidents) == 100


def test_a_web_page_is_no_feed() -> None:
    with pytest.raises(Unseen) as caught:
        look(page("feed"), b"<!DOCTYPE html><html><title>Welcome</title>")
    assert caught.value.failure.reason is Reason.PARSE
    assert '"Welcome"' in caught.value.failure.detail


LINKS = {
    "other scheme": "http://status.v.test/",
    "language": "https://status.v.test/en",
    "history": "https://status.v.test/history",
    "no home": "",
}


def story(title: str, body: str, at: str, link: str, guid: str) -> str:
    texts = f"<title>{title}</title><link>{link}</link><description>{body}</description>"
    return f"<item>{texts}<guid>{guid}</guid><pubDate>Mon, 04 May 2026 {at} GMT</pubDate></item>"


def rss(*stories: str, home: str = "https://status.v.test") -> bytes:
    return f"<rss><channel><title>V</title><link>{home}</link>{''.join(stories)}</channel></rss>".encode()


OVER = story("Mail", "Resolved - ok", "05:00", "https://status.v.test/over", "over")


def at(date: str, body: bytes) -> Heard:
    return hear(page("feed"), {FEED: answer(body, url=FEED, headers={"date": date} if date else {})})


@pytest.mark.parametrize("home", LINKS.values(), ids=LINKS)
@pytest.mark.parametrize("link", ["https://status.v.test/", "https://status.v.test/en", "https://other.test/history"])
def test_stories_that_all_lead_to_the_page_stay_apart(home: str, link: str) -> None:
    down = story("API down", "Investigating - we look", "07:00", link, "i-1")
    over = story("Mail delays", "Resolved - ok", "08:00", link, "i-2")
    heard = hear(page("feed"), rss(down, over, home=home))
    assert (heard.claim, [incident.name for incident in heard.facts.report.incidents]) == (Claim.DEGRADED, ["API down"])


def test_an_atom_feed_without_an_own_link_keeps_its_stories_apart() -> None:
    body = entry("API down", "Investigating - we look", "2026-05-04T07:00:00Z") + entry("Mail", "Resolved - ok")
    assert hear(page("feed"), ATOM % body.replace(b"<id>https://v.test/1", b"<id>urn:1", 1)).claim is Claim.DEGRADED


def test_updates_that_lead_to_one_incident_are_one_story_whatever_their_guids_are() -> None:
    link = "https://status.v.test/i/1"
    first = story("API down", "Investigating - we look", "07:00", link, "u-1")
    last = story("[Resolved] API down", "ok", "08:00", link, "u-2")
    other = story("Mail", "Resolved - ok", "06:00", "https://status.v.test/i/2", "u-3")
    assert hear(page("feed"), rss(first, last, other)).claim is Claim.OPERATIONAL


def test_what_some_stories_share_besides_a_link_decides_whether_they_are_one() -> None:
    link = "https://status.v.test/eu"
    down = story("API down", "Investigating - we look", "07:00", link, "u-1")
    over = story("Mail", "Resolved - ok", "08:00", link, "u-2")
    other = story("Web", "Resolved - ok", "06:00", "https://status.v.test/us", "u-3")
    assert hear(page("feed"), rss(down, over, other)).claim is Claim.DEGRADED


def test_titles_with_different_prefixes_are_different_stories() -> None:
    home = "https://status.v.test"
    down = story("Payments: errors", "Investigating - we look", "07:00", home, "")
    over = story("Login: errors", "Resolved - ok", "08:00", home, "")
    assert hear(page("feed"), rss(down, over)).claim is Claim.DEGRADED


@pytest.mark.parametrize(
    "title", ["API outage", "API: outage", "API errors", "Names fail to resolve", "Emergency maintenance"]
)
def test_a_recent_story_that_cannot_be_read_makes_the_feed_unknown(title: str) -> None:
    heard = at("Mon, 11 May 2026 06:59:00 GMT", rss(story(title, "", "07:00", "https://status.v.test/1", "1"), OVER))
    assert (heard.claim, heard.state, heard.codes) == (Claim.UNKNOWN, State.UNKNOWN, ["status.unclear"])
    assert heard.message("status.unclear") == f'the recent entry "{title}" does not say whether it is over'


def test_how_many_cannot_be_read_is_told_with_the_newest() -> None:
    both = [story(f"Odd {hour}", "", f"0{hour}:00", f"https://status.v.test/{hour}", "") for hour in (7, 8)]
    assert at("Mon, 04 May 2026 09:00:00 GMT", rss(*both, OVER)).message("status.unclear") == (
        '2 recent entries do not say whether they are over, the newest is "Odd 8"'
    )


def test_an_old_story_that_cannot_be_read_is_over() -> None:
    body = rss(story("API outage", "", "07:00", "https://status.v.test/1", "1"), OVER)
    assert at("Mon, 11 May 2026 07:00:00 GMT", body).claim is Claim.OPERATIONAL
    assert at("Mon, 04 May 2026 06:00:00 GMT", body).claim is Claim.UNKNOWN


@pytest.mark.parametrize("date", ["", "some day"])
def test_without_a_clock_the_newest_entry_tells_the_time(date: str) -> None:
    odd, later = entry("API outage"), entry("[Resolved] y", at="2026-05-20T08:00:00Z", link="https://v.test/2")
    earlier, timeless = (entry("[Resolved] z", at=at, link="https://v.test/3") for at in ("2026-05-01T08:00:00Z", "?"))
    assert at(date, ATOM % (odd + earlier)).claim is Claim.UNKNOWN
    assert at(date, ATOM % (odd + later)).claim is Claim.OPERATIONAL
    assert at(date, ATOM % (entry("API outage", at="?") + later)).claim is Claim.OPERATIONAL
    assert at(date, ATOM % (entry("API outage", at="?") + timeless)).claim is Claim.UNKNOWN


def test_a_story_that_calls_itself_a_notice_is_no_trouble() -> None:
    over = entry("[Resolved] x", link="https://v.test/2")
    assert hear(page("feed"), ATOM % (entry("[Information] A new office") + over)).claim is Claim.OPERATIONAL


def old_stories(*titles: str) -> bytes:
    stories = (entry(title, at="2020-05-04T08:00:00Z", link=f"https://v.test/{at}") for at, title in enumerate(titles))
    return ATOM % b"".join(stories)


def test_a_feed_that_never_says_how_things_are_is_no_feed_of_incidents() -> None:
    with pytest.raises(Unseen) as caught:
        look(page("feed"), old_stories("How we scale", "A bug we met", "We moved"))
    assert caught.value.failure.reason is Reason.PARSE
    assert f'0 of 3 entries in {FEED} say how things are, the newest is "How we scale": is it' in caught.value.failure.detail


@pytest.mark.parametrize(
    "titles",
    [
        ["Login problems in EU"],
        ["Login problems in EU", "Slow API"],
        ["[Info] A new office", "[Info] A new page", "[Info] Holidays"],
        ["How we scale", "[Info] A new page", "We moved"],
    ],
)
def test_the_feed_of_a_quiet_vendor_may_hold_little_that_is_old(titles: list[str]) -> None:
    now = "Mon, 04 May 2026 08:00:00 GMT"
    assert at(now, old_stories(*titles)).claim is Claim.OPERATIONAL


def test_what_little_a_feed_holds_is_unknown_while_it_is_new() -> None:
    assert at("Mon, 04 May 2020 10:00:00 GMT", old_stories("Login problems in EU")).claim is Claim.UNKNOWN


def test_a_monitor_that_went_down_is_open_until_it_recovered() -> None:
    home = "https://status.v.test/"
    down = story("API went down", "monitor down", "07:00", home, "https://status.v.test/#a1")
    up = story("API recovered", "monitor recovered", "07:30", home, "https://status.v.test/#a1")
    assert at("Mon, 25 May 2026 08:00:00 GMT", rss(down)).claim is Claim.DEGRADED
    assert at("Mon, 04 May 2026 08:00:00 GMT", rss(up, down)).claim is Claim.OPERATIONAL


def test_a_feed_may_begin_with_a_comment() -> None:
    assert hear(page("feed"), b"<!-- made by hand -->" + ATOM % b"").claim is Claim.OPERATIONAL
