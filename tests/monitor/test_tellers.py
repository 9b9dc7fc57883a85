"""Whoever tells people goes from one configuration to the next, and a bug in telling ends nothing else."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from checks.values import Url
from monitor import tellers
from monitor.clock import SYSTEM_CLOCK
from monitor.notify.notifier import Notifier
from monitor.notify.ways import Ways
from monitor.receivers import NotifySettings, Webhook
from monitor.store.sql import open_store
from monitor.tellers import Tellers
from tests.support.network import FakeNetwork

HOOK = Webhook(name="ops", url=Url("http://127.0.0.1:1/"))


def made(folder: Path) -> Tellers:
    network = FakeNetwork()
    return Tellers(Ways(network, network), open_store("sqlite:///t.db", folder), SYSTEM_CLOCK, lambda: True)


def test_routes_are_those_of_the_newest_settings(tmp_path: Path) -> None:
    async def story() -> None:
        telling = made(tmp_path)
        running = asyncio.ensure_future(telling.run())
        await asyncio.sleep(0)
        assert not telling.routes
        telling.adopt(NotifySettings(webhooks=(HOOK,)), ())
        await asyncio.sleep(0)
        assert [route.channel for route in telling.routes] == ["ops"]
        telling.wake()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert running.cancelled()

    asyncio.run(story())


def test_a_bug_in_telling_is_logged_and_telling_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    begun: asyncio.Queue[Notifier] = asyncio.Queue()

    async def breaks(notifier: Notifier) -> None:
        await begun.put(notifier)
        raise RuntimeError

    monkeypatch.setattr(Notifier, "run", breaks)
    monkeypatch.setattr(tellers, "AGAIN_SECONDS", 0.01)

    async def story() -> None:
        running = asyncio.ensure_future(made(tmp_path).run())
        async with asyncio.timeout(10):
            await begun.get()
            await begun.get()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    with caplog.at_level(logging.ERROR):
        asyncio.run(story())
    assert "telling people broke" in caplog.text


def test_a_team_that_owns_no_vendor_is_named_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    typo, fine = replace(HOOK, teams=("payments", "platfrom")), replace(HOOK, name="all", teams=("platform",))
    made(tmp_path).adopt(NotifySettings(webhooks=(typo, fine, replace(HOOK, name="any"))), {"payments", "platform", ""})
    (record,) = caplog.records
    assert (record.levelno, vars(record)["channel"], vars(record)["teams"]) == (logging.WARNING, "ops", "platfrom")
