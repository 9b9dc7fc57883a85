"""What was not seen, not watched or not read is never told as if it had been: in the document of HTML as in the text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from checks.wording import percent
from monitor.history import Tally
from monitor.review import text, wording
from monitor.review.html.page import document
from monitor.review.objective import judged
from monitor.review.values import Account, VendorReview
from tests.support.reviews import months, review, vendor

DAY = 86_400
AWAY = Tally(up=21 * DAY)
"""Of a month of 31 days, in 10 of which the file of the vendor was away."""


def read(made: VendorReview) -> str:
    """All that a document on one vendor and a few months says, with what its pictures are called."""
    written = document(review(made, calendar=months(len(made.months))))
    return re.sub(r"<[^>]*>", "", re.sub(r"<style>.*?</style>", "", written, flags=re.DOTALL)).replace(
        "\N{NO-BREAK SPACE}", " "
    )


def held(account: Account, tally: Tally, unwatched: int = 0) -> Account:
    """*account*, of *tally* and so many seconds *unwatched*, against 99.9 %."""
    return replace(account, tally=tally, unwatched=unwatched, judged=judged(99.9, tally, unwatched))


def made_of(*parts: tuple[Tally, int]) -> VendorReview:
    """A vendor whose months are of these seconds and so many unwatched."""
    calm = vendor("acme", troubles=0, calendar=months(len(parts)))
    by_month = tuple(held(each, *part) for each, part in zip(calm.months, parts, strict=True))
    whole = held(calm.in_all, sum((tally for tally, _ in parts), Tally()), sum(away for _, away in parts))
    return replace(calm, objective=99.9, months=by_month, in_all=whole)


def test_time_in_which_a_vendor_was_not_watched_is_not_told_as_seen() -> None:
    told = read(made_of((AWAY, 10 * DAY)))
    assert "all of it seen" not in told
    assert "We saw all of the time." not in told
    assert "All of the time counts" not in told
    assert "We saw all of the time in which it was watched; for 10 d in between it was not." in told
    assert "Not counted: 10 d not watched." in told
    assert "100.000 % as seen; from 67.741 % to 100.000 % with what was not seen" in told


def test_the_band_of_a_month_is_that_of_its_verdict() -> None:
    made = made_of((AWAY + Tally(down=600, unknown=3_000), 5 * DAY))
    account = made.months[0]
    assert account.judged
    least, most = percent(account.judged.least), percent(account.judged.most)
    assert f"as seen; from {least} to {most} with what was not seen" in read(made)
    aimless = replace(made, objective=None, months=(replace(account, judged=None),))
    assert f"as seen; from {least} to {most} with what was not seen" in read(aimless), "also where none is judged"


def test_unwatched_and_unknown_time_are_told_apart() -> None:
    told = read(made_of((Tally(up=9_000, unknown=1_000, maintenance=60), 7_200)))
    assert "We saw 90.059 % of the time in which it was watched; for 2 h in between it was not." in told
    assert "Not counted: 1 min of maintenance and 16 min 40 s unknown and 2 h not watched." in told


def test_a_month_in_which_a_vendor_was_never_watched_keeps_its_line() -> None:
    told = read(made_of((AWAY, 0), (Tally(), 31 * DAY), (AWAY, 0)))
    assert "2025-12not watched" in told


@pytest.mark.parametrize(
    ("tally", "told"),
    [
        (AWAY, "cannot be said (met as seen)"),
        (AWAY + Tally(down=2_000), "cannot be said (missed as seen)"),
        (Tally(unknown=10), "cannot be said"),
    ],
)
def test_an_undecided_objective_is_told_as_in_the_text(tally: Tally, told: str) -> None:
    made = made_of((tally, 10 * DAY))
    assert wording.verdict(made.in_all.judged) == told
    assert told in " ".join(text.written(review(made)).split())
    assert read(made).count(f"? {told}") == 2, "in the figures and the month"
    if tally.counted:
        assert f"whether its objective of 99.9 % was met {told}. We saw all" in read(made)


def test_months_that_were_missed_stand_beside_what_cannot_be_said() -> None:
    made = made_of((Tally(up=10_000, down=100), 0), (Tally(up=1_000_000), 2_000))
    outcome = "cannot be said (met as seen) in all, missed in 1 of 2 months"
    assert wording.outcome_in_all(made) == outcome
    assert f"whether its objective of 99.9 % was met {outcome}." in read(made)


def test_a_page_that_was_not_read_is_not_denied() -> None:
    made = vendor("acme", troubles=2)
    silent = replace(
        made,
        has_page=False,
        said=(),
        in_all=replace(made.in_all, claimed=None),
        outages=tuple(replace(each, claimed_at=None) for each in made.outages),
    )
    silent = replace(silent, unread=silent.outages)
    assert "Down, page said wellpage not read" in read(silent)
    assert "Outages22 while its page was not read" in read(silent)
    pageless = read(replace(silent, names_page=False))
    assert "Down, page said wellno page" in pageless
    assert "page was not read" not in pageless


def test_outages_that_nobody_can_tell_of_are_counted_beside_those_never_admitted() -> None:
    made = vendor("acme", troubles=3)
    outages = tuple(replace(each, claimed_at=None) for each in made.outages)
    told = read(replace(made, outages=outages, unread=outages[:1]))
    assert "Outages32 never admitted1 while its page was not read" in told
