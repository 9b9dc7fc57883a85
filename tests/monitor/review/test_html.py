"""A review as a document of HTML: whole, well-formed, harmless whatever a vendor says, and telling what the numbers are."""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Severity, State
from monitor.history import Tally
from monitor.hypertext.markup import LONGEST_TEXT, Markup, element, foreign
from monitor.review.claimwording import disagreement
from monitor.review.details import Claimed, Found, Rest, Run, Why
from monitor.review.html.page import document
from monitor.review.objective import judged
from monitor.review.values import Review, VendorReview
from monitor.review.wording import arithmetic, budget, looked, looks_until, seconds
from tests.support.hypertext import Reader
from tests.support.reviews import BERLIN, EVIL, LONG, months, review, vendor


def hostile() -> Review:
    """A review in which every text of others means harm."""
    calm, evil = vendor("evil", troubles=2), (Found(code=EVIL, severity=Severity.OK, message=LONG),)
    outages = [replace(each, cause=EVIL, shared=LONG, targets=(f"evil/{EVIL}",) * 9) for each in calm.outages]
    return review(
        replace(
            calm,
            slug=EVIL,
            name=EVIL,
            owner=LONG,
            outages=tuple(outages),
            periods=tuple(replace(each, cause=EVIL) for each in calm.periods),
            targets=tuple(
                replace(
                    each,
                    key=EVIL,
                    name=LONG,
                    changes=tuple(replace(one, cause=EVIL, series=EVIL) for one in each.changes),
                    certificates=tuple(replace(one, issuer=EVIL, key=LONG, revoked=EVIL) for one in each.certificates),
                    findings=tuple(replace(one, key=EVIL, grade=EVIL, came=evil, went=evil) for one in each.findings),
                    unjudged=each.unjudged and replace(each.unjudged, key=EVIL),
                )
                for each in calm.targets
            ),
        )
    )


def read(*vendors: VendorReview) -> Reader:
    return Reader(document(review(*vendors)))


def short(tally: Tally, objective: float | None = 99.9) -> VendorReview:
    """A vendor with this *tally* in all of the time."""
    calm = vendor("acme", troubles=0)
    held = judged(objective, tally) if objective else None
    return replace(calm, objective=objective, in_all=replace(calm.in_all, tally=tally, judged=held))


@pytest.mark.parametrize("made", [review(), review(vendor()), review(vendor("one"), vendor("two", troubles=0)), hostile()])
def test_a_document_is_balanced_and_its_pictures_are_well_formed(made: Review) -> None:
    written = document(made)
    assert written.startswith('<!DOCTYPE html>\n<html lang="en">')
    Reader(written)
    body = written[written.index("<body>") : written.index("</html>")]
    ET.fromstring(body.replace("&nbsp;", " "))  # noqa: S314 - our own


@pytest.mark.parametrize("made", [review(vendor()), hostile()])
def test_a_document_loads_and_runs_nothing(made: Review) -> None:
    reader = Reader(document(made))
    forbidden = {"script", "link", "img", "iframe", "object", "embed", "base", "form", "image", "foreignobject", "animate"}
    assert not forbidden & {tag for tag, _ in reader.found}
    names = {name for _, attributes in reader.found for name in attributes}
    assert not {name for name in names if name.startswith("on") or name in {"style", "src", "srcset", "xlink:href"}}
    assert all((each.get("href") or "#").startswith("#") for _, each in reader.found)
    style = "".join(data for tag, data in reader.texts if tag == "style")
    assert set(re.findall(r"url\(([^)]*)\)", style)) == {"#fill-degraded", "#fill-unknown", "#fill-maintenance"}
    assert "@import" not in style


def test_the_policy_allows_the_style_alone() -> None:
    reader = Reader(document(hostile()))
    style = "".join(data for tag, data in reader.texts if tag == "style")
    known = b64encode(sha256(style.encode()).digest()).decode()
    policy = next(each["content"] for each in reader.all("meta") if each.get("http-equiv"))
    assert policy == f"default-src 'none'; style-src 'sha256-{known}'; base-uri 'none'; form-action 'none'"


def test_what_others_say_stays_text() -> None:
    written = document(hostile())
    assert not {"\u202e", "\x00"} & set(written)
    assert "alert(&quot;1&quot;)" in written
    assert "W" * (LONGEST_TEXT + 1) not in written
    assert Reader(written).text.count("<script>alert(") > 5


def test_a_zone_cannot_leave_the_style() -> None:
    made = replace(review(vendor()), zone=replace(BERLIN, name='"}</style><script>x'))
    assert "script" not in {tag for tag, _ in Reader(document(made)).found}


@given(st.text(max_size=40))
def test_any_text_comes_back_as_itself_in_one_line(text: str) -> None:
    read_back = Reader(element("p", foreign(text), title=text)).text
    assert read_back.split() == "".join(each if each.isprintable() else " " for each in text).split()


def test_an_element_says_what_it_is_given() -> None:
    assert element("p", "1 < 2", Markup("<b>"), class_="a", aria_label='"', x=1.5, y=None) == (
        '<p class="a" aria-label="&quot;" x="1.5">1 &lt; 2<b></p>'
    )
    assert element("path", d="M0 0") == '<path d="M0 0"/>'
    assert element("meta", name="a") == '<meta name="a">'


def test_no_line_breaks_between_a_number_and_its_unit() -> None:
    assert element("p", "99.9 % for 3 d 4 h and 2 more") == "<p>99.9\xa0% for 3\xa0d 4\xa0h and 2 more</p>"


def test_headings_are_in_order_and_every_reference_arrives() -> None:
    reader = read(vendor("one"), vendor("two"))
    levels = [int(tag[1]) for tag, _ in reader.found if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    names = [each["id"] for _, each in reader.found if "id" in each]
    assert len(set(names)) == len(names)
    wanted = {(each.get("href") or "#")[1:] for _, each in reader.found} | {
        each["aria-labelledby"] or "" for _, each in reader.found if "aria-labelledby" in each
    }
    assert wanted - {""} <= set(names)


def test_tables_and_pictures_are_told_to_who_does_not_see_them() -> None:
    reader = read(vendor("one"), vendor("two"))
    assert {each.get("scope") for each in reader.all("th")} == {"col", "row"}
    assert len(reader.all("caption")) == len(reader.all("table"))
    assert {"header", "main", "footer"} <= {tag for tag, _ in reader.found}
    written = document(review(vendor()))
    pictures = re.findall(r'<svg[^>]*role="img"[^>]*>(.{7})', written)
    assert pictures
    assert set(pictures) == {"<title>"}


def test_the_worst_vendor_comes_first_and_the_unknown_last() -> None:
    fine, bad, none = short(Tally(up=1000)), short(Tally(up=900, down=100)), short(Tally(unknown=1000))
    named = [replace(each, name=name) for each, name in ((none, "none"), (fine, "fine"), (bad, "bad"))]
    text = read(*named).text
    assert text.index("bad") < text.index("fine") < text.index("none")


@pytest.mark.parametrize(
    ("tally", "told"),
    [
        (
            Tally(up=100_000),
            "was available 100.000 % of the time that counts; its objective of 99.9 % was met. We saw all of the",
        ),
        (
            Tally(up=99_800, down=200),
            "99.800 % of the time that counts, and down for 3 min 20 s; its objective of 99.9 % was missed",
        ),
        (
            Tally(up=1_000, unknown=10),
            "whether its objective of 99.9 % was met cannot be said (met as seen). We saw 99.009 % of the time.",
        ),
        (
            Tally(up=99_800, down=200),
            "Against the objective 99.9 %: of 100,000 s counted 100 s may be down, 200 s were, 1 min 40 s too many.",
        ),
        (Tally(up=99_950, down=50), "100 s may be down, 50 s were, 50 s left."),
        (
            Tally(up=99_950, down=50),
            "Availability: (100,000 - 50) / 100,000 s = 99.950 %. All of the time counts.",
        ),
        (Tally(up=900, down=100, unknown=200, maintenance=60), "Not counted: 1 min of maintenance and 3 min 20 s unknown."),
        (
            Tally(up=1_000, unknown=10),
            "had all of it been down the availability would be 99.009 %, had all of it been up 100.000 %",
        ),
        (Tally(unknown=10), "is not known: no second of this time counts."),
    ],
)
def test_a_vendor_begins_with_what_there_is_to_say(tally: Tally, told: str) -> None:
    assert told in read(short(tally)).text


def test_without_an_objective_none_is_judged() -> None:
    aimless = replace(short(Tally(up=10), objective=None), months=())
    reader = read(aimless, aimless)
    assert "none set" in reader.text
    verdicts = [each["class"] for each in reader.all("span") if "verdict" in (each.get("class") or "")]
    assert verdicts == ["verdict none"] * 2


def test_what_the_page_said_is_held_against_what_was_measured() -> None:
    calm = vendor("acme", troubles=0)
    held = Claimed(tally=Tally(up=100, degraded=60), denied=7_200, feared=30, compared=160)
    cases = {
        "Its word against ours: its page says": held,
        "it said all is well for 2 h while we measured it down; it admitted trouble for 30 s while we measured it up.": held,
        f"they never parted in the {seconds(160)} in which both were seen.": replace(held, denied=0, feared=0),
    }
    for told, claimed in cases.items():
        assert told in read(replace(calm, in_all=replace(calm.in_all, claimed=claimed))).text
    assert "no status page was read" in read(replace(calm, in_all=replace(calm.in_all, claimed=None))).text


def test_a_vendor_without_a_past_says_so() -> None:
    calm = vendor("acme", troubles=0)
    bare = replace(calm, in_all=replace(calm.in_all, tally=Tally(), claimed=None), measured=(), said=(), outages=())
    text = read(bare, vendor("two")).text
    assert "Nothing of this time is stored." in text
    assert "nothing stored" in text


def test_an_outage_tells_what_we_knew_and_what_the_vendor_said() -> None:
    made = vendor("acme", troubles=1)
    opened = made.outages[0].opened_at
    first = replace(made.outages[0], confirmed_at=opened + timedelta(seconds=42), closed_at=opened + timedelta(minutes=38))
    cases = {
        "17 min after us": replace(first, claimed_at=opened + timedelta(minutes=17)),
        "4 min before us": replace(first, claimed_at=opened - timedelta(minutes=4)),
        "never": replace(first, claimed_at=None),
        "not yet": replace(first, claimed_at=None, closed_at=None),
    }
    for told, outage in cases.items():
        text = read(replace(made, outages=(outage,))).text
        assert told in text
        assert "after 42 s" in text
    silent = replace(first, claimed_at=None)
    assert "no page" in read(replace(made, has_page=False, names_page=False, outages=(silent,))).text
    assert "page not read" in read(replace(made, outages=(silent,), unread=(silent,))).text
    assert "as soon as we" in read(replace(made, outages=(replace(first, claimed_at=opened),))).text
    local = opened.astimezone(BERLIN.info)
    times = [each.get("datetime") for each in read(replace(made, outages=(first,))).all("time")]
    assert local.isoformat(timespec="seconds") in times


def test_an_outage_tells_both_its_ends_to_the_second() -> None:
    made = vendor("acme", troubles=1)
    opened = datetime(2025, 11, 9, 7, 30, 5, tzinfo=UTC)
    first = replace(made.outages[0], opened_at=opened, confirmed_at=opened, closed_at=opened + timedelta(seconds=48))
    rows = read(replace(made, outages=(first,))).text.split("What failed")[1]
    assert rows.startswith("2025-11-09 08:30:052025-11-09 08:30:5348 s")


def test_a_time_has_its_offset_where_the_review_has_two() -> None:
    made = replace(
        vendor("acme"), outages=(replace(vendor("acme").outages[0], opened_at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),)
    )
    twice = replace(review(made), zone=replace(BERLIN, shows_offset=True))
    assert "2026-10-25 02:30:00+01:00" in Reader(document(twice)).text
    assert "2026-10-25 02:30:00+" not in Reader(document(review(made))).text


def test_what_is_too_much_to_list_is_said() -> None:
    many = vendor("acme", troubles=230)
    text = read(many).text
    assert "30 older outages" in text
    assert "Shorter, and not listed: nobody looked 3 times, 95 s together." in text


def test_maintenance_that_is_not_listed_is_not_denied() -> None:
    made = replace(vendor("acme"), periods=(), rest=(Rest(Why.MAINTENANCE, 2, 3_600),))
    told = read(made).text.split("Maintenance")[-1]
    assert told.startswith("Shorter, and not listed: maintenance 2 times, 3,600 s together.Unknown, or not watchedNone.")


def test_a_month_that_was_missed_is_told_wherever_the_whole_was_met() -> None:
    calendar = months(2)
    calm = vendor("acme", troubles=0, calendar=calendar)
    bad, good = Tally(up=997, down=3), Tally(up=10_000)
    parts = [
        replace(each, tally=tally, judged=judged(99.9, tally)) for each, tally in zip(calm.months, (bad, good), strict=True)
    ]
    whole = replace(calm.in_all, tally=bad + good, judged=judged(99.9, bad + good))
    met = replace(calm, months=tuple(parts), in_all=whole)
    text = Reader(document(review(met, calm, calendar=calendar))).text
    assert "its objective of 99.9 % was met in all, but missed in 1 of 2 months. We saw all" in text
    assert "Of those that met it in all, 1 missed it in a month." in text
    assert text.count("✓ metmissed in 1 of 2 months") == 3, "in the overview, the figures and the last line of months"
    assert "missed in" not in read(short(good)).text


def test_each_month_tells_its_arithmetic_to_the_second() -> None:
    calendar = months(2)
    made = vendor("acme", troubles=3, calendar=calendar)
    text = Reader(document(review(made, calendar=calendar))).text.split("How each month was counted, in seconds")[1]
    for account in (*made.months, made.in_all):
        assert account.judged
        assert account.claimed
        assert f"{arithmetic(account.tally)}up {account.tally.up:,} s" in text
        assert budget(account.judged) in text
        assert disagreement(account.claimed, account.tally) in text
        assert f"{looked(account.looks)}; {looks_until(account.looks, BERLIN)}" in text


def test_looks_that_are_not_counted_yet_are_not_denied() -> None:
    made = replace(vendor("acme"), targets=())
    looks = replace(made.in_all.looks, until=made.in_all.ends - timedelta(hours=3))
    text = read(replace(made, in_all=replace(made.in_all, looks=looks))).text
    assert "Nothing is timed yet" in text
    assert "later looks are not counted yet" in text


def test_a_page_that_was_never_read_has_no_strip() -> None:
    silent = replace(vendor("acme"), said=(), has_page=False)
    assert (
        "its page said"
        not in read(silent).text.split("How these numbers")[0].split("Month by month")[0].split("measured")[1]
    )
    assert 'id="said-1"' not in document(review(silent))
    assert 'id="said-1"' in document(review(vendor("acme")))


def test_what_is_too_short_for_a_strip_is_said() -> None:
    text = Reader(document(review(calendar=months(1)))).text
    assert "to scale down to 1 h; what is shorter" in text
    assert "Trouble shorter than 3 h also has a tick" in text


def test_months_tell_how_much_of_them_was_seen() -> None:
    calendar = months(2)
    made = vendor("acme", troubles=0, calendar=calendar)
    first = replace(made.months[0], since=calendar[0].begins + timedelta(days=3), month=replace(calendar[0], is_whole=False))
    last = replace(made.months[1], month=replace(calendar[1], is_running=True), until=calendar[1].begins)
    text = Reader(document(review(replace(made, months=(first, last)), calendar=calendar))).text
    assert "2025-11seen only 86.6 % of the timewatched since 2025-11-04 00:00not the whole month" in text
    assert "2025-12watched until 2025-12-01 00:00" in text
    assert "86.666 %" in text


def test_latency_is_drawn_by_month_where_no_days_are_known() -> None:
    made = vendor("acme")
    by_month = [
        replace(each, days=(), months=tuple(replace(each.in_all, month=month) for month in months()))
        for each in made.targets
    ]
    text = read(replace(made, targets=tuple(by_month))).text
    assert "2025-112026-01" in text
    assert "p50 87 ms" in text.replace("p5087", "p50 87")
    assert "Nothing was timed" in read(replace(made, targets=())).text


def test_every_number_names_its_rows() -> None:
    text = read(vendor("acme")).text
    assert "7 of stretchacme2025-10-31T23:00:00Z" in text
    assert "92 of dayacme/tls/api:443" in text
    assert "sqlite:////var/lib/vendorwatch/history.db" in text


def test_the_same_review_is_the_same_file() -> None:
    assert document(review(vendor())) == document(review(vendor()))


def flapping(slug: str, calendar: Sequence[object]) -> VendorReview:
    """A vendor that was down for half a minute of every hour."""
    made = vendor(slug, calendar=months(len(calendar)))
    begins, ends = made.in_all.begins, made.in_all.ends
    hours = [begins + timedelta(hours=number) for number in range(int((ends - begins).total_seconds() // 3600))]
    starts = [int(at.timestamp()) for at in hours]
    runs: list[Run] = [run for at in starts for run in ((at, at + 30, State.DOWN), (at + 30, at + 3600, State.UP))]
    return replace(made, measured=tuple(runs), said=tuple(runs))


@pytest.mark.slow
def test_fifty_vendors_and_a_year_are_written_in_no_time_and_small() -> None:
    calendar = months(12)
    calm = [vendor(f"vendor-{number}", seed=number, troubles=number % 10, calendar=calendar) for number in range(48)]
    made = review(*calm, *(flapping(f"flapping-{number}", calendar) for number in range(2)), calendar=calendar)
    begun = time.process_time()
    written = document(made)
    assert time.process_time() - begun < 1
    assert len(written.encode()) < 2_000_000
