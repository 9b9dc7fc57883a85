"""What is put down, with the real store beneath: that a restart does not take what begins anew for what it was before."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from checks.model import State
from monitor.chronicle import remembered
from monitor.outbox import KEPT, Route
from monitor.store.sql import SqlStore, open_store
from monitor.store.store import Aside, Consequences
from monitor.vendors import Vendors
from tests.monitor.test_standing import entry, minute
from tests.monitor.test_vendors import ACME, PAGER, Scene

DOWN = entry(State.DOWN, 1)


def _started(store: SqlStore, at: datetime) -> Vendors:
    vendors = Vendors(Scene([DOWN]))
    vendors.restore(remembered(store, at))
    return vendors


def _told(store: SqlStore, found: Consequences, at: datetime) -> list[tuple[str, bool, datetime]]:
    """What the pager is told once *found* is stored."""
    store.write([Aside(at=at, consequences=found)])
    batch = store.claim(PAGER.channel, at, gathered=at, until=at + timedelta(minutes=1), most=10)
    if batch is None:
        return []
    store.sent(batch, at)
    return [(each.alert.name, each.alert.is_open, each.alert.starts_at) for each in batch.messages]


def _adopted(store: SqlStore, at: datetime, *, is_watched: bool) -> list[tuple[str, bool, datetime]]:
    """What is told at a start with acme in the catalogue, or without it."""
    routes: list[Route] = [PAGER]
    return _told(store, _started(store, at).adopt([ACME] if is_watched else [], routes, 300, at), at)


def test_a_vendor_that_was_away_for_one_start_and_is_still_down_is_told_again(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'vendorwatch.db'}")
    try:
        assert _adopted(store, minute(2), is_watched=True) == [("VendorDown", True, minute(1))]
        assert _adopted(store, minute(9), is_watched=False) == [("VendorDown", False, minute(1))]
        assert _adopted(store, minute(20), is_watched=True) == [("VendorDown", True, minute(9))]
        assert [outage.opened_at for outage in store.outages(is_open=True)] == [minute(9)]
        assert _adopted(store, minute(30), is_watched=True) == []
    finally:
        store.close()


def test_what_ended_longer_ago_than_its_messages_are_kept_is_not_taken_up(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'vendorwatch.db'}")
    try:
        _adopted(store, minute(2), is_watched=True)
        _adopted(store, minute(9), is_watched=False)
        assert len(remembered(store, minute(8) + KEPT).alerts) == 1
        assert len(remembered(store, minute(10) + KEPT).alerts) == 0
    finally:
        store.close()
