"""Alertmanager's peers hear of everything that is open, whatever became of us or of one another; on a real one too."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.model import Reason, Unseen
from checks.network import Answer, Request
from checks.values import Seconds, Secret, Url
from checks.vendor import Auth
from monitor.alert import Alert
from monitor.clock import SYSTEM_CLOCK
from monitor.notify import alertmanager
from monitor.notify.alertmanager import Peer, render
from monitor.notify.tally import Tally
from monitor.notify.ways import open_ways
from monitor.receivers import Alertmanager
from monitor.settings import Settings
from tests.support.alertmanager import alertmanager as real_alertmanager
from tests.support.consequences import after
from tests.support.network import FakeNetwork, answer
from tests.support.receiver import Message, Receiver, receiver
from tests.support.telling import Hands, MemoryOutbox, vendor_down
from tests.support.waiting import until

PEER = Url("http://am.test:9093/prefix/")
ENDPOINT = "http://am.test:9093/prefix/api/v2/alerts"
SETTINGS = Alertmanager(urls=(PEER,))


class Picky(FakeNetwork):
    """A peer that refuses whatever holds an alert of a vendor it does not like; *down* is what it says while it is down."""

    def __init__(self, *disliked: str) -> None:
        super().__init__()
        self.disliked = frozenset(disliked)
        self.down: Answer | Unseen | None = None

    async def send(self, request: Request) -> Answer:
        self.sent.append(request)
        if isinstance(self.down, Unseen):
            raise self.down
        bad = self.disliked & {each["labels"]["vendor"] for each in json.loads(request.body)}
        return self.down or answer(b"bad label set" if bad else b"", status=400 if bad else 200, url=request.url)


@dataclass
class Told:
    """A peer that is told, and all that it takes to do so."""

    network: Picky = field(default_factory=Picky)
    store: MemoryOutbox = field(default_factory=MemoryOutbox)
    hands: Hands = field(default_factory=Hands)
    tally: Tally = field(default_factory=Tally)
    settings: Alertmanager = SETTINGS
    peer: Peer = field(init=False)

    def __post_init__(self) -> None:
        self.peer = Peer(
            "alertmanager",
            self.settings,
            self.network,
            store=self.store,  # type: ignore[arg-type]  # of a store, it is asked for alerts alone
            clock=self.hands.clock,
            tally=self.tally,
            pause=self.hands.pause,
        )

    def round(self) -> list[dict[str, Any]]:
        """What is sent in one round."""
        before = len(self.network.sent)
        asyncio.run(self.peer.round())
        return [each for request in self.network.sent[before:] for each in json.loads(request.body)]


def test_what_is_open_is_taken_to_go_on_for_four_intervals() -> None:
    told = Told(store=MemoryOutbox(alerts_now=[vendor_down()]))
    told.hands.turn(1000)
    (sent,) = told.round()
    assert told.network.sent[0].url == ENDPOINT
    assert sent == {
        "labels": {"alertname": "VendorDown", "severity": "page", "team": "payments", "vendor": "acme"},
        "annotations": dict(vendor_down().annotations),
        "startsAt": "2026-03-01T12:00:00Z",
        "endsAt": "2026-03-01T12:20:40Z",
    }


def test_what_has_ended_is_told_for_five_minutes_with_its_real_end() -> None:
    told = Told(store=MemoryOutbox(alerts_now=[vendor_down(ends=60)]))
    told.hands.turn(359)
    assert [each["endsAt"] for each in told.round()] == ["2026-03-01T12:01:00Z"]
    told.hands.turn(2)
    assert told.round() == []


def test_a_peer_that_is_away_is_noticed_before_there_is_anything_to_tell() -> None:
    told = Told()
    assert told.round() == []
    assert [sent.body for sent in told.network.sent] == [b"[]"]
    assert told.tally.sent == {"alertmanager": 1}
    told.network.down = answer(status=503, url=ENDPOINT)
    told.round()
    assert told.tally.failures == {"alertmanager": 1}


@pytest.mark.parametrize("status", [400, 405, 410])
def test_a_peer_that_refuses_even_an_empty_list_is_told_of_once(status: int, caplog: pytest.LogCaptureFixture) -> None:
    told = Told()
    told.network.down = answer(status=status, url=ENDPOINT)
    for _ in range(3):
        told.round()
    assert (told.tally.failures, told.tally.sent) == ({"alertmanager": 3}, {})
    assert [(record.levelno, record.message) for record in caplog.records] == [
        (logging.WARNING, "Alertmanager cannot be told")
    ]
    assert vars(caplog.records[0])["detail"] == f"it answered {status}"


def test_what_was_refused_is_tried_again_without_an_empty_list_before_it() -> None:
    told = Told(Picky("v7"), MemoryOutbox(alerts_now=[vendor_down("v7")]))
    told.round()
    assert [each["labels"]["vendor"] for each in told.round()] == ["v7"]
    assert b"[]" not in [sent.body for sent in told.network.sent]


def test_each_of_several_peers_counts_for_itself() -> None:
    one, two = Url("http://a.test"), Url("http://b.test")
    assert Alertmanager(urls=(one,)).peers == {"alertmanager": one}
    assert Alertmanager(urls=(one, two)).peers == {"alertmanager-1": one, "alertmanager-2": two}


def times(told: Told) -> list[tuple[str, str]]:
    """From when until when each alert of a round goes on."""
    return [(each["startsAt"][11:-1], each["endsAt"][11:-1]) for each in told.round()]


def test_an_end_is_never_before_its_beginning() -> None:
    told = Told(store=MemoryOutbox(alerts_now=[vendor_down(starts=90, ends=60)]))
    told.hands.turn(120)
    assert times(told) == [("12:01:30", "12:01:30")]


def test_nothing_begins_or_ends_in_the_future_when_the_clock_was_set_back() -> None:
    told = Told()
    told.store.alerts_now = [
        vendor_down(starts=7200),
        vendor_down("bolt", starts=7200, ends=7300),
        vendor_down("core", ends=90),
    ]
    told.hands.turn(60)
    assert times(told) == [("12:01:00", "12:05:00"), ("12:01:00", "12:01:00"), ("12:00:00", "12:01:00")]


def test_what_is_over_is_forgotten_with_what_was_refused_of_it() -> None:
    told = Told(Picky("v7"), MemoryOutbox(alerts_now=[vendor_down("v7")]))
    told.round()
    assert told.peer._refused
    told.store.alerts_now.clear()
    told.round()
    assert not told.peer._refused


def test_after_a_restart_the_bytes_of_labels_and_start_are_the_same() -> None:
    store = MemoryOutbox(alerts_now=[vendor_down()])
    shuffled = replace(vendor_down(), labels=dict(sorted(vendor_down().labels.items(), reverse=True)))
    before, later = Told(store=store).round(), Told(store=MemoryOutbox(alerts_now=[shuffled])).round()
    assert json.dumps(before) == json.dumps(later)


def test_a_dashboard_is_where_an_alert_comes_from() -> None:
    where = "https://grafana.test/d/x?var-vendor=acme#top"
    for url, expected in ((where, where), ("javascript:x", None), ("", None)):
        alert = replace(vendor_down(), annotations={"dashboard_url": url})
        (sent,) = json.loads(render([alert], SETTINGS, after(0)).body)
        assert sent.get("generatorURL") == expected


def test_credentials_go_along() -> None:
    auth = Auth(bearer=Secret("env", "TOKEN"))
    assert render([], replace(SETTINGS, auth=auth), after(0)).auth == auth


def test_very_many_alerts_go_in_portions() -> None:
    told = Told(store=MemoryOutbox(alerts_now=[vendor_down(f"v{number}") for number in range(1100)]))
    assert len(told.round()) == 1100
    assert [len(json.loads(sent.body)) for sent in told.network.sent] == [500, 500, 100]
    assert told.tally.sent == {"alertmanager": 3}


def test_one_bad_alert_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    names = [f"v{number}" for number in range(40)]
    told = Told(Picky("v7", "v23"), MemoryOutbox(alerts_now=[vendor_down(name) for name in names]))
    told.round()
    taken = _taken(told)
    assert taken == set(names) - {"v7", "v23"}
    refusals = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [vars(record)["detail"] for record in refusals] == ['it answered 400: "bad label set"'] * 2
    assert told.tally.failures == {"alertmanager": 2}
    told.network.sent.clear()
    told.round()
    assert [len(json.loads(sent.body)) for sent in told.network.sent] == [38, 1, 1]
    assert len(caplog.records) == 2
    assert told.tally.failures == {"alertmanager": 4}


def _taken(told: Told) -> set[str]:
    """The vendors of requests that had nothing in them that is refused."""
    bodies = [{each["labels"]["vendor"] for each in json.loads(sent.body)} for sent in told.network.sent]
    return set().union(*(body for body in bodies if not body & told.network.disliked))


@pytest.mark.parametrize("down", [answer(status=503, url=ENDPOINT), Unseen(Reason.REFUSED, "nothing listens there")])
def test_a_peer_that_is_away_is_tried_again_soon_and_told_of_once(
    down: Answer | Unseen, caplog: pytest.LogCaptureFixture
) -> None:
    told = Told(store=MemoryOutbox(alerts_now=[vendor_down(f"v{number}") for number in range(1100)]))
    told.network.down = down
    intervals = []
    for _ in range(6):
        told.round()
        intervals.append(told.peer._interval() + alertmanager.APART_SECONDS)
    assert intervals == [5, 10, 20, 40, 60, 60]
    assert len(told.network.sent) == 6  # Nobody waits for an answer to each portion.
    assert [record.message for record in caplog.records] == ["Alertmanager cannot be told"]
    told.network.down = None
    told.round()
    assert told.peer._interval() + alertmanager.APART_SECONDS == 60
    assert (told.tally.failures, told.tally.sent) == ({"alertmanager": 6}, {"alertmanager": 3})


def test_while_the_store_is_unavailable_nothing_is_made_up() -> None:
    told = Told(store=MemoryOutbox(alerts_now=[vendor_down()], is_down=True))
    assert told.round() == []


def test_a_bug_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    told = Told(store=MemoryOutbox(alerts_now=[None]))  # type: ignore[list-item]  # what is no alert is a bug

    async def story() -> None:
        task = asyncio.create_task(told.peer.run())
        await asyncio.sleep(0.05)
        assert not task.done()
        task.cancel()

    asyncio.run(story())
    assert "a bug in telling Alertmanager" in caplog.text


def live(url: str, store: MemoryOutbox, network: Any, tally: Tally | None = None) -> Peer:
    settings = Alertmanager(urls=(Url(url),), resend=Seconds(1))
    fake_store: Any = store
    return Peer("alertmanager", settings, network, store=fake_store, clock=SYSTEM_CLOCK, tally=tally or Tally())


def now(seconds: float = 0) -> datetime:
    return SYSTEM_CLOCK.now() + timedelta(seconds=seconds)


def test_a_dead_peer_delays_no_other_and_a_change_is_told_at_once() -> None:
    async def story() -> None:
        store = MemoryOutbox()
        async with receiver() as well, receiver() as hung, open_ways(Settings(), SYSTEM_CLOCK) as ways:
            hung.mood = type(hung.mood).HANGS
            told = Alertmanager(urls=(Url(well.url()), Url(hung.url())))
            fake: Any = store
            peers = [Peer(name, told, ways.direct, store=fake, clock=SYSTEM_CLOCK, tally=Tally()) for name in told.peers]
            tasks = [asyncio.create_task(peer.run()) for peer in peers]
            await asyncio.sleep(1.2)
            store.alerts_now.append(replace(vendor_down(), starts_at=now()))
            for peer in peers:
                peer.wake()
            await well.until("it is told", lambda found: any(message.content for message in found))
            assert not hung.taken()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(story())


CONFIGURATION: Mapping[str, Any] = {
    "route": {"receiver": "all", "group_by": ["..."], "group_wait": "0s", "group_interval": "1s", "repeat_interval": "1h"},
    "receivers": [{"name": "all", "webhook_configs": [{"url": "", "send_resolved": True}]}],
}


def configured(heard: Receiver, path: str) -> dict[str, Any]:
    made = json.loads(json.dumps(CONFIGURATION))
    made["receivers"][0]["webhook_configs"][0]["url"] = heard.url(path)
    return dict(made)


def statuses(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """What a receiver of the real Alertmanager heard: status and vendor of each alert."""
    return [(each["status"], each["labels"]["vendor"]) for one in messages for each in one.content["alerts"]]


@pytest.mark.slow
def test_the_real_one_tells_of_beginning_and_end_over_both_peers(tmp_path: Path) -> None:
    async def story() -> None:
        store = MemoryOutbox(alerts_now=[replace(vendor_down(), starts_at=now(-3600))])
        async with receiver() as heard, open_ways(Settings(), SYSTEM_CLOCK) as ways:
            one = real_alertmanager(tmp_path, configured(heard, "/a"), "a")
            other = real_alertmanager(tmp_path, configured(heard, "/b"), "b")
            async with one as a, other as b:
                peers = [live(f"http://{each.listen}", store, ways.direct) for each in (a, b)]
                tasks = [asyncio.create_task(peer.run()) for peer in peers]
                for path in ("/a", "/b"):
                    await heard.until("it began", lambda found: statuses(found) == [("firing", "acme")], path)
                (known,) = await a.alerts()
                began, ends = (datetime.fromisoformat(known[name]) for name in ("startsAt", "endsAt"))
                assert abs((began - store.alerts_now[0].starts_at).total_seconds()) < 0.01
                assert 1 < (ends - now()).total_seconds() <= 4
                store.alerts_now[0] = replace(store.alerts_now[0], ends_at=now())
                for peer in peers:
                    peer.wake()
                for path in ("/a", "/b"):
                    await heard.until("it ended", lambda found: statuses(found)[-1] == ("resolved", "acme"), path)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(story())


@pytest.mark.slow
def test_the_real_one_takes_what_began_by_a_clock_that_was_ahead(tmp_path: Path) -> None:
    ahead = [replace(vendor_down(name), starts_at=now(7200), ends_at=end) for name, end in (("a", None), ("b", now(7300)))]

    async def story() -> None:
        async with (
            receiver() as heard,
            open_ways(Settings(), SYSTEM_CLOCK) as ways,
            real_alertmanager(tmp_path, configured(heard, "/a")) as program,
        ):
            tally = Tally()
            await live(f"http://{program.listen}", MemoryOutbox(alerts_now=ahead), ways.direct, tally).round()
            assert (tally.sent, tally.failures) == ({"alertmanager": 1}, {})
            await heard.until("it began", lambda found: statuses(found) == [("firing", "a")])

    asyncio.run(story())


@pytest.mark.slow
def test_the_real_one_ends_what_nobody_says_any_more_and_a_restart_of_ours_begins_nothing_anew(tmp_path: Path) -> None:
    async def story() -> None:
        store = MemoryOutbox(alerts_now=[replace(vendor_down(), starts_at=now(-60))])
        async with (
            receiver() as heard,
            open_ways(Settings(), SYSTEM_CLOCK) as ways,
            real_alertmanager(tmp_path, configured(heard, "/a")) as program,
        ):
            tally = Tally()
            await live(f"http://{program.listen}", MemoryOutbox(), ways.direct, tally).round()
            assert tally.sent == {"alertmanager": 1}  # It takes an empty list.
            for _ in range(3):  # Three lives of ours, with the same store.
                await live(f"http://{program.listen}", store, ways.direct).round()
            await heard.until("it began", lambda found: statuses(found) == [("firing", "acme")])
            await heard.until("it ended by itself", lambda found: statuses(found)[1:] == [("resolved", "acme")])

    asyncio.run(story())


@pytest.mark.slow
def test_the_real_one_refuses_what_it_cannot_take_and_takes_the_rest(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bad = Alert(labels={"alertname": "Bad", "severity": "page", "not-a-name": "x"}, starts_at=now())
    good = [replace(vendor_down(f"v{number}"), starts_at=now()) for number in range(9)]

    async def story() -> list[str]:
        store = MemoryOutbox(alerts_now=[*good[:5], bad, *good[5:]])
        async with (
            receiver() as heard,
            open_ways(Settings(), SYSTEM_CLOCK) as ways,
            real_alertmanager(tmp_path, configured(heard, "/a")) as program,
        ):
            await live(f"http://{program.listen}", store, ways.direct).round()

            async def vendors() -> list[str]:
                return sorted(each["labels"]["vendor"] for each in await program.alerts())

            return await until("all the others are there", vendors, lambda found: len(found) == 9)

    assert asyncio.run(story()) == [f"v{number}" for number in range(9)]
    (refused,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "it answered 400" in vars(refused)["detail"]
    assert "not-a-name" in vars(refused)["detail"]
