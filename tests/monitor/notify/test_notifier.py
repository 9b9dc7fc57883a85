"""Everybody who is told, together: over real sockets, with the store in memory; and the commands that try them."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.values import Address, Seconds, Secret, Url
from monitor.clock import SYSTEM_CLOCK
from monitor.notify import sender, trial
from monitor.notify.notifier import Notifier
from monitor.notify.tally import Tally
from monitor.notify.ways import EVERYWHERE, open_ways, reach
from monitor.outbox import Message, Queue
from monitor.receivers import Alertmanager, Email, Encryption, Format, Heartbeat, NotifySettings, Webhook
from monitor.settings import NetworkSettings, Settings
from monitor.store.sql import open_store
from tests.monitor.test_cli import run
from tests.support.consequences import after, aside
from tests.support.mailserver import MailServer, mail_server
from tests.support.receiver import Mood, Receiver, receiver
from tests.support.servers import Reply, ca_file, free_port, site
from tests.support.telling import MemoryOutbox, message, vendor_down
from tests.support.waiting import until

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def webhook(heard: Receiver, name: str, **more: Any) -> Webhook:
    return Webhook(name=name, url=Url(heard.url(f"/{name}")), **more)


Story = Callable[[Notifier, MemoryOutbox, Tally], Awaitable[None]]


async def telling(settings: NotifySettings, story: Story, *, is_well: bool = True) -> None:
    """Run a notifier beside *story*."""
    outbox, tally = MemoryOutbox(), Tally()
    store: Any = outbox
    async with open_ways(Settings(notify=settings), SYSTEM_CLOCK) as ways:
        notifier = Notifier(settings, ways, store, clock=SYSTEM_CLOCK, tally=tally, healthy=lambda: is_well)
        task = asyncio.create_task(notifier.run())
        try:
            await story(notifier, outbox, tally)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def put(outbox: MemoryOutbox, channel: str) -> None:
    outbox.put(Message(channel=channel, alert=vendor_down(), at=SYSTEM_CLOCK.now()))


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is gathered, and what was not taken is tried again at once."""
    monkeypatch.setattr(sender, "GATHER_SECONDS", 0.0)
    monkeypatch.setattr(sender, "FIRST_RETRY_SECONDS", 0.05)
    monkeypatch.setattr(sender, "POLL_SECONDS", 0.05)


@pytest.mark.usefixtures("hasty")
def test_everybody_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", KEY)
    mail = MailServer()

    async def story() -> None:
        async with receiver() as heard, mail_server(mail) as listener:
            settings = NotifySettings(
                alertmanager=Alertmanager(urls=(Url(heard.url("/am")),), resend=Seconds(1)),
                webhooks=(
                    webhook(heard, "ops", secret=Secret("env", "KEY")),
                    webhook(heard, "chat", format=Format.SLACK),
                ),
                emails=(
                    Email(
                        name="mail",
                        to=("ann@acme.test",),
                        sender="v@acme.test",
                        server=Address("127.0.0.1", listener.port),
                        encryption=Encryption.NONE,
                    ),
                ),
                heartbeat=Heartbeat(url=Url(heard.url("/beat"))),
            )
            await telling(settings, lambda *parts: everybody(heard, *parts))

    async def everybody(heard: Receiver, notifier: Notifier, outbox: MemoryOutbox, tally: Tally) -> None:
        assert [route.channel for route in notifier.routes] == ["ops", "chat", "mail"]
        for route in notifier.routes:
            put(outbox, route.channel)
        outbox.alerts_now.append(vendor_down())
        notifier.wake()
        (ops,) = await heard.until("the webhook is told", bool, "/ops")
        assert ops.is_signed(base64.b64decode(KEY.removeprefix("whsec_")))
        await heard.until("the chat is told", bool, "/chat")
        await heard.until("alertmanager is told", lambda found: any(one.content for one in found), "/am")
        assert heard.taken("/beat")

        async def sent() -> dict[str, int]:
            return tally.sent

        await until("all is counted", sent, lambda found: found.items() >= {"ops": 1, "chat": 1, "mail": 1}.items())
        assert tally.heartbeat
        assert len(mail.letters) == len(heard.taken("/ops")) == len(heard.taken("/chat")) == 1

    asyncio.run(story())


@pytest.mark.usefixtures("hasty")
def test_what_a_receiver_did_not_take_arrives_later_under_the_same_id() -> None:
    async def story() -> None:
        async with receiver() as heard:
            heard.mood = Mood.FAILS

            async def late(notifier: Notifier, outbox: MemoryOutbox, tally: Tally) -> None:
                put(outbox, "ops")
                notifier.wake()

                async def failures() -> int:
                    return tally.failures["ops"]

                await until("it failed twice", failures, lambda count: count >= 2)
                await heard.refuse()
                await until("nobody listens", failures, lambda count: count >= 3)
                heard.mood = Mood.TAKES
                await heard.listen()
                await heard.until("it is taken", bool)

            await telling(NotifySettings(webhooks=(webhook(heard, "ops"),)), late)
            assert len(heard.taken()) == 1
            assert len({one.id for one in heard.came}) == 1

    asyncio.run(story())


def test_the_heart_is_silent_while_we_are_not_well() -> None:
    async def story() -> None:
        async with receiver() as heard:
            settings = NotifySettings(heartbeat=Heartbeat(url=Url(heard.url("/beat"))))

            async def silence(*_: object) -> None:
                await asyncio.sleep(0.2)

            await telling(settings, silence, is_well=False)
            assert heard.came == []

    asyncio.run(story())


def test_queues_are_counted_for_channels_that_are_there() -> None:
    class Stuck(MemoryOutbox):
        def claim(self, *_: object, **__: object) -> None:
            return None

        def queues(self) -> Mapping[str, Queue]:
            """As a clock that was ahead left them."""
            ahead = SYSTEM_CLOCK.now() + timedelta(days=400)
            return {name: replace(queue, oldest=ahead) for name, queue in super().queues().items()}

    async def story() -> None:
        settings = NotifySettings(webhooks=(Webhook(name="ops", url=Url("http://127.0.0.1:1/")),))
        outbox, tally = Stuck(), Tally()
        put(outbox, "ops")
        put(outbox, "gone")
        store: Any = outbox
        async with open_ways(Settings(), SYSTEM_CLOCK) as ways:
            notifier = Notifier(settings, ways, store, clock=SYSTEM_CLOCK, tally=tally, healthy=lambda: True)
            task = asyncio.create_task(notifier.run())

            async def queues() -> dict[str, Queue]:
                return dict(tally.queues)

            found = await until("they are counted", queues, bool)
            assert found.keys() == {"ops"}
            assert found["ops"].oldest
            assert found["ops"].oldest <= SYSTEM_CLOCK.now()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())


def test_receivers_are_reached_anywhere_and_by_roots_of_their_own(tmp_path: Path) -> None:
    proxied = NetworkSettings(ca_file=tmp_path / "vendors.pem", proxy=Url("http://proxy.test:3128"))
    assert reach(Settings(network=proxied)).ca_file == tmp_path / "vendors.pem"
    own = reach(Settings(network=proxied, notify=NotifySettings(ca_file=tmp_path / "ours.pem")))
    assert (own.ca_file, own.allow, own.proxy) == (tmp_path / "ours.pem", EVERYWHERE, proxied.proxy)


def test_alertmanager_is_reached_past_the_proxy_and_a_webhook_through_it() -> None:
    async def story() -> trial.Verdicts:
        async with receiver() as heard:
            settings = NotifySettings(
                alertmanager=Alertmanager(urls=(Url(heard.url()),)),
                webhooks=(webhook(heard, "near", direct=True), webhook(heard, "far")),
            )
            network = NetworkSettings(proxy=Url(f"http://127.0.0.1:{free_port()}"))
            async with open_ways(Settings(network=network, notify=settings), SYSTEM_CLOCK) as ways:
                return await trial.try_all(settings, ways, SYSTEM_CLOCK, trial.names(settings))

    verdicts = asyncio.run(story())
    assert (verdicts["alertmanager"], verdicts["near"]) == (None, None)
    assert "proxy" in (verdicts["far"] or "")


def test_a_certificate_that_cannot_be_trusted_gets_no_message(tmp_path: Path) -> None:
    async def story(notify: NotifySettings) -> str | None:
        async with site(Reply(200)) as receiving:
            one = Webhook(name="ops", url=Url(receiving.url("/hook")))
            settings = NotifySettings(webhooks=(one,), ca_file=notify.ca_file)
            async with open_ways(Settings(notify=settings), SYSTEM_CLOCK) as ways:
                verdict = (await trial.try_all(settings, ways, SYSTEM_CLOCK, ["ops"]))["ops"]
            assert len(receiving.asked) == (verdict is None)
            return verdict

    assert "certificate" in (asyncio.run(story(NotifySettings())) or "")
    assert asyncio.run(story(NotifySettings(ca_file=ca_file(tmp_path)))) is None


def configure(folder: Path, notify: object) -> None:
    (folder / "config").mkdir()
    (folder / "config/monitor.yaml").write_text(json.dumps({"notify": notify}))


@pytest.mark.slow
def test_the_command_tries_everybody_and_says_why_not(tmp_path: Path) -> None:
    async def story() -> None:
        async with receiver() as heard:
            configure(
                tmp_path,
                {
                    "alertmanager": {"urls": [heard.url("/am"), "http://127.0.0.1:1"]},
                    "webhooks": [{"name": "ops", "url": heard.url("/ops")}, {"name": "chat", "url": "env:CHAT_URL"}],
                },
            )
            all_of_them = await run("notify", "test", folder=tmp_path)
            assert all_of_them.code == 2
            assert all_of_them.out.splitlines() == [
                "alertmanager-1: told",
                "alertmanager-2: not told: 127.0.0.1:1 refused the connection: nothing listens there",
                "ops: told",
                "chat: not told: the secret env:CHAT_URL is missing: the environment has no variable of this name",
            ]
            (sent,) = heard.taken("/ops")
            assert sent.content["alerts"][0]["labels"] == {"alertname": "VendorwatchTest", "severity": "info"}
            assert len(heard.taken("/am/api/v2/alerts")) == 1
            one = await run("notify", "test", "chat", folder=tmp_path, CHAT_URL=heard.url("/chat"))
            assert (one.code, one.out) == (0, "chat: told\n")
            assert (await run("notify", "test", "nobody", folder=tmp_path)).code == 64
            peer = await run("notify", "test", "alertmanager-2", folder=tmp_path)
            assert (peer.code, peer.out.partition(":")[0]) == (2, "alertmanager-2")
            both = await run("notify", "test", "alertmanager", "alertmanager-1", folder=tmp_path)
            assert [line.partition(":")[0] for line in both.out.splitlines()] == ["alertmanager-1", "alertmanager-2"]
            assert len(heard.taken("/am/api/v2/alerts")) == 2

    asyncio.run(story())


@pytest.mark.slow
def test_the_command_shows_what_waits(tmp_path: Path) -> None:
    configure(tmp_path, {"webhooks": [{"name": "ops", "url": "http://127.0.0.1:1/"}]})
    assert asyncio.run(run("notify", "status", folder=tmp_path)).code == 69  # There is no store yet.
    store = open_store(f"sqlite:///{tmp_path}/vendorwatch.db")
    store.write([aside(message(vendor_down(), channel="ops"), message(vendor_down(), channel="old"))])
    claimed = store.claim("ops", after(10), gathered=after(0), until=after(50), most=9)
    assert claimed
    store.failed(claimed, after(10), again=after(15), detail="it answered 503")
    store.close()
    shown = asyncio.run(run("notify", "status", "--format", "json", folder=tmp_path))
    waits = {"waiting": 1, "oldest": "2026-03-01T12:00:00Z", "given_up": 0}
    assert shown.document == {
        "version": 1,
        "channels": [
            {"channel": "old", "configured": False, "direct": False, **waits, "last_failure": ""},
            {"channel": "ops", "configured": True, "direct": False, **waits, "last_failure": "it answered 503"},
        ],
    }
    assert asyncio.run(run("notify", "status", folder=tmp_path)).rows() == [
        "CHANNEL WAITING SINCE GIVEN UP LAST FAILURE",
        "old 1 2026-03-01 12:00 UTC 0 not in monitor.yaml: what waits is given up after a day",
        "ops 1 2026-03-01 12:00 UTC 0 it answered 503",
    ]


@pytest.mark.slow
def test_the_command_says_that_nobody_is_told(tmp_path: Path) -> None:
    configure(tmp_path, {})
    open_store(f"sqlite:///{tmp_path}/vendorwatch.db").close()
    for words in (("notify", "test"), ("notify", "status")):
        said = asyncio.run(run(*words, folder=tmp_path))
        assert "name somebody under notify: in monitor.yaml" in said.err


@pytest.mark.slow
def test_the_command_says_who_is_told_directly(tmp_path: Path) -> None:
    configure(tmp_path, {"alertmanager": {"urls": ["http://127.0.0.1:1", "http://127.0.0.1:2"]}})
    open_store(f"sqlite:///{tmp_path}/vendorwatch.db").close()
    told = "told directly; see vendorwatch_notification_failures_total"
    assert asyncio.run(run("notify", "status", folder=tmp_path)).rows()[1:] == [
        f"alertmanager-1 {told}",
        f"alertmanager-2 {told}",
    ]
    shown = asyncio.run(run("notify", "status", "--format", "json", folder=tmp_path))
    assert shown.document["channels"][0] == {"channel": "alertmanager-1", "configured": True, "direct": True}


@pytest.mark.slow
def test_the_command_lets_be_what_was_given_up_and_lists_it(tmp_path: Path) -> None:
    configure(tmp_path, {"webhooks": [{"name": "ops", "url": "http://127.0.0.1:1/"}]})
    store = open_store(f"sqlite:///{tmp_path}/vendorwatch.db")
    store.write([aside(message(vendor_down(), channel="old"), message(vendor_down("bolt", ends=5), channel="old"))])
    claimed = store.claim("old", after(10), gathered=after(9), until=after(50), most=9)
    assert claimed
    store.failed(claimed, after(600), again=None, detail="it answered 503")
    shown = asyncio.run(run("notify", "forget", "old", folder=tmp_path))
    said = "down for us; its page says operational"
    assert (shown.code, shown.rows()) == (
        0,
        [
            "BEGAN WHAT NOBODY WAS TOLD GIVEN UP WHY",
            f"2026-03-01 12:00 UTC Acme is {said} 2026-03-01 12:10 UTC it answered 503",
            f"2026-03-01 12:00 UTC Bolt is {said} (its end) 2026-03-01 12:10 UTC it answered 503",
            "2 given up of old are forgotten",
        ],
    )
    assert store.queues() == {"old": Queue()}
    assert asyncio.run(run("notify", "forget", "ops", folder=tmp_path)).out == "nothing given up of ops is forgotten\n"
    assert asyncio.run(run("notify", "forget", "nobody", folder=tmp_path)).code == 64
    store.close()
