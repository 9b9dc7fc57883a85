"""How a state moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checks.model import Failure, Finding, Observation, Reason, Severity, State
from monitor.correlate import Sight
from monitor.settings import Confirmation
from monitor.state import Held, Transition, Verdict, patience, severity_of, stale, step, verdict

KEY = "acme/endpoint/api.acme.test"
T0 = datetime(2026, 1, 1, tzinfo=UTC)
TWICE = Confirmation(fall=2, rise=2)

UP = Verdict(State.UP, "200 in 80 ms")
DOWN = Verdict(State.DOWN, "refused: nobody listens", transient=True)
BLIND = Verdict(State.UNKNOWN, "resolver: no answer", transient=True, blind=True)
EXPIRED = Verdict(State.DOWN, "expired", transient=False)
SLOW = Verdict(State.DEGRADED, "took 4 s", transient=True)
UNSURE = Verdict(State.DOWN, "timeout", transient=True, unsure=True)
UNREADABLE = Verdict(State.UNKNOWN, "parse: no JSON", transient=True)
DEFAULT = Confirmation()


def after(
    *verdicts: Verdict, held: Held | None = None, confirm: Confirmation = TWICE, begin: int = 0
) -> tuple[Held, list[Transition]]:
    """What is held, and what changed, after *verdicts* a minute apart, the first so many minutes after `T0`."""
    held, changes = held or Held(State.UP, T0 - timedelta(days=1)), []
    for minute, said in enumerate(verdicts, start=begin):
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
    held, changes = after(*[UNSURE] * 10)
    assert (held.state, held.pending, changes) == (State.UP, 10, [])
    held, changes = after(UNSURE, UNSURE, DOWN)
    assert (held.state, held.since) == (State.DOWN, T0)


def test_a_target_nobody_has_looked_at_is_up_with_its_first_good_look() -> None:
    held, changes = after(UP, held=Held.initial(T0))
    assert (held.state, held.since) == (State.UP, T0)
    assert [change.before for change in changes] == [State.UNKNOWN]


def test_a_target_nobody_has_looked_at_is_not_down_with_its_first_bad_look() -> None:
    assert after(DOWN, held=Held.initial(T0))[0].state is State.UNKNOWN
    assert after(DOWN, DOWN, held=Held.initial(T0))[0].state is State.DOWN


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


def test_a_finding_behind_which_another_may_stand_is_as_bad_as_nothing_seen_while_we_are_blind() -> None:
    forged, ending = (
        Finding("cert.untrusted", Severity.CRITICAL, "…"),
        Finding("cert.soon", Severity.WARNING, "3 weeks left"),
    )
    assert severity_of(seen(forged), reads_claim=False, sight=Sight.BLIND) is Severity.UNKNOWN
    assert severity_of(seen(forged), reads_claim=False, sight=Sight.UNSURE) is Severity.CRITICAL
    assert severity_of(seen(forged), reads_claim=True, sight=Sight.BLIND) is Severity.CRITICAL, "a word carries its vendor"
    assert severity_of(seen(ending), reads_claim=False, sight=Sight.BLIND) is Severity.WARNING


def test_one_finding_that_lasts_is_enough_for_the_state_to_last() -> None:
    expired = Finding("cert.expired", Severity.CRITICAL, "expired")
    refused = Finding("endpoint.status", Severity.CRITICAL, "503", transient=True)
    assert not verdict(seen(expired, refused), reads_claim=False).transient
    assert verdict(seen(refused, refused), reads_claim=False).transient
    assert not verdict(seen(), reads_claim=False).transient


def test_what_was_found_is_the_vendors_only_while_we_can_see() -> None:
    untrusted = seen(Finding("cert.untrusted", Severity.CRITICAL, "issued by a portal"))
    assert after(verdict(untrusted, reads_claim=False))[0].state is State.DOWN
    assert verdict(untrusted, reads_claim=False, sight=Sight.UNSURE).unsure
    blind = verdict(untrusted, reads_claim=False, sight=Sight.BLIND)
    assert (blind.state, blind.blind) == (State.UNKNOWN, True)
    assert verdict(untrusted, reads_claim=True, sight=Sight.BLIND).state is State.DOWN, "a claim is what it says"
    well = seen(Finding("endpoint.ok", Severity.OK, "200"))
    assert verdict(well, reads_claim=False, sight=Sight.BLIND).state is State.UP


def test_by_default_four_looks_in_a_row_make_an_outage_and_two_good_ones_end_it() -> None:
    held, changes = after(UP, DOWN, DOWN, DOWN, UP, DOWN, DOWN, DOWN, confirm=DEFAULT)
    assert (held.state, changes) == (State.UP, [])
    held, changes = after(UP, DOWN, DOWN, DOWN, DOWN, confirm=DEFAULT)
    assert (held.state, held.since) == (State.DOWN, T0 + timedelta(minutes=1))
    held, changes = after(UP, held=held, confirm=DEFAULT)
    assert held.state is State.DOWN
    assert after(UP, UP, held=held, confirm=DEFAULT)[0].state is State.UP


INTERMITTENT = [DOWN, UP, UP] * 7


def test_a_fault_that_never_comes_often_enough_in_a_row_is_degraded_once_it_comes_often() -> None:
    held, changes = after(*INTERMITTENT[:18], confirm=DEFAULT)
    assert (held.state, changes) == (State.UP, [])
    held, changes = after(*INTERMITTENT, confirm=DEFAULT)
    assert [change.after for change in changes] == [State.DEGRADED]
    assert changes[0].cause == "7 of the last 19 looks failed: refused: nobody listens"
    assert (changes[0].since, changes[0].at) == (T0, T0 + timedelta(minutes=18)), "it is dated back to the first of them"
    assert (held.believed, held.intermittent, held.flapping) == (State.UP, True, False)


def test_intermittent_failures_are_over_when_hardly_any_is_left() -> None:
    held, _ = after(*INTERMITTENT, confirm=DEFAULT)
    begin = len(INTERMITTENT)
    still, changes = after(*[UP] * 11, held=held, confirm=DEFAULT, begin=begin)
    assert (still.state, still.cause, changes) == (State.DEGRADED, held.cause, [])
    over, changes = after(*[UP] * 12, held=held, confirm=DEFAULT, begin=begin)
    assert [(change.before, change.after) for change in changes] == [(State.DEGRADED, State.UP)]
    assert (changes[0].cause, over.since) == (UP.cause, T0 + timedelta(minutes=begin + 11))
    assert (over.believed, over.intermittent) == (State.UP, False)


def test_failures_of_long_ago_do_not_date_a_fault_back() -> None:
    held, _ = after(DOWN, *[UP] * 20, *INTERMITTENT, confirm=DEFAULT)
    assert (held.state, held.since) == (State.DEGRADED, T0 + timedelta(minutes=21))
    assert after(DOWN, *[UP] * 20)[0].bad_since is None


def test_slow_answers_now_and_then_are_an_intermittent_fault_too() -> None:
    held, _ = after(*[SLOW, UP, UP] * 7, confirm=DEFAULT)
    assert (held.state, held.cause) == (State.DEGRADED, "7 of the last 19 looks failed: took 4 s")


def test_a_real_outage_is_down_at_once_however_restless_the_target_was_before() -> None:
    held, _ = after(*INTERMITTENT, confirm=DEFAULT)
    held, changes = after(DOWN, DOWN, DOWN, DOWN, held=held, confirm=DEFAULT, begin=30)
    assert [change.after for change in changes] == [State.DOWN]
    assert (held.since, held.cause) == (T0 + timedelta(minutes=30), DOWN.cause)


def test_an_outage_that_is_over_is_no_intermittent_failure() -> None:
    _, changes = after(*[DOWN] * 20, UP, UP, confirm=DEFAULT)
    assert [change.after for change in changes] == [State.DOWN, State.UP]
    _, changes = after(*INTERMITTENT, *[DOWN] * 4, UP, UP, UP, confirm=DEFAULT)
    assert [change.after for change in changes] == [State.DEGRADED, State.DOWN, State.UP]


ON_AND_OFF = [*[DOWN] * 4, *[UP] * 2]


def flapping(times: int = 2, *, then: tuple[Verdict, ...] = ()) -> tuple[Held, list[Transition]]:
    return after(*[UP] * 21, *ON_AND_OFF * times, *then, confirm=DEFAULT)


def test_a_state_that_keeps_changing_is_flapping_and_that_is_told_once() -> None:
    held, changes = flapping(5)
    assert [change.after for change in changes] == [State.DOWN, State.UP, State.DOWN, State.DEGRADED]
    assert changes[-1].cause == "flapping: 4 changes in the last 21 looks, now up"
    assert (held.state, held.flapping, held.believed) == (State.DEGRADED, True, State.UP)
    assert held.cause == "flapping: 7 changes in the last 21 looks, now up"
    held, _ = flapping(5, then=(DOWN,) * 4)
    assert held.cause == "flapping: 7 changes in the last 21 looks, now down: refused: nobody listens"
    assert (held.state, held.believed) == (State.DEGRADED, State.DOWN)
    assert after(UP, held=held, confirm=DEFAULT)[0].cause == held.cause, "one good look is not believed yet"


def test_flapping_begins_with_the_change_that_was_one_too_many() -> None:
    _, changes = flapping(2)
    assert [change.since for change in changes[-2:]] == [T0 + timedelta(minutes=27), T0 + timedelta(minutes=31)]


def test_flapping_that_was_stored_ends_whatever_was_stored_with_it() -> None:
    odd = Held(State.DEGRADED, T0, looks="u" * 21, flapping=True, believed_since=T0)
    assert after(UP, held=odd)[0].state is State.UP
    assert after(*[UP] * 11, held=Held(State.DEGRADED, T0, flapping=True, believed_since=T0))[0].flapping is False


def test_flapping_ends_in_the_state_that_held_and_is_dated_back_to_its_beginning() -> None:
    flaps, _ = flapping(3)
    still, changes = after(*[UP] * 9, held=flaps, confirm=DEFAULT, begin=39)
    assert (still.state, still.flapping, changes) == (State.DEGRADED, True, [])
    held, changes = after(*[UP] * 10, held=flaps, confirm=DEFAULT, begin=39)
    assert [(change.after, change.since) for change in changes] == [(State.UP, T0 + timedelta(minutes=37))]
    assert (held.state, held.flapping, held.cause) == (State.UP, False, UP.cause)
    assert after(*ON_AND_OFF, held=held, confirm=DEFAULT, begin=49)[0].state is State.UP, "what was before is forgotten"


@pytest.mark.parametrize(("said", "settled"), [(DOWN, State.DOWN), (SLOW, State.DEGRADED)])
def test_what_begins_while_a_target_flaps_is_seen_at_worst_ten_looks_after_it_was_confirmed(
    said: Verdict, settled: State
) -> None:
    flaps, before = flapping(3)
    held, changes = after(*[said] * 13, held=flaps, confirm=DEFAULT, begin=39)
    assert (held.state, held.believed, held.flapping, changes) == (State.DEGRADED, settled, True, [])
    held, changes = after(*[said] * 14, held=flaps, confirm=DEFAULT, begin=39)
    assert (held.state, held.flapping, held.cause) == (settled, False, said.cause)
    is_told = settled is not before[-1].after
    assert [(change.after, change.since) for change in changes] == [(settled, T0 + timedelta(minutes=39))] * is_told


def test_one_outage_is_not_flapping_nor_are_two() -> None:
    held, changes = after(*[UP] * 21, *[DOWN] * 30, *[UP] * 5, *[DOWN] * 10, confirm=DEFAULT)
    assert not held.flapping
    assert [change.after for change in changes] == [State.DOWN, State.UP, State.DOWN]


@pytest.mark.parametrize("blind", [BLIND, UNREADABLE, UNSURE])
def test_what_was_not_seen_is_no_bad_look_no_good_one_and_no_change(blind: Verdict) -> None:
    plain, _ = after(*INTERMITTENT, confirm=DEFAULT)
    held, _ = after(*[said for look in INTERMITTENT for said in (look, blind)], confirm=DEFAULT)
    assert held.looks == plain.looks
    held, changes = after(*[UP, *[BLIND] * 4] * 30, confirm=DEFAULT)
    assert {change.after for change in changes} == {State.UNKNOWN, State.UP}
    assert not held.flapping


def test_going_blind_ends_no_flapping_and_hides_it_only_while_it_lasts() -> None:
    held, _ = flapping(3)
    unseen, changes = after(*[BLIND] * 4, held=held, confirm=DEFAULT)
    assert [change.after for change in changes] == [State.UNKNOWN]
    assert (unseen.flapping, unseen.looks) == (True, held.looks)
    again, changes = after(UP, held=unseen, confirm=DEFAULT)
    assert [change.after for change in changes] == [State.DEGRADED]
    assert (again.state, again.flapping) == (State.DEGRADED, True)
    down, _ = flapping(3, then=(DOWN,) * 4)
    unseen, changes = after(*[BLIND] * 9, held=down, confirm=DEFAULT)
    assert (unseen.state, unseen.believed, changes) == (State.DEGRADED, State.DOWN, [])


def test_intermittent_failures_outlast_our_blindness_too() -> None:
    held, _ = after(*INTERMITTENT, *[BLIND] * 4, confirm=DEFAULT)
    assert (held.state, held.intermittent) == (State.UNKNOWN, True)
    held, _ = after(UP, held=held, confirm=DEFAULT)
    assert (held.state, held.cause) == (State.DEGRADED, "6 of the last 20 looks failed")


def test_a_clock_that_was_set_back_puts_no_state_into_the_future() -> None:
    held = Held(State.UP, T0)
    for hours, said in enumerate([UP, DOWN, DOWN, DOWN, DOWN, UP, UP, *ON_AND_OFF * 3]):
        held, change = step(held, said, KEY, T0 - timedelta(hours=hours), DEFAULT)
        assert change is None or change.since <= change.at
    assert held.flapping


def test_what_nobody_looked_at_is_unknown_since_the_last_look() -> None:
    held, _ = after(UP, DOWN, confirm=DEFAULT)
    old, change = stale(held, KEY, 190, T0 + timedelta(hours=1))
    assert change == Transition(
        key=KEY,
        before=State.UP,
        after=State.UNKNOWN,
        since=T0 + timedelta(hours=1, seconds=-190),
        at=T0 + timedelta(hours=1),
        cause="not looked at for 3 minutes",
    )
    assert (old.state, old.since, old.pending) == (State.UNKNOWN, change.since, held.pending)
    assert after(UP, held=old, confirm=DEFAULT)[0].state is State.UP
    assert patience(60, 10) == 190


def test_a_failure_that_nobody_looked_at_again_for_long_still_counts() -> None:
    held, _ = after(UP, *[DOWN] * 3, confirm=DEFAULT)
    old, _ = stale(held, KEY, 190, T0 + timedelta(hours=1))
    moved, change = step(old, DOWN, KEY, T0 + timedelta(hours=1, seconds=5), DEFAULT)
    assert change
    assert (moved.state, change.before) == (State.DOWN, State.UNKNOWN)


def test_no_state_of_what_nobody_looked_at_begins_before_the_last_one() -> None:
    _, change = stale(Held(State.UP, T0), KEY, 7200, T0 + timedelta(hours=1))
    assert change
    assert change.since == T0


def test_that_nobody_looked_ends_no_outage_and_is_told_once() -> None:
    down, _ = after(*[DOWN] * 4, UP, confirm=DEFAULT)
    assert stale(down, KEY, 190, T0) == (down, None)
    flaps, _ = flapping(3, then=(DOWN,) * 4)
    assert stale(flaps, KEY, 190, T0) == (flaps, None)
    unknown = Held.initial(T0)
    assert stale(unknown, KEY, 190, T0) == (unknown, None)


def test_restlessness_outlasts_that_nobody_looked() -> None:
    held, _ = after(*INTERMITTENT, confirm=DEFAULT)
    held, change = stale(held, KEY, 190, T0 + timedelta(hours=1))
    assert change
    assert (held.believed, held.intermittent) == (State.UNKNOWN, True)
    assert after(UP, held=held, confirm=DEFAULT)[0].state is State.DEGRADED


def test_looks_at_something_else_count_no_more() -> None:
    held, _ = flapping(3)
    anew = held.anew()
    assert (anew.state, anew.believed, anew.looks, anew.flapping) == (State.DEGRADED, State.DEGRADED, "", False)
    assert after(UP, UP, held=anew, confirm=DEFAULT)[0].state is State.UP
