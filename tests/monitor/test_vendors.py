"""The vendors while they are watched: what follows from a look, from time, from a reload and from a mute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from checks.model import Claim, State
from checks.vendor import Tier, Vendor
from monitor.alert import Condition
from monitor.alerting import UNKNOWN_AFTER, offline
from monitor.history import Stretch
from monitor.outbox import Route
from monitor.snapshot import Entry
from monitor.store.store import Consequences, Mute
from monitor.vendors import AT_ONCE, Past, Vendors
from tests.monitor.test_standing import entry, minute, page

ACME = Vendor(slug="acme", name="Acme", owner="payments", tier=Tier.CRITICAL)
PAGER = Route(channel="pager", severities=("page",))
CHAT = Route(channel="chat", severities=("page", "ticket"), teams=("payments",))


@dataclass
class Scene:
    """A backdrop that a test changes."""

    entries: Sequence[Entry] = ()
    is_blind: bool = False
    works: tuple[datetime | None, datetime | None] = (None, None)
    asked: list[str] = field(default_factory=list)

    def entries_of(self, vendor: str) -> Sequence[Entry]:
        self.asked.append(vendor)
        return self.entries

    def cause_of(self, vendor: str) -> str:
        return "3 vendors share a network" if vendor == "acme" else ""

    def work_on(self, vendor: Vendor, at: datetime) -> tuple[datetime | None, datetime | None]:
        del vendor, at
        return self.works


def watched(*entries: Entry, past: Past | None = None, at: float = 0) -> tuple[Vendors, Scene, Consequences]:
    scene = Scene(entries)
    vendors = Vendors(scene)
    if past:
        vendors.restore(past)
    return vendors, scene, vendors.adopt([ACME], [PAGER, CHAT], 300, minute(at))


def names(found: Consequences) -> list[tuple[str, bool]]:
    return [(alert.name, alert.is_open) for alert in found.alerts]


def test_going_down_is_an_outage_an_alert_and_a_message_for_each_who_is_to_know() -> None:
    vendors, scene, begun = watched(entry(State.UP))
    assert begun == Consequences(stretches=(Stretch("acme", minute(0), State.UP),))
    scene.entries = [entry(State.DOWN, 1)]
    found = vendors.follow("acme", minute(2))
    assert [(outage.opened_at, outage.shared) for outage in found.outages] == [(minute(1), "3 vendors share a network")]
    assert names(found) == [("VendorDown", True)]
    assert [message.channel for message in found.messages] == ["pager", "chat"]
    assert vendors.standings["acme"].outage == found.outages[0]


def test_nothing_new_is_nothing_to_write() -> None:
    vendors, _, _ = watched(entry(State.DOWN, 1), at=2)
    assert not vendors.follow("acme", minute(3))


def test_coming_back_ends_both_and_tells_it_once() -> None:
    vendors, scene, _ = watched(entry(State.DOWN, 1), at=2)
    scene.entries = [entry(State.UP, 5)]
    found = vendors.follow("acme", minute(6))
    assert [outage.closed_at for outage in found.outages] == [minute(5)]
    assert names(found) == [("VendorDown", False)]
    assert [message.alert.is_open for message in found.messages] == [False, False]
    assert not vendors.follow("acme", minute(7))


def test_while_we_are_blind_nothing_opens_and_nothing_ends() -> None:
    vendors, scene, _ = watched(entry(State.DOWN, 1), at=2)
    scene.is_blind = True
    scene.entries = [entry(State.UP, 5), page(Claim.MAJOR_OUTAGE, 5, State.DOWN)]
    assert names(vendors.follow("acme", minute(6))) == []
    scene.is_blind = False
    assert names(vendors.follow("acme", minute(7))) == [("VendorMajorIncident", True), ("VendorDown", False)]


def test_time_alone_opens_what_lasts() -> None:
    vendors, _, _ = watched(entry(State.UNKNOWN))
    due = UNKNOWN_AFTER / timedelta(minutes=1)
    assert list(vendors.passed(minute(due - 0.1))) == []
    (found,) = vendors.passed(minute(due))
    assert names(found) == [("VendorUnknown", True)]
    assert [message.channel for message in found.messages] == ["chat"]
    assert list(vendors.passed(minute(due + 1))) == []


def test_what_was_open_before_the_start_is_not_told_again_and_ends_as_itself() -> None:
    _, _, before = watched(entry(State.DOWN, 1), at=2)
    past = Past(outages=before.outages, alerts=before.alerts)
    vendors, scene, begun = watched(entry(State.DOWN, 1), past=past, at=10)
    assert not begun.alerts
    assert {message.key for message in begun.messages} == {message.key for message in before.messages}
    scene.entries = [entry(State.UP, 12)]
    ended = vendors.follow("acme", minute(12))
    assert [(alert.starts_at, alert.ends_at) for alert in ended.alerts] == [(minute(1), minute(12))]


def test_what_ended_before_the_start_and_goes_on_after_all_is_another_alert_and_another_outage() -> None:
    vendors, _, begun = watched(entry(State.DOWN, 1), at=2)
    left = vendors.adopt([], [PAGER], 300, minute(9))
    past = Past(outages=left.outages, alerts=left.alerts)
    _, _, back = watched(entry(State.DOWN, 1), past=past, at=20)
    assert [outage.opened_at for outage in back.outages] == [minute(9)]
    assert [alert.starts_at for alert in back.alerts] == [minute(9)]
    assert {message.key for message in back.messages}.isdisjoint(message.key for message in begun.messages)


def test_a_clock_that_was_wrong_when_an_alert_ended_lets_none_begin_in_the_future() -> None:
    vendors, _, _ = watched(entry(State.DOWN, 1), at=2)
    left = vendors.adopt([], [PAGER], 300, minute(9_000))
    past = Past(outages=left.outages, alerts=left.alerts)
    _, _, back = watched(entry(State.DOWN, 1), past=past, at=20)
    assert [outage.opened_at for outage in back.outages] == [minute(20)]
    assert [alert.starts_at for alert in back.alerts] == [minute(20)]


def test_what_the_store_lost_is_found_again() -> None:
    _, _, begun = watched(entry(State.DOWN, 1), at=10)
    assert names(begun) == [("VendorDown", True)]
    assert begun.alerts[0].starts_at == minute(1)


def test_a_vendor_that_is_taken_away_leaves_nothing_open() -> None:
    vendors, _, _ = watched(entry(State.DOWN, 1), at=2)
    left = vendors.adopt([], [PAGER], 300, minute(9))
    assert [outage.closed_at for outage in left.outages] == [minute(9)]
    assert names(left) == [("VendorDown", False)]
    assert vendors.standings == {}


def test_a_vendor_that_is_put_back_has_another_outage_than_before() -> None:
    vendors, _, _ = watched(entry(State.DOWN, 1), at=2)
    vendors.adopt([], [PAGER], 300, minute(9))
    back = vendors.adopt([ACME], [PAGER], 300, minute(12))
    assert [outage.opened_at for outage in back.outages] == [minute(12)]
    assert [alert.starts_at for alert in back.alerts] == [minute(12)]


def test_another_owner_is_another_alert() -> None:
    vendors, _, _ = watched(entry(State.DOWN, 1), at=2)
    moved = vendors.adopt([replace(ACME, owner="core")], [PAGER, CHAT], 300, minute(5))
    assert sorted((alert.labels["team"], alert.is_open) for alert in moved.alerts) == [("core", True), ("payments", False)]
    back = vendors.adopt([ACME], [PAGER, CHAT], 300, minute(8))
    assert [alert.starts_at for alert in back.alerts if alert.is_open] == [minute(5)]


def test_a_mute_holds_back_what_is_new_until_it_ends() -> None:
    vendors, scene, _ = watched(entry(State.UP))
    mute = Mute(vendor="acme", since=minute(1), until=minute(30), why="known")
    (silenced,) = vendors.muted([mute], minute(1))
    assert (names(silenced), silenced.messages) == ([("VendorMuted", True)], ())
    scene.entries = [entry(State.DOWN, 2)]
    assert names(vendors.follow("acme", minute(3))) == []
    assert vendors.standings["acme"].is_muted
    (found,) = vendors.passed(minute(30))
    assert names(found) == [("VendorDown", True), ("VendorMuted", False)]
    assert not vendors.standings["acme"].is_muted


def test_a_mute_that_is_taken_back_holds_nothing_back() -> None:
    mute = Mute(vendor="acme", since=minute(1), until=minute(30), why="known")
    vendors, _, begun = watched(entry(State.DOWN, 2), past=Past(mutes=[mute]), at=3)
    assert begun.outages
    assert names(begun) == [("VendorMuted", True)]
    (found,) = vendors.muted([], minute(5))
    assert names(found) == [("VendorDown", True), ("VendorMuted", False)]


def test_a_window_that_opens_and_closes_is_followed_by_time_alone() -> None:
    vendors, scene, _ = watched(entry(State.UP))
    scene.works = (None, minute(5))
    vendors.follow("acme", minute(1))
    scene.works = (minute(10), minute(10))
    assert [names(found) for found in vendors.passed(minute(5))] == [[("VendorMaintenanceActive", True)]]
    assert vendors.standings["acme"].works
    scene.works = (None, None)
    assert [names(found) for found in vendors.passed(minute(10))] == [[("VendorMaintenanceActive", False)]]
    assert not vendors.standings["acme"].works


def test_our_own_alert_opens_and_ends_once() -> None:
    vendors, _, _ = watched(entry(State.UP))

    def own(at: float, *, holds: bool | None) -> Consequences:
        conditions: list[Condition] = [offline(minute(1), holds=holds, troubles="all")]
        return vendors.ourselves(conditions, minute(at))

    assert names(own(2, holds=True)) == [("VendorwatchEgressSuspect", True)]
    assert not own(3, holds=True)
    assert not own(4, holds=None)
    assert names(own(5, holds=False)) == [("VendorwatchEgressSuspect", False)]


def test_a_channel_that_is_new_hears_of_what_is_open() -> None:
    vendors, _, _ = watched(entry(State.DOWN, 1), at=2)
    new = Route(channel="new", severities=("page",))
    found = vendors.adopt([ACME], [PAGER, new], 300, minute(5))
    assert not found.alerts
    assert {message.channel for message in found.messages} == {"pager", "new"}
    assert {message.alert.starts_at for message in found.messages} == {minute(1)}


def test_a_state_from_before_the_start_opens_nothing_before_somebody_looked() -> None:
    unlooked = replace(entry(State.DOWN, 1), latest=None, good=None)
    vendors, scene, begun = watched(unlooked, at=600)
    assert begun == Consequences(stretches=(Stretch("acme", minute(600), State.DOWN),))
    scene.entries = [entry(State.DOWN, 1)]
    assert names(vendors.follow("acme", minute(601))) == [("VendorDown", True)]


def test_what_fell_due_while_we_were_blind_is_looked_at_when_we_see_again() -> None:
    vendors, scene, _ = watched(entry(State.UP))
    scene.is_blind = True
    scene.entries = [entry(State.DOWN, 1)]
    assert names(vendors.follow("acme", minute(2))) == []
    assert list(vendors.passed(minute(3))) == []
    scene.is_blind = False
    assert [names(found) for found in vendors.passed(minute(4))] == [[("VendorDown", True)]]


def test_a_clock_that_is_set_back_ends_nothing_before_it_began() -> None:
    vendors, scene, _ = watched(entry(State.DOWN, 60), at=61)
    scene.entries = [entry(State.UP, 2)]
    (ended,) = vendors.follow("acme", minute(3)).alerts
    assert ended.ends_at is not None
    assert ended.ends_at >= ended.starts_at
    scene.entries = [entry(State.DOWN, 4)]
    (again,) = vendors.follow("acme", minute(5)).alerts
    assert again.starts_at <= minute(5)
    assert again.starts_at != ended.starts_at


def over(found: Consequences) -> list[str]:
    return [alert.annotations["over"] for alert in found.alerts if not alert.is_open]


def test_what_ends_says_how_the_vendor_is_then() -> None:
    vendors, scene, _ = watched(entry(State.DOWN, 1), at=2)
    scene.entries = [entry(State.DEGRADED, 5)]
    assert over(vendors.follow("acme", minute(6))) == ["Acme is degraded now"]
    vendors, scene, _ = watched(entry(State.DOWN, 1), at=2)
    scene.entries = [entry(State.UP, 5)]
    assert over(vendors.follow("acme", minute(6))) == ["Acme is up again"]
    vendors, _, _ = watched(entry(State.DOWN, 1), at=2)
    assert over(vendors.adopt([replace(ACME, tier=Tier.LOW)], [], 300, minute(6))) == [
        "Acme is told of as another team's or of another tier"
    ]
    assert over(vendors.adopt([], [], 300, minute(7))) == ["Acme is watched no more"]


def test_a_bug_in_following_one_vendor_costs_no_other(caplog: pytest.LogCaptureFixture) -> None:
    vendors, scene, _ = watched(entry(State.UNKNOWN))
    late = UNKNOWN_AFTER / timedelta(minutes=1)

    def broken(_vendor: Vendor, _at: datetime) -> tuple[datetime | None, datetime | None]:
        raise ZeroDivisionError

    scene.work_on = broken  # type: ignore[method-assign, assignment]
    assert list(vendors.passed(minute(late))) == []
    assert "a bug in following a vendor" in caplog.text
    caplog.clear()
    assert list(vendors.passed(minute(late + 0.5))) == []
    assert not caplog.text
    vendors.adopt([ACME], [PAGER], 300, minute(late + 1))


def test_a_channel_that_is_new_hears_of_our_own_alert_too() -> None:
    vendors, _, _ = watched(entry(State.UP))
    vendors.ourselves([offline(minute(1), holds=True, troubles="all")], minute(2))
    found = vendors.adopt([ACME], [Route(channel="new", severities=("page",))], 300, minute(3))
    assert [message.alert.name for message in found.messages] == ["VendorwatchEgressSuspect"]


def test_many_vendors_whose_time_has_come_take_turns() -> None:
    scene = Scene([entry(State.UNKNOWN)])
    vendors = Vendors(scene)
    many = [Vendor(slug=f"v{number}", name="V") for number in range(AT_ONCE + 10)]
    vendors.adopt(many, [], 300, minute(0))
    scene.asked.clear()
    late = minute(60)
    assert len(list(vendors.passed(late))) == AT_ONCE
    assert len(list(vendors.passed(late))) == 10
    assert list(vendors.passed(late)) == []
