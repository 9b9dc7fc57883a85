"""A review as text, Markdown, CSV and JSON: legible, harmless whatever a vendor says, and with the same numbers."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from monitor.history import Tally
from monitor.outage import Outage
from monitor.review import document, markdown, table, text, wording
from monitor.review.gather import harmless
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
        assert line.startswith("- 2025-11: seen only 60 % of the time; ")
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
        "still running, until 2026-02-01 00:00",
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
    assert lines[0]["looks_failed_by_reason"] == "timeout=12 connect=3"
    assert tuple(lines[0]) == table.COLUMNS


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
    assert written["zone"] == {"name": "Europe/Berlin", "offset_at_end": "+01:00"}
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
    assert wording.percent(0.999_999_9) == "99.999 %"
    assert wording.percent(1.0) == "100.000 %"
    assert wording.percent(0.999) == "99.900 %"
    assert wording.percent(None) == "-"
    assert wording.milliseconds(0.0042) == "4.2"
    assert wording.milliseconds(0.1384) == "138"


def test_when_a_vendor_admitted_is_told() -> None:
    found: VendorReview = vendor()
    outage = replace(found.outages[0], claimed_at=None)
    assert outage.closed_at
    assert wording.admitted(outage, has_page=True) == "never"
    assert wording.admitted(outage, has_page=False) == "no page"
    assert wording.admitted(replace(outage, closed_at=None), has_page=True) == "not yet"
    told_first = replace(outage, claimed_at=outage.opened_at - timedelta(minutes=8))
    assert wording.admitted(told_first, has_page=True) == "8 min before"
    assert (
        wording.admitted(replace(outage, claimed_at=outage.opened_at + timedelta(minutes=5)), has_page=True) == "after 5 min"
    )
    goes_on = replace(outage, closed_at=None)
    assert wording.lasted(goes_on, goes_on.opened_at + timedelta(hours=2)) == "2 h, goes on"
