from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from checks.model import State
from monitor.store.backlog import Backlog
from monitor.store.store import Aside, Consequences, Record, Written
from tests.support.consequences import after, alert, message
from tests.support.records import NOON, record

FOLLOWS = Consequences(messages=(message(),))


def entry(key: str, second: int) -> Written:
    """A record; an upper-case one is a transition, one with a mark has consequences, a mark alone is nobody's probe."""
    if key == "!":
        return Aside(at=after(second), consequences=FOLLOWS)
    moved_from = State.DOWN if key.isupper() else None
    found = record(f"acme/endpoint/{key[0].lower()}", second=second, moved_from=moved_from)
    return replace(found, consequences=FOLLOWS) if key.endswith("!") else found


def filled(backlog: Backlog, *keys: str) -> Backlog:
    """*keys* in order, a second apart."""
    for second, key in enumerate(keys):
        backlog.add(entry(key, second))
    return backlog


def seen(taken: Written) -> tuple[str, int]:
    """The name of the target, and how many seconds after noon."""
    at = taken.observation.at if isinstance(taken, Record) else taken.at
    return taken.key.removeprefix("acme/endpoint/"), int((at - NOON).total_seconds())


def rest(backlog: Backlog) -> list[tuple[str, int]]:
    return [seen(taken) for taken in backlog.take(1_000)]


def test_records_leave_in_the_order_they_came() -> None:
    backlog = filled(Backlog(10), "a", "b", "A", "c")
    assert len(backlog) == 4
    assert [taken.key[-1] for taken in backlog.take(3)] == ["a", "b", "a"]
    assert [taken.key[-1] for taken in backlog.take(3)] == ["c"]
    assert backlog.take(3) == []


def test_over_the_limit_the_oldest_that_a_newer_one_replaced_goes_first() -> None:
    backlog = filled(Backlog(3), "a", "b", "b", "a", "a")
    assert backlog.dropped == 2
    assert rest(backlog) == [("b", 2), ("a", 3), ("a", 4)]


def test_transitions_and_the_newest_of_each_target_stay_even_over_the_limit() -> None:
    backlog = filled(Backlog(2), "A", "a", "A", "b", "c", "a")
    assert backlog.dropped == 1
    assert rest(backlog) == [("a", 0), ("a", 2), ("b", 3), ("c", 4), ("a", 5)]


def test_what_somebody_is_told_of_stays_even_over_the_limit() -> None:
    backlog = filled(Backlog(2), "a!", "!", "a", "a", "b", "!")
    assert backlog.dropped == 1
    assert rest(backlog) == [("a", 0), ("", 1), ("a", 3), ("b", 4), ("", 5)]


def test_what_is_only_worded_otherwise_may_go() -> None:
    """An annotation with a number in it changes at each look, and must not fill the memory while the store is away."""
    backlog = Backlog(3)
    for second in range(50):
        reworded = Consequences(reworded=(alert(said=f"slow: {second} ms"),))
        backlog.add(replace(record("acme/endpoint/a", second=second), consequences=reworded))
    assert (len(backlog), backlog.dropped) == (3, 47)


def test_what_was_taken_is_not_dropped_again() -> None:
    backlog = filled(Backlog(2), "a", "a")
    backlog.take(1)
    filled(backlog, "b", "c")
    assert backlog.dropped == 0
    assert [name for name, _ in rest(backlog)] == ["a", "b", "c"]


@given(st.lists(st.sampled_from(["a", "b", "A", "B", "a!", "!", ""]), max_size=60), st.integers(1, 5))
def test_nothing_that_matters_is_ever_lost(steps: list[str], limit: int) -> None:
    """An empty step takes two entries. What is kept and what was dropped is always all there was."""
    backlog = Backlog(limit)
    added: list[tuple[str, int]] = []
    taken: list[tuple[str, int]] = []
    for second, step in enumerate(steps):
        if step:
            backlog.add(entry(step, second))
            added.append((step, second))
        else:
            taken += map(seen, backlog.take(2))
    taken += rest(backlog)
    assert len(taken) + backlog.dropped == len(added)
    assert [second for _, second in taken] == sorted(second for _, second in taken)
    kept = {second for _, second in taken}
    assert {second for step, second in added if step.isupper() or step.endswith("!")} <= kept
    for name in "ab":
        seconds = [second for step, second in added if step[0].lower() == name]
        assert kept.issuperset(seconds[-1:])
