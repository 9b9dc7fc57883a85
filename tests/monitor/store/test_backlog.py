from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from checks.model import State
from monitor.history import Presence
from monitor.store.backlog import Backlog
from monitor.store.store import Aside, Consequences, Record, Written
from monitor.store.weight import weight
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


def large(key: str, second: int, moved_from: State | None = None) -> Record:
    """A record of ten thousand bytes."""
    facts = {"page": "x" * 10_000}
    return record(f"acme/endpoint/{key}", second=second, facts=facts, moved_from=moved_from)


def present(since: int, until: int) -> Aside:
    """That we could see, in seconds after noon."""
    return Aside(at=after(until), presence=Presence(after(since), after(until)))


def test_too_many_bytes_are_as_bad_as_too_many_records() -> None:
    backlog = Backlog(1_000, most_bytes=50_000)
    for second in range(100):
        backlog.add(large("a", second))
        assert backlog.bytes <= 50_000
    assert (len(backlog), backlog.dropped) == (4, 96)
    assert [second for _, second in rest(backlog)] == [96, 97, 98, 99]
    assert backlog.bytes == 0


def test_one_large_record_makes_room_by_as_many_small_ones_as_it_takes() -> None:
    backlog = filled(Backlog(1_000, most_bytes=18_000), *"aaaaaaaaa")
    assert backlog.dropped == 0
    before = len(backlog)
    backlog.add(large("a", 20))
    assert backlog.dropped > 1
    assert len(backlog) == before + 1 - backlog.dropped
    assert backlog.bytes <= 18_000


def test_what_changed_something_stays_and_lets_go_of_what_it_saw_where_nothing_else_can_go() -> None:
    backlog = Backlog(1_000, most_bytes=50_000)
    for second in range(20):
        backlog.add(large("a", second, moved_from=State.DOWN))
        assert backlog.bytes <= 50_000
    assert len(backlog) == 20
    taken = backlog.take(100)
    assert [seen(each) for each in taken] == [("a", second) for second in range(20)]
    assert all(each.transition and each.held for each in taken)
    light = [each for each in taken if isinstance(each, Aside)]
    assert light == taken[: len(light)], "the oldest first"
    assert backlog.dropped == len(light) > 10


@given(st.lists(st.sampled_from(["a", "b", "take"]), max_size=40))
def test_what_was_taken_has_nothing_left_to_let_go_of(steps: list[str]) -> None:
    backlog, taken, moved = Backlog(1_000, most_bytes=25_000), list[Written](), 0
    for second, step in enumerate(steps):
        if step == "take":
            taken += backlog.take(2)
        else:
            backlog.add(large(step, second, moved_from=State.DOWN))
            moved += 1
    taken += backlog.take(1_000)
    assert (len(taken), backlog.bytes) == (moved, 0)
    assert sum(isinstance(each, Aside) for each in taken) == backlog.dropped


def test_the_oldest_is_when_what_waits_longest_happened() -> None:
    backlog = filled(Backlog(10), "a", "!", "b")
    assert backlog.oldest == NOON
    backlog.take(1)
    assert backlog.oldest == after(1)
    backlog.take(2)
    assert backlog.oldest is None


def test_a_batch_is_no_larger_than_a_transaction_may_be_and_never_empty() -> None:
    backlog = Backlog(1_000)
    for second in range(10):
        backlog.add(large("a", second))
    assert len(backlog.take(100, most_bytes=25_000)) == 3
    assert len(backlog.take(100, most_bytes=1)) == 1
    assert len(backlog.take(100)) == 6


def test_of_how_long_we_could_see_the_beginning_and_the_newest_wait() -> None:
    """Fifteen seconds each, for as long as the database is away. What changed meanwhile keeps its place before it."""
    backlog = Backlog(10)
    for until in range(0, 15_000, 15):
        backlog.add(present(0, until))
        if until == 60:
            backlog.add(entry("!", 61))
    assert backlog.dropped == 0
    assert [(each.at, each.presence) for each in backlog.take(10) if isinstance(each, Aside)] == [
        (after(0), Presence(after(0), after(0))),
        (after(61), None),
        (after(14_985), Presence(after(0), after(14_985))),
    ]
    assert (len(backlog), backlog.bytes) == (0, 0)


def test_a_presence_that_is_new_takes_nothing_from_the_one_before() -> None:
    """The clock was set back in between: what a new one takes back is taken back where it was said."""
    backlog = Backlog(10)
    for each in (present(100, 100), present(100, 115), present(100, 130), present(50, 50), entry("!", 55), present(50, 65)):
        backlog.add(each)
    waiting = [each.presence for each in backlog.take(10) if isinstance(each, Aside)]
    assert waiting == [
        Presence(after(100), after(100)),
        Presence(after(100), after(130)),
        Presence(after(50), after(50)),
        None,
        Presence(after(50), after(65)),
    ]


def test_what_was_taken_is_not_replaced_by_a_newer_presence() -> None:
    backlog = Backlog(10)
    for until in (0, 15):
        backlog.add(present(0, until))
    assert len(backlog.take(10)) == 2
    for until in (30, 45):
        backlog.add(present(0, until))
    assert [each.at for each in backlog.take(10) if isinstance(each, Aside)] == [after(45)]


def test_what_is_only_worded_otherwise_as_time_goes_by_may_go() -> None:
    backlog = Backlog(3)
    for second in range(50):
        backlog.add(Aside(at=after(second), consequences=Consequences(reworded=(alert(said=f"in {second} days"),))))
    assert (len(backlog), backlog.dropped) == (3, 47)


@given(st.recursive(st.text(max_size=200) | st.integers(), lambda inner: st.lists(inner) | st.tuples(inner), max_leaves=50))
def test_a_weight_is_never_less_than_half_of_an_even_text(value: object) -> None:
    assert weight([value, value]) >= 2 * weight(value)


def test_what_a_page_lists_by_the_thousand_is_weighed_by_a_few_of_them() -> None:
    one = {"name": "x" * 100, "state": State.UP}
    assert 0.9 < weight([one] * 10_000) / (10_000 * weight(one)) < 1.1
    assert weight({str(number): "x" * 1_000 for number in range(500)}) > 500 * 1_000
    assert weight(("x" * 1_000_000,)) > 1_000_000
