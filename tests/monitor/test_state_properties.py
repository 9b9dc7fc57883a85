"""How a state moves, whatever is seen in whatever order: beside a model that keeps everything, and by what always holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import State
from monitor.settings import Confirmation
from monitor.state import Held, Transition, Verdict, stale, step
from monitor.state.looks import is_restless, is_steady
from monitor.store.sql import open_store
from monitor.store.store import Store
from tests.support.records import record

KEY = "acme/endpoint/api.acme.test"
T0 = datetime(2026, 1, 1, tzinfo=UTC)
RANK = {State.UP: 0, State.UNKNOWN: 0, State.MAINTENANCE: 1, State.DEGRADED: 2, State.DOWN: 3}

UP = Verdict(State.UP, "200 in 80 ms")
WORK = Verdict(State.MAINTENANCE, "work is under way")
SLOW = Verdict(State.DEGRADED, "took 4 s", transient=True)
DOWN = Verdict(State.DOWN, "refused: nobody listens", transient=True)
EXPIRED = Verdict(State.DOWN, "expired")
UNSURE = Verdict(State.DOWN, "timeout", transient=True, unsure=True)
BLIND = Verdict(State.UNKNOWN, "resolver: no answer", transient=True, blind=True)
UNREADABLE = Verdict(State.UNKNOWN, "parse: no JSON", transient=True)
VERDICTS = [UP, WORK, SLOW, DOWN, EXPIRED, UNSURE, BLIND, UNREADABLE]

runs = st.lists(st.tuples(st.sampled_from([*VERDICTS, UP, UP, DOWN, DOWN]), st.integers(1, 6)), max_size=30)
"""Verdicts as they come: some of a kind, then some of another; the usual ones more often."""
stories = runs.map(lambda found: [verdict for verdict, times in found for _ in range(times)])
confirmations = st.builds(Confirmation, fall=st.integers(1, 5), rise=st.integers(1, 4))


@dataclass(frozen=True)
class Moment:
    """One step: what was held, what was seen, and what came of it."""

    before: Held
    verdict: Verdict
    at: datetime
    after: Held
    transition: Transition | None


def told(story: list[Verdict], confirm: Confirmation, start: Held | None = None) -> Iterator[Moment]:
    """A *story* with a minute between two looks."""
    held = start or Held.initial(T0)
    for minute, verdict in enumerate(story):
        at = T0 + timedelta(minutes=minute)
        before = held
        held, transition = step(held, verdict, KEY, at, confirm)
        yield Moment(before, verdict, at, held, transition)


def end_of(story: list[Verdict], confirm: Confirmation) -> Held:
    return next((moment.after for moment in reversed(list(told(story, confirm)))), Held.initial(T0))


@dataclass
class Model:
    """The rules, word for word: it keeps all looks and counts them anew each time."""

    confirm: Confirmation
    believed: State = State.UNKNOWN
    by_chance: bool = False
    doubts: list[Verdict] = field(default_factory=list)
    seen: list[tuple[State, bool]] = field(default_factory=list)
    flapping: bool = False
    intermittent: bool = False

    def look(self, verdict: Verdict) -> None:
        self.believe(verdict)
        if not verdict.unsure and not verdict.blind and verdict.state is not State.UNKNOWN:
            self.remember(verdict)

    def worse(self, state: State) -> bool:
        return state is State.UNKNOWN or RANK[state] > RANK[self.believed]

    def believe(self, verdict: Verdict) -> None:
        if verdict.blind and self.believed is State.DOWN:
            self.doubts = []
        elif verdict.state is self.believed:
            self.doubts, self.by_chance = [], verdict.transient
        else:
            self.doubt(verdict)

    def doubt(self, verdict: Verdict) -> None:
        worse = self.worse(verdict.state)
        if any(self.worse(doubt.state) is not worse for doubt in self.doubts):
            self.doubts = []
        self.doubts.append(verdict)
        of_a_kind = [doubt for doubt in self.doubts if verdict.state is not State.DOWN or doubt.state is State.DOWN]
        if worse:
            needed = self.confirm.fall if verdict.transient else 1
        else:
            needed = self.confirm.rise if self.by_chance and self.believed is not State.UNKNOWN else 1
        if len(of_a_kind) >= needed and not verdict.unsure:
            self.believed, self.by_chance, self.doubts = verdict.state, verdict.transient, []

    def remember(self, verdict: Verdict) -> None:
        last = self.seen[-1][0] if self.seen else State.UP
        is_bad = verdict.transient and verdict.state in {State.DEGRADED, State.DOWN} and self.worse(verdict.state)
        self.seen.append((last if self.believed is State.UNKNOWN else self.believed, is_bad))
        agrees = verdict.state is self.believed
        was_flapping = self.flapping
        self.flapping = not (agrees and self.holds()) if was_flapping else self.share() >= Fraction(20, 100)
        if was_flapping and not self.flapping:
            self.seen = self.seen[-11:]
        failed = [is_bad for _, is_bad in self.seen[-20:]].count(True)
        goes_on = failed > 2 if self.intermittent else is_bad and failed >= 7
        self.intermittent = goes_on and not self.flapping and self.believed not in {State.DEGRADED, State.DOWN}

    def holds(self) -> bool:
        return len(self.seen) >= 11 and len({state for state, _ in self.seen[-11:]}) == 1

    def share(self) -> Fraction:
        """The share of changes as Nagios' documentation draws it: 1.2 for the newest of 20, 0.8 for the oldest."""
        states = [state for state, _ in self.seen[-21:]]
        weights = [Fraction(12, 10) - Fraction(4, 10) * age / 19 for age in range(20)]
        changed = [after is not before for before, after in pairwise(states)][::-1]
        return sum((weight for weight, is_one in zip(weights, changed, strict=False) if is_one), Fraction(0)) / 20

    @property
    def shown(self) -> State:
        restless = self.believed is not State.UNKNOWN and (self.flapping or self.intermittent)
        return State.DEGRADED if restless else self.believed


@settings(max_examples=300)
@given(stories, confirmations)
def test_what_a_text_of_21_letters_remembers_is_enough(story: list[Verdict], confirm: Confirmation) -> None:
    model = Model(confirm)
    for moment in told(story, confirm):
        model.look(moment.verdict)
        held = moment.after
        found = (held.state, held.believed, held.flapping, held.intermittent, held.pending)
        assert found == (model.shown, model.believed, model.flapping, model.intermittent, len(model.doubts))
        assert len(held.looks) <= 21


@settings(max_examples=200)
@given(stories, confirmations)
def test_transitions_tell_the_whole_story(story: list[Verdict], confirm: Confirmation) -> None:
    moments = list(told(story, confirm))
    changes = [moment.transition for moment in moments if moment.transition]
    shown = [State.UNKNOWN, *(change.after for change in changes)]
    assert [change.before for change in changes] == shown[:-1]
    assert all(change.before is not change.after and change.since <= change.at for change in changes)
    assert [change.since for change in changes] == sorted(change.since for change in changes)
    for moment in moments:
        assert (moment.transition is None) == (moment.before.state is moment.after.state)
        assert moment.transition or moment.before.since == moment.after.since


@given(stories, confirmations, st.lists(st.integers(-100_000, 100_000), min_size=180, max_size=180))
def test_no_state_begins_in_the_future_whatever_the_clock_does(
    story: list[Verdict], confirm: Confirmation, jumps: list[int]
) -> None:
    held = Held.initial(T0)
    for seconds, verdict in zip(jumps, story, strict=False):
        at = T0 + timedelta(seconds=seconds)
        held, transition = step(held, verdict, KEY, at, confirm)
        assert transition is None or transition.since <= transition.at == at


@settings(max_examples=200)
@given(stories, confirmations)
def test_nothing_is_down_before_so_many_looks_in_a_row_said_so_or_one_that_is_certain(
    story: list[Verdict], confirm: Confirmation
) -> None:
    downs = 0
    for moment in told(story, confirm):
        downs = 0 if moment.verdict.state is State.UP else downs + (moment.verdict.state is State.DOWN)
        if moment.after.believed is State.DOWN and moment.before.believed is not State.DOWN:
            assert not moment.verdict.unsure
            assert not moment.verdict.transient or downs >= confirm.fall
        if moment.transition and moment.transition.after is State.DOWN:
            assert moment.after.believed is moment.verdict.state is State.DOWN


@settings(max_examples=200)
@given(stories, confirmations, st.lists(st.sampled_from([BLIND, UNSURE]), min_size=1, max_size=8))
def test_blindness_leads_nowhere_but_to_unknown(story: list[Verdict], confirm: Confirmation, blind: list[Verdict]) -> None:
    start = end_of(story, confirm)
    for moment in told(blind, confirm, start):
        assert moment.after.state in {start.state, State.UNKNOWN}
        assert moment.after.state is start.state or start.believed is not State.DOWN
        remembered = (moment.after.looks, moment.after.flapping, moment.after.intermittent)
        assert remembered == (start.looks, start.flapping, start.intermittent)


@given(stories, confirmations, st.floats(0, 1e6))
def test_that_nobody_looked_leads_nowhere_but_to_unknown(
    story: list[Verdict], confirm: Confirmation, seconds: float
) -> None:
    held = end_of(story, confirm)
    at = T0 + timedelta(days=1)
    old, transition = stale(held, KEY, seconds, at)
    assert (transition is None) == (old.state is held.state)
    assert old.state is (held.state if held.believed is State.DOWN else State.UNKNOWN)
    assert transition is None or held.since <= transition.since <= at
    assert (old.looks, old.flapping, old.intermittent) == (held.looks, held.flapping, held.intermittent)
    assert stale(old, KEY, seconds, at) == (old, None)


@settings(max_examples=200)
@given(stories, confirmations, st.sampled_from([UP, WORK, EXPIRED, SLOW, DOWN]))
def test_what_is_said_long_enough_is_so_and_no_target_flaps_for_ever(
    story: list[Verdict], confirm: Confirmation, said: Verdict
) -> None:
    last = list(told([*story, *[said] * 40], confirm))[-1].after
    assert (last.state, last.believed, last.flapping, last.intermittent) == (said.state, said.state, False, False)
    assert (last.cause, last.is_pending) == (said.cause, False)


@settings(max_examples=200)
@given(stories, confirmations)
def test_while_a_target_flaps_nothing_is_told_but_that_we_are_blind(story: list[Verdict], confirm: Confirmation) -> None:
    for moment in told(story, confirm):
        if moment.before.flapping and moment.after.flapping and moment.transition:
            assert State.UNKNOWN in {moment.transition.before, moment.transition.after}


@pytest.mark.parametrize("fall", [1, 2, 4])
@given(before=stories)
def test_an_outage_of_a_restless_target_is_down_within_the_looks_that_the_rules_say(
    fall: int, before: list[Verdict]
) -> None:
    confirm = Confirmation(fall=fall)
    held = end_of(before, confirm)
    looks = fall if not held.flapping else fall + 10
    outage = [moment.after for moment in told([DOWN] * looks, confirm, held)]
    started_to_flap = any(now.flapping for now in outage) and not held.flapping
    assert outage[-1].state is State.DOWN or started_to_flap
    assert outage[-1].believed is State.DOWN


@settings(max_examples=400)
@given(
    st.lists(st.tuples(st.sampled_from("uUgd"), st.integers(1, 7))).map(lambda runs: "".join(a * n for a, n in runs)[-21:])
)
def test_flapping_is_measured_as_nagios_documents_it(looks: str) -> None:
    states = {"u": State.UP, "g": State.DEGRADED, "d": State.DOWN}
    model = Model(Confirmation(), seen=[(states[look.lower()], look.isupper()) for look in looks])
    assert is_restless(looks) == (model.share() >= Fraction(20, 100))
    assert is_steady(looks) == model.holds()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('states') / 'store.db'}")
    yield store
    store.close()


SECONDS = count()


@settings(max_examples=40, deadline=None)
@given(story=stories, confirm=confirmations)
def test_a_restart_forgets_nothing(kept: Store, story: list[Verdict], confirm: Confirmation) -> None:
    held = end_of(story, confirm)
    kept.write([record(KEY, second=next(SECONDS), held=held)])
    assert kept.states()[KEY] == held
