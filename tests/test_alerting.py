"""Alerts that arrive: the real daemon, Prometheus and Alertmanager on loopback, and a receiver that keeps what it is sent.

The routes are those of the shipped Alertmanager configuration, so a page is what comes to its receiver ``pager``.
"""

from __future__ import annotations

import asyncio
import base64
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.alertmanager import alertmanager, sped_up
from tests.support.daemon import Daemon, value
from tests.support.programs import free_address
from tests.support.prometheus import RULES, prometheus
from tests.support.receiver import Mood, Receiver, receiver
from tests.support.stage import ROUTES, has_failed, is_broken, is_well, look_on, posting, pushing, watched
from tests.support.told import DOWN, OVER, alone, began, fallen, identity, told

pytestmark = pytest.mark.slow
PAGER = "/pager"
KEY = b"a key that nobody else has, 32 b"
SECRET = {"HOOK_SECRET": f"whsec_{base64.b64encode(KEY).decode()}"}


def test_a_vendor_breaks_and_a_page_arrives_and_it_recovers_and_so_does_the_page(tmp_path: Path) -> None:
    async def story() -> None:
        listen = free_address()
        async with (
            receiver() as takes,
            alertmanager(tmp_path, sped_up(ROUTES, takes.url())) as routing,
            prometheus(tmp_path, listen, [routing.listen], RULES.glob("*.yml")),
            watched(tmp_path, listen=listen) as (world, _),
        ):
            await takes.until("the dead man's switch is held", bool, "/dead-mans-switch")
            world.acme.api_status = 503
            (page,) = await takes.until("the page", bool, PAGER)
            assert told(page) == DOWN
            world.acme.api_status = 200
            _, over = await takes.until("the all-clear", lambda came: len(came) > 1, PAGER)
            assert told(over) == OVER
            assert began(over) == began(page)

    asyncio.run(story())


def test_what_is_pushed_to_alertmanager_is_the_same_alert_after_the_daemon_was_killed(tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            receiver() as takes,
            alertmanager(tmp_path, sped_up(ROUTES, takes.url())) as routing,
            watched(tmp_path, notify=pushing(routing.listen)) as (world, watching),
        ):
            world.acme.api_status = 503
            (page,) = await takes.until("the page", bool, PAGER)
            assert told(page) == DOWN
            assert began(page) == pytest.approx(await _first_failure(watching), abs=0.001)
            await watching.stop(signal.SIGKILL)
            await watching.start()
            await routing.until_received("firing", await routing.received("firing") + 2)
            assert takes.taken(PAGER) == [page]
            assert await routing.received("resolved") == 0
            world.acme.api_status = 200
            _, over = await takes.until("the all-clear", lambda came: len(came) > 1, PAGER)
            assert told(over) == OVER
            assert began(over) == began(page)

    asyncio.run(story())


async def _first_failure(watching: Daemon) -> float | None:
    return value(await watching.series(), "vendor_outage_started_timestamp_seconds", vendor="acme")


def test_an_alertmanager_that_was_away_learns_what_began_and_what_ended_meanwhile(tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            receiver() as takes,
            alertmanager(tmp_path, sped_up(ROUTES, takes.url())) as routing,
            watched(tmp_path, notify=pushing(routing.listen)) as (world, watching),
        ):
            await routing.stop()
            world.acme.api_status = 503
            await watching.until("it is down", is_broken)
            await watching.until("nobody hears it", has_failed("alertmanager"))
            await routing.start()
            (page,) = await takes.until("the page", bool, PAGER)
            assert told(page) == DOWN
            await routing.stop()
            world.acme.api_status = 200
            await watching.until("it is up", is_well)
            await routing.start()
            _, over = await takes.until("the all-clear", lambda came: len(came) > 1, PAGER)
            assert told(over) == OVER

    asyncio.run(story())


def test_each_peer_is_told_the_same_and_one_that_is_away_delays_no_other(tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            receiver() as takes,
            alertmanager(tmp_path, sped_up(ROUTES, takes.url("/here")), "here") as here,
            alertmanager(tmp_path, sped_up(ROUTES, takes.url("/there")), "there") as there,
            watched(tmp_path, notify=pushing(here.listen, there.listen)) as (world, _),
        ):
            await there.stop()
            world.acme.api_status = 503
            (page,) = await takes.until("the page", bool, f"/here{PAGER}")
            await there.start()
            (same,) = await takes.until("the other's page", bool, f"/there{PAGER}")
            assert told(page) == told(same) == DOWN
            assert identity(page) == identity(same)

    asyncio.run(story())


def test_what_a_receiver_did_not_take_comes_later_once_and_in_order(tmp_path: Path) -> None:
    async def story() -> None:
        async with receiver() as takes, watched(tmp_path, environment=SECRET, notify=posting(takes)) as (world, watching):
            takes.mood = Mood.FAILS
            world.acme.api_status = 503
            await watching.until("it was not taken", has_failed("hook"))
            world.acme.api_status = 200
            await watching.until("it is over", is_well)
            takes.mood = Mood.TAKES
            outage, over = await takes.until("both messages", lambda came: len(came) > 1)
            assert [each.content["alerts"][0]["status"] for each in (outage, over)] == ["firing", "resolved"]
            assert outage.is_signed(KEY)
            assert over.is_signed(KEY)
            assert {each.id for each in takes.came[:-1]} == {outage.id} != {over.id}

    asyncio.run(story())


def _is_stored(watching: Daemon, takes: Receiver) -> bool:
    return watching.rows("SELECT stage FROM message") == [("waiting",)] and not takes.came


def _hangs(_: Daemon, takes: Receiver) -> bool:
    return len(takes.came) == 1


@pytest.mark.parametrize("moment", [_is_stored, _hangs], ids=["before it is sent", "while the receiver hangs"])
def test_a_daemon_killed_between_the_outage_and_its_message_sends_exactly_one(
    tmp_path: Path, moment: Callable[[Daemon, Receiver], bool]
) -> None:
    async def story() -> None:
        async with receiver() as takes, watched(tmp_path, environment=SECRET, notify=posting(takes)) as (world, watching):
            takes.mood = Mood.HANGS
            world.acme.api_status = 503
            await watching.until("the moment", lambda _: moment(watching, takes))
            await watching.stop(signal.SIGKILL)
            _let_a_minute_pass(tmp_path)
            takes.mood = Mood.TAKES
            await watching.start()
            (outage,) = await takes.until("the message", bool)
            await watching.until("it is written down", lambda _: watching.rows("SELECT stage FROM message") == [("sent",)])
            assert {each.id for each in takes.came} == {outage.id}
            assert takes.taken() == [outage]

    asyncio.run(story())


def _let_a_minute_pass(folder: Path) -> None:
    """Have the claim of a killed daemon run out, as if it had been dead for a while."""
    with closing(sqlite3.connect(folder / "vendorwatch.db")) as store, store:
        store.execute("UPDATE message SET due_at = at WHERE due_at IS NOT NULL")


def test_our_own_network_is_cut_and_no_vendor_is_blamed(tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            receiver() as takes,
            alertmanager(tmp_path, sped_up(ROUTES, takes.url())) as routing,
            watched(tmp_path, notify=pushing(routing.listen)) as (world, watching),
        ):
            await world.vanish()
            await takes.until("our own alert", bool, PAGER)
            assert not is_broken(await look_on(watching))
            await world.appear()
            await takes.until("our own all-clear", lambda came: len(came) > 1, PAGER)
            await watching.until("all is well", is_well)
            await look_on(watching)
            suspect = "VendorwatchEgressSuspect"
            assert [told(each) for each in takes.came] == [alone("firing", suspect), alone("resolved", suspect)]
            assert watching.rows("SELECT count(*) FROM transition WHERE after = 'down'") == [(0,)]

    asyncio.run(story())


CROWD = 199


def test_two_hundred_vendors_fail_at_once_and_a_few_messages_name_them_all(tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            receiver() as takes,
            alertmanager(tmp_path, sped_up(ROUTES, takes.url(), wait="5s")) as routing,
            watched(tmp_path, environment=SECRET, notify=pushing(routing.listen) | posting(takes), crowd=CROWD) as (
                world,
                watching,
            ),
        ):
            world.acme.api_status = 503
            await watching.until_counted("down", CROWD + 1)
            pages = await takes.until("all are paged", lambda came: len(fallen(came)) == CROWD + 1, PAGER)
            posted = await takes.until("all are posted", lambda came: len(fallen(came)) == CROWD + 1, "/hook")
            assert len(pages) <= 6
            assert len(posted) <= 6

    asyncio.run(story())
