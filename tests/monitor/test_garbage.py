"""Full collections come when they are asked for, and only then."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from monitor.garbage import FULL_ROUND_SECONDS, FullRounds, settle, uncollected


@pytest.fixture(autouse=True)
def collector_as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.fixture
def full_rounds() -> Iterator[list[str]]:
    """The full collections that begin."""
    seen: list[str] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            seen.append(phase)

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


def test_no_full_round_begins_by_itself_and_young_cycles_are_still_collected(full_rounds: list[str]) -> None:
    settle()
    full_rounds.clear()
    kept: list[list[object]] = [[] for _ in range(400_000)]
    for _ in range(20_000):
        cycle: list[object] = []
        cycle.append(cycle)
    assert not full_rounds
    assert gc.get_count()[0] < 20_000
    assert len(kept) == 400_000


def test_a_full_round_comes_when_it_is_time(full_rounds: list[str]) -> None:
    rounds = FullRounds(100.0)
    rounds.pass_by(100.0 + FULL_ROUND_SECONDS - 1)
    assert not full_rounds
    rounds.pass_by(100.0 + FULL_ROUND_SECONDS)
    rounds.pass_by(100.0 + FULL_ROUND_SECONDS + 5)
    assert len(full_rounds) == 1


def test_what_ends_soon_looks_for_no_cycles_and_leaves_the_collector_as_it_was() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
