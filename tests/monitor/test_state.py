"""How a state moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Failure, Finding, Observation, Reason, Severity, State
from monitor.correlate import Sight
from monitor.settings import Confirmation
from monitor.state import Held, Transition, Verdict, severity_of, step, verdict

KEY = "acme/endpoint/api.acme.test"
T0 = datetime(2026, 1, 1, tzinfo=UTC)
TWICE = Confirmation(fall=2, rise=2)

UP = Verdict(State.UP, "200 in 80 ms")
DOWN = Verdict(State.DOWN, "refused: nobody listens", transient=True)
BLIND = Verdict(State.UNKNOWN, "resolver: no answer", transient=True, blind=True)
EXPIRED = Verdict(State.DOWN, "expired", transient=False)


def after(*verdicts: Verdict, held: Held | None = None, confirm: Confirmation = TWICE) -> tuple[Held, list[Transition]]:
    """What is held, and what changed, after *verdicts* a minute apart from `T0`."""
    held, changes = held or Held(State.UP, T0 - timedelta(days=1)), []
    for minute, said in enumerate(verdicts):
        held, transition = step(held, said, KEY, T0 + timedelta(minutes=minute), confirm)
        changes += [transition] if transition else []
    return held, changes


def seen(*findings: Finding, failure: Failure | None = None) -> Observation[object]:
    facts = None if failure else object()
    return Observation(key=KEY, at=T0, seconds=0.1, facts=facts, failure=failure, findings=findings)


def test_the_same_again_changes_nothing_and_keeps_since() -> None:
    held, changes = after(UP, UP, UP)
    assert (held.state, held.since, changes) == (State.UP, T0 - timedelta(days=1), [])


def test_one_lost_packet_moves_nothing() -> None:
    held, changes = after(DOWN, UP)
    assert (held.state, held.pending, changes) == (State.UP, 0, [])


def test_a_confirmed_failure_is_dated_back_to_the_first_look() -> None:
    held, changes = after(UP, DOWN, DOWN)
    first = T0 + timedelta(minutes=1)
    assert (held.state, held.since) == (State.DOWN, first)
    assert changes == [
        Transition(
            key=KEY, before=State.UP, after=State.DOWN, since=first, at=first + timedelta(minutes=1), cause=DOWN.cause
        )
    ]


def test_what_chance_has_no_part_in_is_believed_at_once() -> None:
    held, changes = after(EXPIRED)
    assert (held.state, len(changes)) == (State.DOWN, 1)


def test_recovery_from_a_chance_failure_has_its_own_count() -> None:
    held, changes = after(DOWN, DOWN, UP, confirm=Confirmation(fall=2, rise=3))
    assert (held.state, held.pending) == (State.DOWN, 1)
    held, changes = after(DOWN, DOWN, UP, UP, UP, confirm=Confirmation(fall=2, rise=3))
    assert (held.state, held.since) == (State.UP, T0 + timedelta(minutes=2))
    assert [change.after for change in changes] == [State.DOWN, State.UP]


def test_recovery_from_a_certain_failure_is_believed_at_once() -> None:
    held, changes = after(EXPIRED, UP)
    assert [change.after for change in changes] == [State.DOWN, State.UP]
    assert not held.is_pending


def test_going_blind_needs_confirmation_and_seeing_again_does_not() -> None:
    assert after(BLIND)[0].state is State.UP
    held, changes = after(BLIND, BLIND, UP)
    assert [change.after for change in changes] == [State.UNKNOWN, State.UP]
    assert held.state is State.UP


def test_going_blind_ends_no_down_and_keeps_since_when() -> None:
    held, changes = after(DOWN, DOWN, BLIND, BLIND, BLIND, DOWN)
    assert (held.state, held.since) == (State.DOWN, T0)
    assert [change.after for change in changes] == [State.DOWN]
    assert after(DOWN, DOWN, BLIND, UP, UP)[0].state is State.UP


def test_an_old_failure_confirms_nothing_when_the_daemon_comes_back() -> None:
    week = timedelta(days=7)
    pending = after(DOWN)[0]
    assert pending.awake(T0 + timedelta(seconds=65), 130) == pending
    assert pending.awake(T0 + week, 130).pending == 0
    held, _ = step(pending.awake(T0 + week, 130), DOWN, KEY, T0 + week, TWICE)
    assert held.state is State.UP


def test_a_failure_that_changes_its_face_is_still_one_failure() -> None:
    held, _ = after(BLIND, DOWN, DOWN)
    assert (held.state, held.since) == (State.DOWN, T0)


def test_what_blames_nobody_confirms_no_down() -> None:
    assert after(BLIND, DOWN)[0].state is State.UP
    assert after(DOWN, BLIND)[0].state is State.UNKNOWN
    assert after(BLIND, DOWN, UP, DOWN)[0].state is State.UP


def test_what_is_unsure_is_never_believed_however_often_it_is_said() -> None:
    unsure = Verdict(State.DOWN, "timeout", transient=True, unsure=True)
    held, changes = after(*[unsure] * 10)
    assert (held.state, held.pending, changes) == (State.UP, 10, [])
    held, changes = after(unsure, unsure, DOWN)
    assert (held.state, held.since) == (State.DOWN, T0)


def test_a_target_nobody_has_looked_at_is_up_with_its_first_good_look() -> None:
    held, changes = after(UP, held=Held.initial(T0))
    assert (held.state, held.since) == (State.UP, T0)
    assert [change.before for change in changes] == [State.UNKNOWN]


def test_a_target_nobody_has_looked_at_is_not_down_with_its_first_bad_look() -> None:
    assert after(DOWN, held=Held.initial(T0))[0].state is State.UNKNOWN
    assert after(DOWN, DOWN, held=Held.initial(T0))[0].state is State.DOWN


@given(
    st.lists(st.sampled_from([UP, DOWN, BLIND, EXPIRED, Verdict(State.DEGRADED, "slow", transient=True)]), max_size=30),
    st.integers(1, 4),
    st.integers(1, 4),
)
def test_transitions_tell_the_whole_story(verdicts: list[Verdict], fall: int, rise: int) -> None:
    start = Held(State.UP, T0 - timedelta(days=1))
    held, changes = after(*verdicts, held=start, confirm=Confirmation(fall=fall, rise=rise))
    assert [change.before for change in changes] == [State.UP, *[change.after for change in changes]][: len(changes)]
    assert held.state is (changes[-1].after if changes else State.UP)
    assert all(change.before is not change.after and change.since <= change.at for change in changes)
    assert [change.since for change in changes] == sorted(change.since for change in changes)


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.blames_vendor])
def test_a_failed_measurement_blames_the_vendor_only_while_we_can_see(reason: Reason) -> None:
    failed = seen(failure=Failure(reason, "…"))
    assert verdict(failed, reads_claim=False).state is State.DOWN
    assert verdict(failed, reads_claim=False, sight=Sight.BLIND).state is State.UNKNOWN
    assert verdict(failed, reads_claim=False, sight=Sight.BLIND).blind
    assert verdict(failed, reads_claim=False, sight=Sight.UNSURE).unsure
    assert severity_of(failed, reads_claim=False) is Severity.CRITICAL
    assert severity_of(failed, reads_claim=False, sight=Sight.BLIND) is Severity.UNKNOWN


def test_a_failure_that_lasts_is_believed_at_once_where_it_blames_the_vendor_and_we_can_see() -> None:
    expired = seen(failure=Failure(Reason.TLS, "expired", lasting=True))
    held, changes = after(verdict(expired, reads_claim=False))
    assert (held.state, held.since, len(changes)) == (State.DOWN, T0, 1)
    unsure = verdict(expired, reads_claim=False, sight=Sight.UNSURE)
    held, changes = after(*[unsure] * 10)
    assert (held.state, changes) == (State.UP, []), "behind a captive portal everybody's certificate is wrong"
    assert after(verdict(expired, reads_claim=False, sight=Sight.BLIND))[0].state is State.UP
    assert after(verdict(expired, reads_claim=True))[0].state is State.UP


@pytest.mark.parametrize("reason", list(Reason))
def test_an_unreadable_claim_is_unknown_and_never_down(reason: Reason) -> None:
    failed = seen(failure=Failure(reason, "…"))
    assert verdict(failed, reads_claim=True).state is State.UNKNOWN
    assert not verdict(failed, reads_claim=True).blind, "an unreadable page ends every claim"
    assert severity_of(failed, reads_claim=True) is Severity.UNKNOWN


@pytest.mark.parametrize("reason", [reason for reason in Reason if not reason.blames_vendor])
def test_what_may_be_our_fault_is_unknown(reason: Reason) -> None:
    said = verdict(seen(failure=Failure(reason, "…")), reads_claim=False)
    assert said.state is State.UNKNOWN
    assert said.blind == (reason in {Reason.RESOLVER, Reason.OFFLINE})


def test_a_verdict_is_the_worst_finding_and_says_why() -> None:
    slow = Finding("endpoint.slow", Severity.WARNING, "took 4 s", transient=True)
    wrong = Finding("endpoint.status", Severity.CRITICAL, "503", transient=True)
    said = verdict(seen(slow, wrong), reads_claim=False)
    assert (said.state, said.cause, said.transient) == (State.DOWN, "503", True)


def test_a_finding_may_matter_more_than_it_says_of_the_state() -> None:
    expiring = Finding("cert.expiring", Severity.CRITICAL, "3 days left", implies=State.UP)
    assert verdict(seen(expiring), reads_claim=False).state is State.UP
    assert severity_of(seen(expiring), reads_claim=False) is Severity.CRITICAL
