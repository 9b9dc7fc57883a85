"""Whose failure it is, seen from more than one target."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Claim, Failure, Observation, Reason, State
from monitor.correlate import (
    MEMORY_SECONDS,
    PATIENCE_SECONDS,
    Disagreement,
    Horizon,
    PageLook,
    Sight,
    Trail,
    Unreadable,
    disagreement,
    platforms_in,
    sight_in_round,
    unread,
)

T0 = datetime(2026, 1, 1, tzinfo=UTC)
HOSTS = ("a.test", "b.test", "c.test")
LONG_AGO = -2 * MEMORY_SECONDS


def look(reason: Reason | None = None) -> Observation[str]:
    if reason:
        return Observation(key="v/c/t", at=T0, seconds=1, failure=Failure(reason, "…"))
    return Observation(key="v/c/t", at=T0, seconds=1, facts="seen")


def horizon(*looks: tuple[float, str, Reason | None]) -> Horizon:
    """What is known after *looks* that ended at those seconds, when all hosts were seen a minute before 0."""
    known = Horizon()
    for host in HOSTS:
        known.note(host, look(), -60)
    for end, host, reason in looks:
        known.note(host, look(reason), end)
    return known


def sight(known: Horizon, until: float = 10, host: str = "a.test", hosts: Iterable[str] = HOSTS) -> Sight:
    """The view while *host* failed: its first failed look ended at 0, the newest began at *until*."""
    return known.sight(host, 0, until, hosts)


def test_a_host_seen_between_the_failures_makes_the_view_clear() -> None:
    assert sight(horizon((5, "b.test", None))) is Sight.CLEAR


def test_what_was_seen_before_the_failure_or_after_the_newest_look_began_proves_nothing() -> None:
    assert sight(horizon((-1, "b.test", None))) is Sight.UNSURE
    assert sight(horizon((0, "b.test", None))) is Sight.UNSURE
    assert sight(horizon((11, "b.test", None))) is Sight.UNSURE


def test_while_what_was_well_before_fails_too_we_are_blind() -> None:
    assert sight(horizon((3, "b.test", Reason.TIMEOUT))) is Sight.BLIND


def test_a_host_that_has_failed_all_day_says_nothing_of_us() -> None:
    known = Horizon()
    known.note("b.test", look(), LONG_AGO)
    known.note("b.test", look(Reason.TIMEOUT), 3)
    assert sight(known) is Sight.UNSURE


def test_a_failure_that_stays_alone_is_held_to_be_ours_after_a_while() -> None:
    assert sight(horizon(), until=PATIENCE_SECONDS) is Sight.UNSURE
    assert sight(horizon(), until=PATIENCE_SECONDS + 1) is Sight.BLIND


def test_the_failing_host_is_no_witness_for_itself() -> None:
    assert sight(horizon((5, "a.test", None))) is Sight.UNSURE


def test_with_one_host_alone_its_word_has_to_do() -> None:
    assert sight(Horizon(), hosts=["a.test", ""]) is Sight.CLEAR


@pytest.mark.parametrize("reason", [Reason.PARSE, Reason.MOVED, Reason.PRIVATE, Reason.BLOCKED, Reason.TOO_LARGE])
def test_an_answer_that_could_not_be_used_is_still_an_answer(reason: Reason) -> None:
    assert sight(horizon((5, "b.test", reason))) is Sight.CLEAR


@pytest.mark.parametrize("reason", [Reason.CONFIG, Reason.INTERNAL])
def test_what_never_asks_the_network_is_nobody_to_wait_for(reason: Reason) -> None:
    assert sight(horizon((5, "b.test", reason))) is Sight.UNSURE
    assert sight(horizon((5, "b.test", reason), (6, "c.test", reason))) is Sight.CLEAR
    assert sight(horizon((5, "b.test", reason), (6, "c.test", reason), (7, "b.test", Reason.TIMEOUT))) is Sight.BLIND


def test_a_check_without_a_host_is_no_witness() -> None:
    assert sight(horizon((5, "", None))) is Sight.UNSURE


def test_a_neighbour_that_died_by_itself_before_is_nobody_to_wait_for() -> None:
    died = horizon((-50, "b.test", Reason.REFUSED), (-40, "c.test", None), (-30, "b.test", Reason.REFUSED))
    assert sight(died, until=PATIENCE_SECONDS * 2, hosts=["a.test", "b.test"]) is Sight.CLEAR
    together = horizon((-50, "b.test", Reason.REFUSED), (-30, "b.test", Reason.REFUSED))
    assert sight(together, until=PATIENCE_SECONDS * 2, hosts=["a.test", "b.test"]) is Sight.BLIND


def test_what_is_watched_no_more_is_forgotten() -> None:
    known = horizon((5, "c.test", Reason.CONFIG))
    known.forget_all_but(frozenset({"a.test"}))
    assert (set(known.last_seen), known.mute) == ({"a.test"}, set())


@given(st.lists(st.tuples(st.floats(0, 5), st.sampled_from("abc")), max_size=60), st.floats(0, 60), st.floats(0, 60))
def test_a_trail_remembers_whether_another_was_met_to_within_a_moment(
    steps: list[tuple[float, str]], after: float, length: float
) -> None:
    trail, now, met = Trail(), 0.0, []
    for step, host in steps:
        now += step
        trail.add(host, now)
        met.append((now, host))
    slack, until = 0.11, after + length
    if trail.has_other("a", after, until):
        assert any(host != "a" and after < at <= until for at, host in met)
    elif now < MEMORY_SECONDS:
        assert not any(host != "a" and after + slack < at <= until - slack for at, host in met)


def test_a_trail_does_not_grow_for_ever() -> None:
    trail = Trail()
    for tick in range(200_000):
        trail.add(f"{tick % 7}", tick * 0.05)
    assert len(trail.moments) == len(trail.hosts) < 4 * MEMORY_SECONDS / 0.05


def test_one_round_of_looks_needs_one_that_was_answered() -> None:
    failed = ("a.test", look(Reason.DNS))
    assert sight_in_round("a.test", [failed]) is Sight.UNSURE
    assert sight_in_round("a.test", [failed, ("b.test", look(Reason.CONFIG)), ("", look())]) is Sight.UNSURE
    assert sight_in_round("a.test", [failed, ("b.test", look(Reason.DNS))]) is Sight.BLIND
    assert sight_in_round("a.test", [failed, ("b.test", look(Reason.DNS)), ("c.test", look())]) is Sight.CLEAR


@pytest.mark.parametrize(
    ("measured", "claimed", "expected"),
    [
        (State.DOWN, Claim.OPERATIONAL, Disagreement.PROBE_DOWN_CLAIM_OK),
        (State.UP, Claim.MAJOR_OUTAGE, Disagreement.PROBE_OK_CLAIM_DOWN),
        (State.UP, Claim.PARTIAL_OUTAGE, Disagreement.PROBE_OK_CLAIM_DOWN),
        (State.UP, Claim.OPERATIONAL, None),
        (State.UP, Claim.DEGRADED, None),
        (State.DOWN, Claim.MAJOR_OUTAGE, None),
        (State.DOWN, Claim.UNKNOWN, None),
        (State.DOWN, Claim.MAINTENANCE, None),
        (State.UNKNOWN, Claim.MAJOR_OUTAGE, None),
    ],
)
def test_word_and_measurement_part_only_where_both_are_known(
    measured: State, claimed: Claim, expected: Disagreement | None
) -> None:
    assert disagreement(measured, claimed) is expected


def pages(*reasons: Reason | None, platform: str = "cstate") -> list[PageLook]:
    """Looks at as many pages of one platform."""
    return [PageLook(platform=platform, url=f"https://{n}.test", why=why) for n, why in enumerate(reasons)]


@pytest.mark.parametrize(
    ("failed", "read", "expected"),
    [(0, 3, False), (2, 0, False), (2, 1, False), (3, 0, True), (3, 1, True), (3, 2, False), (7, 3, True), (6, 3, False)],
)
def test_a_platform_is_unreadable_when_seven_of_ten_and_at_least_three_of_its_pages_are(
    *, failed: int, read: int, expected: bool
) -> None:
    (found,) = platforms_in(pages(*[Reason.PARSE] * failed, *[None] * read)).values()
    told = Unreadable(platform="cstate", pages=failed + read, failed=failed, reason=Reason.PARSE)
    assert found == (told if expected else None)


def test_the_reason_told_is_the_most_frequent_one() -> None:
    (found,) = platforms_in(pages(Reason.TIMEOUT, Reason.BLOCKED, Reason.BLOCKED)).values()
    assert found
    assert found.reason is Reason.BLOCKED


def test_each_platform_is_judged_by_its_own_pages() -> None:
    found = platforms_in([*pages(*[Reason.PARSE] * 3), *pages(None, None, None, platform="aws")])
    assert list(found) == ["aws", "cstate"]
    assert [each is None for each in found.values()] == [True, False]


def test_vendors_of_one_page_are_one_page_and_whoever_reads_it_proves_that_it_can_be_read() -> None:
    assert platforms_in(pages(Reason.PARSE, Reason.PARSE) * 5)["cstate"] is None
    failing = pages(*[Reason.PARSE] * 3)
    assert platforms_in([*failing, *failing])["cstate"] is not None
    assert platforms_in([*failing, *pages(None)])["cstate"] is None


@pytest.mark.parametrize("reason", set(Reason) - {Reason.CONFIG, Reason.INTERNAL, Reason.OFFLINE, Reason.RESOLVER})
def test_a_page_that_cannot_be_read_says_why(reason: Reason) -> None:
    assert unread(look(reason), Sight.CLEAR) is reason


@pytest.mark.parametrize("reason", [Reason.CONFIG, Reason.INTERNAL, Reason.OFFLINE, Reason.RESOLVER, None])
def test_what_says_nothing_of_the_page_is_nothing_against_it(reason: Reason | None) -> None:
    assert unread(look(reason), Sight.CLEAR) is None
    assert unread(None, Sight.CLEAR) is None


@pytest.mark.parametrize("sight", [Sight.BLIND, Sight.UNSURE])
def test_while_we_may_be_blind_only_what_answered_is_unreadable(sight: Sight) -> None:
    assert unread(look(Reason.TIMEOUT), sight) is None
    assert unread(look(Reason.CONNECT), sight) is None
    assert unread(look(Reason.PARSE), sight) is Reason.PARSE
