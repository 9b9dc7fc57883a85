"""A vendor as a whole: what its targets come to, what it says, what excuses it, and the outage that follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from checks.check import AnyCheck, Check
from checks.model import Claim, Observation, State, Target
from monitor.correlate import Disagreement
from monitor.snapshot import Entry
from monitor.standing import LATE_ADMISSION, Circumstances, Standing, Work, follow, stood
from monitor.state import Held
from tests.support.build import T0

GRACE_SECONDS = 300.0


def minute(number: float) -> datetime:
    return T0 + timedelta(minutes=number)


def check(name: str, **changes: Any) -> AnyCheck:
    fields: dict[str, Any] = {
        "every": 60.0,
        "deadline": 5.0,
        "settings": object,
        "derive": lambda _vendor: (),
        "observe": None,
        "judge": lambda *_: (),
        "measure": lambda *_: (),
    }
    return Check(name=name, **(fields | changes))


API = check("endpoint")
PAGE = check("status", claim=lambda facts, _settings: facts, under_maintenance=lambda facts, *_: facts is Claim.MAINTENANCE)


def entry(state: State, since: float = 0, *, name: str = "api", kind: AnyCheck = API, facts: Any = "seen") -> Entry:
    target = Target(vendor="acme", check=kind.name, name=name, settings=None, every=60, deadline=5)
    bare = Entry(target=target, check=kind, held=Held(state, minute(since), "refused"))
    look = Observation(key=target.key, at=minute(since), seconds=0.1, facts=facts)
    return bare.after(look, bare.held)


def page(claim: Claim, since: float = 0, state: State = State.UP) -> Entry:
    return entry(state, since, name="page", kind=PAGE, facts=claim)


def at(number: float, **changes: Any) -> Circumstances:
    return Circumstances(at=minute(number), grace_seconds=GRACE_SECONDS, **changes)


def stands(*entries: Entry, when: float = 1, before: Standing | None = None, **changes: Any) -> Standing:
    return follow(before, "acme", entries, at(when, **changes))


def test_the_worst_of_what_is_measured_is_the_state_and_the_page_is_none_of_it() -> None:
    standing = stands(entry(State.UP), entry(State.DEGRADED, name="web"), page(Claim.MAJOR_OUTAGE, state=State.DOWN))
    assert (standing.state, standing.measured, standing.claim) == (State.DEGRADED, State.DEGRADED, Claim.MAJOR_OUTAGE)


def test_a_page_that_was_not_asked_yet_says_nothing() -> None:
    unasked = replace(page(Claim.OPERATIONAL), latest=None, good=None)
    assert stands(entry(State.UP), unasked).claim is None
    assert stands(entry(State.UP)).claim is None


@pytest.mark.parametrize(
    ("measured", "said", "kind"),
    [
        (State.DOWN, Claim.OPERATIONAL, Disagreement.PROBE_DOWN_CLAIM_OK),
        (State.UP, Claim.MAJOR_OUTAGE, Disagreement.PROBE_OK_CLAIM_DOWN),
        (State.UP, Claim.PARTIAL_OUTAGE, Disagreement.PROBE_OK_CLAIM_DOWN),
    ],
)
def test_a_disagreement_is_told_after_a_grace_and_not_before(measured: State, said: Claim, kind: Disagreement) -> None:
    entries = (entry(measured, 2), page(said, 3))
    early = stands(*entries, when=7)
    assert (early.apart, early.apart_since, early.next_at) == (None, minute(3), minute(8))
    late = stands(*entries, when=8, before=early)
    assert (late.apart, late.apart_since, late.next_at) == (kind, minute(3), None)


@pytest.mark.parametrize(("measured", "said"), [(State.UNKNOWN, Claim.MAJOR_OUTAGE), (State.DOWN, Claim.UNKNOWN)])
def test_what_is_unknown_disagrees_with_nothing(measured: State, said: Claim) -> None:
    assert stands(entry(measured, 0), page(said, 0), when=60).apart_since is None


def test_going_on_in_a_state_keeps_since() -> None:
    first = stands(entry(State.DOWN, 2), when=3)
    second = stands(entry(State.DOWN, 2), entry(State.DOWN, 5, name="web"), when=6, before=first)
    assert first.since == second.since == minute(2)
    assert stands(entry(State.UP, 9), entry(State.UP, 8, name="web"), when=10, before=second).since == minute(9)


def test_work_of_our_own_excuses_what_is_bad_and_opens_no_outage() -> None:
    during = stands(entry(State.DOWN, 1), page(Claim.OPERATIONAL), when=2, works_until=minute(30))
    assert (during.state, during.measured) == (State.MAINTENANCE, State.DOWN)
    assert (during.outage, during.apart_since, during.works) == (None, None, frozenset({Work.OWN}))
    assert (during.since, during.next_at) == (minute(2), minute(30))


def test_what_is_up_is_up_during_work_too() -> None:
    assert stands(entry(State.UP), works_until=minute(30)).state is State.UP


def test_what_is_still_down_after_the_work_is_an_outage_from_then_on() -> None:
    during = stands(entry(State.DOWN, 1), when=2, works_until=minute(30))
    after = stands(entry(State.DOWN, 1), when=30, before=during)
    assert after.state is State.DOWN
    assert after.outage is not None
    assert (after.outage.opened_at, after.outage.confirmed_at) == (minute(30), minute(30))


def test_an_outage_from_before_the_work_goes_on_through_it() -> None:
    before = stands(entry(State.DOWN, 1), when=2)
    during = stands(entry(State.DOWN, 1), when=3, before=before, works_until=minute(30))
    assert during.outage is not None
    assert during.outage == before.outage
    recovered = stands(entry(State.UP, 5), when=6, before=during, works_until=minute(30))
    assert recovered.outage is None
    assert recovered.past is not None
    assert recovered.past.closed_at == minute(5)


def test_announced_work_excuses_too_but_not_a_vendor_that_speaks_of_an_outage() -> None:
    announced = stands(entry(State.DOWN, 1), page(Claim.MAINTENANCE, state=State.MAINTENANCE))
    assert (announced.works, announced.state) == (frozenset({Work.ANNOUNCED}), State.MAINTENANCE)
    admits = replace(PAGE, claim=lambda *_: Claim.MAJOR_OUTAGE)
    both = stands(entry(State.DOWN, 1), entry(State.DOWN, name="page", kind=admits, facts=Claim.MAINTENANCE))
    assert (both.works, both.state) == (frozenset(), State.DOWN)


def test_after_a_start_no_outage_begins_before_the_page_that_may_announce_work_was_asked() -> None:
    unasked = replace(page(Claim.MAINTENANCE), latest=None, good=None, is_working=False)
    early = stands(entry(State.DOWN, 1), unasked, when=2)
    assert early.outage is None
    assert (
        stands(entry(State.DOWN, 1), page(Claim.MAINTENANCE, state=State.MAINTENANCE), when=3, before=early).outage is None
    )
    late = stands(entry(State.DOWN, 1), page(Claim.OPERATIONAL), when=3, before=early)
    assert late.outage is not None
    assert late.outage.opened_at == minute(1)


def test_announced_work_that_cannot_be_read_any_more_excuses_nothing() -> None:
    unreadable = page(Claim.MAINTENANCE, state=State.UNKNOWN)
    assert stands(entry(State.DOWN, 1), unreadable).works == frozenset()


def test_the_lead_is_from_the_first_failure_to_the_admission() -> None:
    down = stands(entry(State.DOWN, 1), page(Claim.OPERATIONAL), when=2)
    admitted = stands(entry(State.DOWN, 1), page(Claim.DEGRADED, 14, State.DEGRADED), when=14, before=down)
    assert admitted.outage is not None
    assert admitted.outage.lead == timedelta(minutes=13)
    worse = stands(entry(State.DOWN, 1), page(Claim.MAJOR_OUTAGE, 20, State.DOWN), when=20, before=admitted)
    assert worse.outage == admitted.outage
    assert worse.admitted_since == minute(14)


def late(admitted: float, began: float | None = None) -> timedelta | None:
    """The lead of an outage from 1 to 10, when the page admits trouble at a later minute, and says when that *began*."""
    kind = PAGE if began is None else replace(PAGE, began=lambda *_: minute(began))
    down = stands(entry(State.DOWN, 1), page(Claim.OPERATIONAL), when=2)
    over = stands(entry(State.UP, 10), page(Claim.OPERATIONAL), when=10, before=down)
    admits = entry(State.DEGRADED, admitted, name="page", kind=kind, facts=Claim.DEGRADED)
    told = stands(entry(State.UP, 10), admits, when=admitted, before=over)
    assert told.past is not None
    return told.past.lead


def test_an_admission_that_comes_after_the_end_counts_when_it_says_that_it_is_about_that() -> None:
    assert late(25, began=5) == timedelta(minutes=24)
    last = 10 + LATE_ADMISSION / timedelta(minutes=1)
    assert late(last, began=1) == timedelta(minutes=last - 1)
    assert late(last + 1, began=1) is None


def test_trouble_that_began_after_the_end_is_no_admission_of_what_was_before() -> None:
    assert late(25, began=24) is None
    assert late(10.5, began=10) is None


def test_a_page_that_names_no_beginning_admits_what_was_over_before_anybody_read_it_again() -> None:
    assert late(11) == timedelta(minutes=10)
    assert late(11.1) is None


def test_a_bug_in_telling_when_it_began_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: object) -> datetime:
        raise ZeroDivisionError

    seen = entry(State.DEGRADED, name="page", kind=replace(PAGE, began=fail), facts=Claim.DEGRADED)
    assert seen.began is None
    assert "a bug in telling when trouble began" in caplog.text


def test_a_word_that_cannot_be_read_leaves_the_admission_as_it_was() -> None:
    told = stands(entry(State.UP), page(Claim.DEGRADED, 5, State.DEGRADED), when=5)
    dark = stands(entry(State.UP), page(Claim.DEGRADED, 6, State.UNKNOWN), when=6, before=told)
    assert (dark.claim, dark.admitted_since) == (Claim.UNKNOWN, minute(5))
    assert stands(entry(State.UP), page(Claim.OPERATIONAL, 7), when=7, before=dark).admitted_since is None


def test_what_was_open_before_the_start_goes_on() -> None:
    down = stands(entry(State.DOWN, 1), when=2)
    restored = stood("acme", down.outage, None, minute(3))
    unlooked = replace(entry(State.DOWN, 1), latest=None, good=None)
    assert stands(unlooked, when=4, before=restored).outage == down.outage


def test_a_mute_is_part_of_it_and_ends() -> None:
    standing = stands(entry(State.UP), muted_until=minute(30))
    assert (standing.is_muted, standing.next_at) == (True, minute(30))
