"""Whether announced work is under way: this decides who is woken, so that each way of being wrong has its case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checks.model import Claim
from checks.status import CHECK
from checks.status.facts import StatusFacts
from checks.status.report import Component, Maintenance, Progress, Report
from checks.status.works import LONGEST, is_under_way
from checks.vendor import ComponentRef
from tests.support.status import hear, page, recording

TWO, FOUR = datetime(2026, 12, 6, 2, tzinfo=UTC), datetime(2026, 12, 6, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MIXED = recording("statuspage/mixed.json")
API = ComponentRef(name="API")


def work(progress: Progress, *components: str, starts: datetime | None = TWO, ends: datetime | None = FOUR) -> Maintenance:
    return Maintenance(id="w", name="Move", progress=progress, starts=starts, ends=ends, component_ids=components)


def says(
    at: datetime,
    *works: Maintenance,
    scope: tuple[ComponentRef, ...] = (),
    indicator: Claim | None = Claim.OPERATIONAL,
    component_count: int = 3,
) -> bool:
    """Whether work is under way by a page of three components, the first of them API."""
    assert CHECK.under_maintenance is not None
    report = Report(
        page_id="p",
        page_name="P",
        url="https://status.test",
        indicator=indicator,
        components=tuple(Component(id=name.lower(), name=name, claim=Claim.OPERATIONAL) for name in ("API", "Mail", "Maps")),
        component_count=component_count,
        maintenances=works,
    )
    facts = StatusFacts(platform="statuspage", report=report)
    return CHECK.under_maintenance(facts, page("statuspage", *scope), at)


def test_announced_work_counts_from_its_beginning_to_its_end_whatever_the_page_says_yet() -> None:
    planned = work(Progress.PLANNED)
    times = (TWO - SECOND, TWO, FOUR - SECOND, FOUR)
    assert [is_under_way(planned, at) for at in times] == [False, True, True, False]


def test_work_that_is_called_under_way_counts_early_and_until_its_announced_end() -> None:
    active = work(Progress.ACTIVE)
    assert [is_under_way(active, at) for at in (TWO - SECOND, TWO, FOUR - SECOND, FOUR)] == [True, True, True, False]


def test_work_without_an_end_counts_while_the_page_calls_it_under_way_and_not_before() -> None:
    assert is_under_way(work(Progress.ACTIVE, ends=None), FOUR)
    assert is_under_way(work(Progress.ACTIVE, starts=None, ends=None), FOUR)
    assert not is_under_way(work(Progress.PLANNED, ends=None), FOUR)
    assert not is_under_way(work(Progress.PLANNED, starts=None), TWO)


@pytest.mark.parametrize("progress", [Progress.DONE, Progress.UNKNOWN])
def test_work_that_is_done_or_of_which_nobody_knows_counts_for_nothing(progress: Progress) -> None:
    assert not is_under_way(work(progress), TWO)


def test_a_season_of_work_excuses_nothing_until_the_page_says_that_it_is_being_done() -> None:
    assert is_under_way(work(Progress.PLANNED, ends=TWO + LONGEST), FOUR)
    assert not is_under_way(work(Progress.PLANNED, ends=TWO + LONGEST + SECOND), FOUR)
    assert is_under_way(work(Progress.ACTIVE, ends=TWO + 90 * LONGEST), FOUR)


def test_times_that_end_before_they_begin_are_no_time() -> None:
    assert not any(is_under_way(work(Progress.PLANNED, starts=FOUR, ends=TWO), at) for at in (TWO, TWO + SECOND, FOUR))


def test_work_counts_where_it_touches_what_is_used() -> None:
    assert says(TWO, work(Progress.PLANNED, "api", "mail"), scope=(API,))
    assert not says(TWO, work(Progress.ACTIVE, "mail", "maps"), scope=(API,))
    assert not says(TWO, work(Progress.ACTIVE), scope=(API,))
    assert says(TWO, work(Progress.ACTIVE, "maps"), work(Progress.ACTIVE, "api"), scope=(API,))


def test_on_a_page_as_a_whole_a_little_work_somewhere_excuses_nothing() -> None:
    assert not says(TWO, work(Progress.ACTIVE, "mail"))
    assert not says(TWO, work(Progress.ACTIVE))
    assert says(TWO, work(Progress.PLANNED, "api", "mail"))
    assert not says(TWO, work(Progress.ACTIVE, "api", "mail"), component_count=4)


def test_a_page_without_a_word_for_the_whole_speaks_through_its_work() -> None:
    assert says(TWO, work(Progress.ACTIVE), indicator=None)
    assert not says(FOUR, work(Progress.PLANNED), indicator=None)


def test_maintenance_as_all_that_is_said_counts_without_a_time() -> None:
    assert says(TWO, indicator=Claim.MAINTENANCE)
    assert not says(TWO, indicator=Claim.MAJOR_OUTAGE)
    assert says(FOUR, work(Progress.ACTIVE, "api"), scope=(API,)), "its end is over, but the vendor says nothing worse"


def test_another_page_excuses_nothing() -> None:
    assert CHECK.under_maintenance is not None
    wanted = page("statuspage", page_id="another")
    assert not CHECK.under_maintenance(hear(wanted, MIXED).facts, wanted, datetime(2026, 5, 4, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "at", "active"),
    [
        ("Quotes", datetime(2026, 5, 4, 8, tzinfo=UTC), True),
        ("Portal", datetime(2026, 5, 9, 19, 59, 59, tzinfo=UTC), False),
        ("Portal", datetime(2026, 5, 9, 20, tzinfo=UTC), True),
        ("Portal", datetime(2026, 5, 9, 21, tzinfo=UTC), False),
        ("Customs", datetime(2026, 5, 9, 20, tzinfo=UTC), False),
    ],
)
def test_a_recorded_page_announces_its_work_in_its_own_offset(name: str, at: datetime, active: bool) -> None:  # noqa: FBT001
    assert CHECK.under_maintenance is not None
    settings = page("statuspage", ComponentRef(name=name))
    assert CHECK.under_maintenance(hear(settings, MIXED).facts, settings, at) is active
