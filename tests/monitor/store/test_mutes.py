"""Mutes, as every store keeps them."""

from __future__ import annotations

import pytest

from monitor.store.rows import MAX_TEXT_CHARACTERS
from monitor.store.sql import open_existing, open_store
from monitor.store.store import Mute, Store
from tests.support.consequences import after


def mute(vendor: str = "acme", *, since: float = 0, until: float = 7_200, why: str = "their move") -> Mute:
    return Mute(vendor=vendor, since=after(since), until=after(until), why=why)


def test_a_mute_holds_until_it_ends_and_over_restarts(store: Store, url: str) -> None:
    store.mute(mute())
    store.close()
    again = open_store(url)
    assert again.mutes(after(7_199.999)) == [mute()]
    assert again.mutes(after(7_200)) == []
    again.close()


def test_what_was_said_last_of_a_vendor_counts(store: Store) -> None:
    store.mute(mute())
    store.mute(mute("bolt"))
    store.mute(mute(since=60, until=600, why="sooner"))
    assert store.mutes(after(60)) == [mute(since=60, until=600, why="sooner"), mute("bolt")]
    assert store.mutes(after(600)) == [mute("bolt")], "the longer one, said before, does not come back"


def test_one_that_ended_at_once_takes_another_back(store: Store) -> None:
    store.mute(mute())
    store.mute(mute(since=60, until=60, why="taken back"))
    assert store.mutes(after(60)) == []


def test_one_that_begins_later_is_known_before(store: Store) -> None:
    store.mute(mute(since=3_600))
    assert store.mutes(after(0)) == [mute(since=3_600)]


def test_another_program_sees_it_at_once(store: Store, url: str) -> None:
    command = open_existing(url)
    command.mute(mute())
    assert store.mutes(after(1)) == [mute()]
    command.close()


@pytest.mark.parametrize(("why", "kept"), [("x" * 9_999, MAX_TEXT_CHARACTERS), ("a\0\ud800b", 4)])
def test_any_reason_can_be_written(store: Store, why: str, kept: int) -> None:
    store.mute(mute(why=why))
    (found,) = store.mutes(after(0))
    assert len(found.why) == kept
