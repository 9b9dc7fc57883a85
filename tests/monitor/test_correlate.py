"""Whose failure it is, seen from more than one target."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checks.model import Claim, Failure, Observation, Reason, State
from monitor.correlate import Disagreement, Horizon, Sight, disagreement

T0 = datetime(2026, 1, 1, tzinfo=UTC)
HOSTS = ("a.test", "b.test", "c.test")


def look(second: int, reason: Reason | None = None) -> Observation[str]:
    """A look that ended *second* seconds after `T0`."""
    at = T0 + timedelta(seconds=second - 1)
    if reason:
        return Observation(key="v/c/t", at=at, seconds=1, failure=Failure(reason, "…"))
    return Observation(key="v/c/t", at=at, seconds=1, facts="seen")


def test_a_host_seen_elsewhere_since_the_failure_began_makes_the_view_clear() -> None:
    horizon = Horizon()
    horizon.note("b.test", look(5))
    assert horizon.sight("a.test", T0, HOSTS) is Sight.CLEAR


def test_what_was_seen_before_the_failure_began_proves_nothing() -> None:
    horizon = Horizon()
    horizon.note("b.test", look(-5))
    assert horizon.sight("a.test", T0, HOSTS) is Sight.UNSURE


def test_while_everything_else_fails_too_we_are_blind() -> None:
    horizon = Horizon()
    horizon.note("b.test", look(-5))
    horizon.note("b.test", look(3, Reason.TIMEOUT))
    assert horizon.sight("a.test", T0, HOSTS) is Sight.BLIND


def test_the_failing_host_is_no_witness_for_itself() -> None:
    horizon = Horizon()
    horizon.note("a.test", look(5))
    assert horizon.sight("a.test", T0, HOSTS) is Sight.UNSURE


def test_with_one_host_alone_its_word_has_to_do() -> None:
    assert Horizon().sight("a.test", T0, ["a.test", ""]) is Sight.CLEAR


@pytest.mark.parametrize("reason", [Reason.PARSE, Reason.MOVED, Reason.PRIVATE, Reason.BLOCKED, Reason.TOO_LARGE])
def test_an_answer_that_could_not_be_used_is_still_an_answer(reason: Reason) -> None:
    horizon = Horizon()
    horizon.note("b.test", look(5, reason))
    assert horizon.sight("a.test", T0, HOSTS) is Sight.CLEAR


@pytest.mark.parametrize("reason", [Reason.CONFIG, Reason.INTERNAL])
def test_what_never_touched_the_network_says_nothing_of_it(reason: Reason) -> None:
    horizon = Horizon()
    horizon.note("b.test", look(5, reason))
    assert horizon.sight("a.test", T0, HOSTS) is Sight.UNSURE


def test_a_check_without_a_host_is_no_witness() -> None:
    horizon = Horizon()
    horizon.note("", look(5))
    assert horizon.sight("a.test", T0, HOSTS) is Sight.UNSURE


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
