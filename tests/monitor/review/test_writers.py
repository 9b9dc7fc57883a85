"""A review as text, Markdown, CSV and JSON: legible, harmless whatever a vendor says, and with the same numbers."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from checks.wording import percent
from monitor.history import Tally
from monitor.outage import Outage, harmless
from monitor.review import claimwording, document, markdown, table, text, wording
from monitor.review.objective import judged
from monitor.review.values import Account, Review, VendorReview
from monitor.review.wording import exact
from tests.support.reviews import BERLIN, EVIL, LONG, months, review, vendor


def hostile() -> Review:
    """A review in which every text of others means harm, as far as it comes here."""
    calm = vendor("evil", troubles=3)
    outages = [harmless(replace(each, cause=EVIL, shared=LONG, targets=(f"evil/{EVIL}",) * 9)) for each in calm.outages]
    return review(
        replace(calm, name="=cmd|' /C calc'!A0", owner="@everyone [x](http://evil.test) `|", outages=tuple(outages))
    )


def unseen(share: float) -> Account:
    """A month of which only a *share* was seen."""
    account = vendor().months[0]
    elapsed = account.tally.elapsed
    seen = int(elapsed * share)
    tally = Tally(up=seen - 100, down=100, unknown=elapsed - seen)
    return replace(account, tally=tally, judged=judged(99.9, tally))


def with_month(account: Account) -> Review:
    found = vendor()
    return review(replace(found, months=(account, *found.months[1:])))


def test_text_fits_a_hundred_columns_and_has_no_markup() -> None:
    written = text.written(review(vendor(), vendor("bolt", seed=2)))
    assert written.endswith("\n")
    wide = [line for line in written.splitlines() if len(line) > 120]
    assert not wide
    assert all(line.isprintable() for line in text.written(hostile()).splitlines())
    assert "Availability" in written
    assert "(bolt)" in written


def test_a_month_seen_little_says_so_before_its_number() -> None:
    for write in (text.written, markdown.written):
        [line] = [each for each in write(with_month(unseen(0.6))).splitlines() if "seen only" in each]
        assert re.match(r"- 2025-11: seen only (60\.0|59\.9) % of the time; ", line)
        assert "seen only" not in write(with_month(unseen(0.95)))


def test_both_bounds_are_told_where_what_was_not_seen_decides() -> None:
    written = markdown.written(with_month(unseen(0.6)))
    assert "cannot be said (met as seen)" in written
    assert "had all of it been down the availability would be 59.9" in written
    assert "had all of it been up 99.99" in written


def test_months_say_since_when_until_when_and_that_they_run() -> None:
    calendar = months()
    running = replace(calendar[-1], is_running=True, is_whole=False)
    account = vendor().months[0]
    late = replace(
        account, month=running, since=account.begins + timedelta(days=2), until=account.begins + timedelta(days=9)
    )
    told = list(wording.reservations(late, BERLIN))
    assert told == [
        "watched since 2025-11-03 00:00",
        "watched until 2025-11-10 00:00",
    ]
    assert list(wording.reservations(replace(late, since=None, until=None), BERLIN)) == [
        "still running, until 2026-02-01 00:00"
    ]
    part = replace(account, month=replace(calendar[0], is_whole=False))
    assert list(wording.reservations(part, BERLIN)) == ["not the whole month: 2025-11-01 00:00 to 2025-12-01 00:00"]
    assert list(wording.reservations(replace(account, tally=Tally()), BERLIN)) == ["not watched"]


def test_word_and_measurement_part_first_of_all() -> None:
    found = vendor()
    claimed = found.in_all.claimed
    assert claimed
    denying = replace(found, in_all=replace(found.in_all, claimed=replace(claimed, denied=7_200, feared=60)))
    agreeing = replace(
        found,
        slug="calm",
        name="Calm",
        outages=(),
        in_all=replace(found.in_all, claimed=replace(claimed, denied=0, feared=0)),
    )
    written = text.written(review(agreeing, denying))
    told = " ".join(written.split("In all")[0].split())
    assert "Acme: its page says" in told
    assert "it said all is well for 2 h while we measured it down" in told
    assert "it admitted trouble for 1 min while we measured it up" in told
    assert "Calm" not in told
    assert "Nowhere:" in text.written(review(agreeing))


def test_where_nothing_was_seen_together_nobody_is_cleared() -> None:
    found = vendor()
    claimed = replace(found.in_all.claimed, denied=0, feared=0, compared=0) if found.in_all.claimed else None
    blind = replace(found, outages=(), in_all=replace(found.in_all, claimed=claimed))
    for each in (blind, replace(blind, in_all=replace(blind.in_all, claimed=None))):
        written = text.written(review(each))
        assert "Nowhere:" not in written
        assert "That cannot be said: no page was read while its vendor was measured." in written


def test_a_missed_month_is_told_beside_what_all_of_them_were() -> None:
    found = vendor()
    missed, met = (judged(99.9, Tally(up=1_000_000, down=down)) for down in (5_000, 0))
    first, *others = found.months
    mixed = replace(
        found,
        months=(replace(first, judged=missed), *(replace(each, judged=met) for each in others)),
        in_all=replace(found.in_all, judged=met),
    )
    assert (mixed.missed_months, mixed.judged_months) == (1, 3)
    assert wording.outcome_in_all(mixed) == "met in all, but missed in 1 of 3 months"
    assert "99.9 %: met in all, but missed in 1 of 3" in " ".join(text.written(review(mixed)).split())
    assert wording.outcome_in_all(replace(mixed, months=mixed.months[1:])) == "met"


def test_a_month_that_nobody_saw_has_no_verdict_but_an_objective() -> None:
    unknown = Tally(unknown=86_400)
    account = replace(vendor().months[0], tally=unknown, judged=judged(99.9, unknown))
    assert account.judged
    assert wording.verdict(account.judged) == "cannot be said"
    assert wording.budget(account.judged) == "objective 99.9 %: nothing was counted that it could be held against"
    told = document.document(with_month(account))["vendors"][0]["months"][0]["objective"]  # type: ignore[index, call-overload]
    assert (told["verdict"], told["availability_at_least"], told["availability_at_most"]) == ("undecided", 0, 1)  # type: ignore[index, call-overload]


def test_how_far_looks_are_counted_is_said() -> None:
    looks = vendor().months[0].looks
    day = replace(looks, first=looks.last, until=datetime(2025, 11, 30, 11, tzinfo=UTC), last=looks.last)
    part = replace(day, first=date(2025, 11, 30), last=date(2025, 11, 30))
    assert wording.looks_until(part, BERLIN) == (
        "day 2025-11-30 of UTC, counted until 2025-11-30 12:00; later looks are not counted yet"
    )
    whole = replace(part, until=datetime(2025, 12, 1, tzinfo=UTC))
    assert wording.looks_until(whole, BERLIN) == "day 2025-11-30 of UTC"
    assert wording.looked(replace(part, count=0, failures={}, until=None)) == "no looks are counted yet"


def test_closed_and_uncounted_times_have_seconds() -> None:
    found = vendor()
    outage = found.outages[0]
    assert outage.closed_at
    odd = replace(outage, closed_at=outage.closed_at + timedelta(seconds=7))
    told = text.written(review(replace(found, outages=(odd,))))
    assert wording.clock_to_second(odd.closed_at or odd.opened_at, BERLIN) in told
    assert wording.clock_to_second(found.periods[0].ends, BERLIN) in told
    assert "Shorter, and not listed: nobody looked 3 times, 95 s together." in told
    assert claimwording.OUTAGES[:40] in told.replace("\n", " ")
    assert wording.QUANTILES in told


def test_a_vendor_without_history_or_file_says_so() -> None:
    empty = replace(vendor().in_all, tally=Tally(), claimed=None, judged=None)
    gone = replace(vendor("gone"), is_listed=False, in_all=empty, outages=())
    written = text.written(review(gone))
    assert "Nothing is stored of that time." in written
    assert "has no file any more" in written


def test_markdown_keeps_its_tables_whatever_is_said() -> None:
    lines = markdown.written(hostile()).splitlines()
    tables = [line for line in lines if line.startswith("|")]
    assert tables
    widths = {line.replace("\\|", "").count("|") for line in tables}
    assert widths <= {4, 5, 6, 7, 8, 9, 10}
    for above, below in pairwise(lines):
        if above.startswith("|") and below.startswith("|"):
            assert above.replace("\\|", "").count("|") == below.replace("\\|", "").count("|")
    written = "\n".join(lines)
    assert "<script" not in written.replace("\\<", "")
    assert not re.search(r"(?<!\\)\]\(", written)
    assert "http://" not in written
    assert "@<!-- -->everyone" in written


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("a|b", "a\\|b"),
        ("*bold* _it_ `code`", "\\*bold\\* \\_it\\_ \\`code\\`"),
        ("see https://evil.test", "see https&#58;//evil.test"),
        ("www.evil.test", "www&#46;evil.test"),
        ("a\\|b", "a\\\\\\|b"),
        ("ask @ops/oncall, not ops@", "ask @<!-- -->ops/oncall, not ops@"),
        ("\\@ops", "\\\\@<!-- -->ops"),
        ("see #12, acme/api#7 and gh-3", "see \\#<!-- -->12, acme/api\\#<!-- -->7 and gh-<!-- -->3"),
        (":+1: at 12:00:30 or :a:b:", ":<!-- -->+1: at 12:00:30 or :<!-- -->a:<!-- -->b:"),
        ("from $5 to $x^2$", "from <span>$</span>5 to <span>$</span>x^2<span>$</span>"),
    ],
)
def test_markup_is_escaped(said: str, written: str) -> None:
    assert markdown.escaped(said) == written


def lines_of(found: Review) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.written(found), newline="")))


def test_the_table_has_a_line_for_each_vendor_and_month() -> None:
    found = review(vendor(), vendor("bolt", seed=3))
    written = table.written(found)
    assert written.count("\r\n") == written.count("\n") == 7
    lines = lines_of(found)
    assert [(each["vendor"], each["month"]) for each in lines[:4]] == [
        ("acme", "2025-11"), ("acme", "2025-12"), ("acme", "2026-01"), ("bolt", "2025-11"),
    ]  # fmt: skip
    tally = found.vendors[0].months[0].tally
    assert int(lines[0]["down_seconds"]) == tally.down
    assert float(lines[0]["availability"]) == pytest.approx(tally.availability)
    assert lines[0]["begins"] == "2025-11-01T00:00:00+01:00"
    assert lines[0]["zone"] == "Europe/Berlin"
    assert sum(int(each["outages_opened"]) for each in lines) == sum(len(each.outages) for each in found.vendors)
    assert lines[0]["looks_failed_by_reason"] == "timeout=12 endpoint.status=3"
    assert lines[0]["looks_counted_until"] == "2025-12-01T00:00:00+01:00"
    assert tuple(lines[0]) == table.COLUMNS


def test_an_outage_is_in_the_line_of_each_month_that_it_was_in() -> None:
    found = vendor()
    begins = found.months[1].begins
    before = replace(found.outages[0], opened_at=begins - timedelta(hours=1), closed_at=begins + timedelta(hours=1))
    at_edge = replace(before, opened_at=begins, closed_at=begins)
    lines = lines_of(review(replace(found, outages=(before, at_edge))))
    assert [(each["outages_opened"], each["outages"]) for each in lines] == [("1", "1"), ("1", "2"), ("0", "0")]


def test_no_cell_of_the_table_is_a_formula() -> None:
    for line in lines_of(hostile()):
        assert line["name"].startswith("'=")
        assert line["owner"].startswith("'@")
    assert table.harmless("-1") == "'-1"
    assert table.harmless("acme") == "acme"


def test_the_document_has_every_number_with_its_rows() -> None:
    found = vendor()
    written = json.loads(json.dumps(document.document(review(found))))
    assert written["version"] == 1
    assert written["zone"] == {"name": "Europe/Berlin", "offset_at_begin": "+01:00", "offset_at_end": "+01:00"}
    [told] = written["vendors"]
    month = told["months"][0]
    assert month["seconds"]["down"] == found.months[0].tally.down
    assert month["seconds"]["elapsed"] == found.months[0].tally.elapsed
    assert sum(each["seconds"]["up"] for each in told["months"]) == told["in_all"]["seconds"]["up"]
    assert {each["table"] for each in month["rows"]} >= {"stretch"}
    assert all(each["first"].endswith("Z") and each["count"] >= 1 for each in month["rows"])
    assert (
        month["objective"]["allowed_down_seconds"] - month["objective"]["used_down_seconds"]
        == (month["objective"]["left_down_seconds"])
    )
    first: Outage = found.outages[0]
    assert told["outages"][0]["row"] == {"table": "outage", "vendor": "acme", "opened_at": exact(first.opened_at)}
    assert {each["target"] for each in told["targets"]} == {each.key for each in found.targets}


def test_numbers_are_never_rounded_up_to_what_they_are_not() -> None:
    assert percent(0.999_999_9) == "99.999 %"
    assert percent(1.0) == "100.000 %"
    assert percent(0.999) == "99.900 %"
    assert percent(None) == "-"
    assert wording.milliseconds(0.0042) == "4.2"
    assert wording.milliseconds(0.1384) == "138"
    assert wording.objective(99.999999) == "99.999999 %"
    assert wording.objective(99.0) == "99 %"


def test_when_a_vendor_admitted_is_told() -> None:
    found: VendorReview = vendor()
    outage = replace(found.outages[0], claimed_at=None)
    assert outage.closed_at
    pageless = replace(found, has_page=False, names_page=False)
    assert claimwording.admitted(outage, found) == "never"
    assert claimwording.admitted(outage, pageless) == "no page"
    assert claimwording.admitted(outage, replace(pageless, names_page=True)) == "page not read"
    assert claimwording.admitted(outage, replace(found, unread=(outage,))) == "page not read"
    assert claimwording.admitted(replace(outage, closed_at=None), found) == "not yet"
    leads = {-480: "8 min before", -0.4: "at once", 0.3: "at once", 300: "after 5 min", 48.6: "after 49 s"}
    for lead, told in leads.items():
        assert claimwording.admitted(replace(outage, claimed_at=outage.opened_at + timedelta(seconds=lead)), found) == told
    goes_on = replace(outage, closed_at=None)
    assert claimwording.lasted(goes_on, goes_on.opened_at + timedelta(hours=2)) == "2 h, goes on"
