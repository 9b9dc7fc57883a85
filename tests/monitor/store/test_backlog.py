from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from checks.model import State
from monitor.store.backlog import Backlog
from tests.support.records import record


def filled(backlog: Backlog, *keys: str) -> Backlog:
    """*keys* in order, a second apart; an upper-case one is a transition."""
    for second, key in enumerate(keys):
        moved_from = State.DOWN if key.isupper() else None
        backlog.add(record(f"acme/endpoint/{key.lower()}", second=second, moved_from=moved_from))
    return backlog


def rest(backlog: Backlog) -> list[tuple[str, int]]:
    return [(taken.target.name, taken.observation.at.second) for taken in backlog.take(1_000)]


def test_records_leave_in_the_order_they_came() -> None:
    backlog = filled(Backlog(10), "a", "b", "A", "c")
    assert len(backlog) == 4
    assert [taken.target.name for taken in backlog.take(3)] == ["a", "b", "a"]
    assert [taken.target.name for taken in backlog.take(3)] == ["c"]
    assert backlog.take(3) == []


def test_over_the_limit_the_oldest_that_a_newer_one_replaced_goes_first() -> None:
    backlog = filled(Backlog(3), "a", "b", "b", "a", "a")
    assert backlog.dropped == 2
    assert rest(backlog) == [("b", 2), ("a", 3), ("a", 4)]


def test_transitions_and_the_newest_of_each_target_stay_even_over_the_limit() -> None:
    backlog = filled(Backlog(2), "A", "a", "A", "b", "c", "a")
    assert backlog.dropped == 1
    assert rest(backlog) == [("a", 0), ("a", 2), ("b", 3), ("c", 4), ("a", 5)]


def test_what_was_taken_is_not_dropped_again() -> None:
    backlog = filled(Backlog(2), "a", "a")
    backlog.take(1)
    filled(backlog, "b", "c")
    assert backlog.dropped == 0
    assert [name for name, _ in rest(backlog)] == ["a", "b", "c"]


@given(st.lists(st.sampled_from("abAB") | st.just(""), max_size=60), st.integers(1, 5))
def test_nothing_that_matters_is_ever_lost(steps: list[str], limit: int) -> None:
    """An empty step takes two records. What is kept and what was dropped is always all there was."""
    backlog = Backlog(limit)
    added, taken = 0, []
    for second, step in enumerate(steps):
        if not step:
            taken += backlog.take(2)
            continue
        added += 1
        moved_from = State.DOWN if step.isupper() else None
        backlog.add(record(f"acme/endpoint/{step.lower()}", second=second, moved_from=moved_from))
    taken += backlog.take(added)
    assert len(taken) + backlog.dropped == added
    assert [one.observation.at for one in taken] == sorted(one.observation.at for one in taken)
    assert sum(one.transition is not None for one in taken) == sum(step.isupper() for step in steps)
    for name in "ab":
        seconds = [second for second, step in enumerate(steps) if step.lower() == name]
        kept = [one.observation.at.second + 60 * one.observation.at.minute for one in taken if one.target.name == name]
        assert kept[-1:] == seconds[-1:]
