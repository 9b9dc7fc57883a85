"""Reading the configuration again: what is told of a change that is not taken over."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from monitor.catalogue import Catalogue, load
from monitor.reloads import Reloads, Source
from monitor.state import Held
from monitor.store.sql import open_store
from monitor.wishes import Wishes
from tests.support.daemon import COMMAND, Daemon
from tests.support.programs import free_address, running
from tests.support.waiting import until

SETTINGS = "listen: 127.0.0.1:9877\nnetwork: {allow: [10.0.0.0/8]}\n"


class Taker:
    """Ends the story with the first configuration it is given."""

    def __init__(self, wishes: Wishes) -> None:
        self.wishes = wishes
        self.given: Catalogue | None = None

    def adopt(self, catalogue: Catalogue, restored: Mapping[str, Held]) -> None:
        assert not restored
        self.given = catalogue
        self.wishes.stop.set()

    def refused(self) -> None:
        pytest.fail("it has no mistakes")


def told(folder: Path, caplog: pytest.LogCaptureFixture, changed: str, *, is_told_where: bool) -> list[str]:
    """What the log says once the settings are *changed*."""
    config = folder / "config"
    (config / "vendors").mkdir(parents=True)
    (config / "monitor.yaml").write_text(SETTINGS)
    catalogue = load(config)

    async def story() -> None:
        wishes = Wishes()
        taker = Taker(wishes)
        with closing(open_store("sqlite:///store.db", folder)) as store:
            reloads = Reloads(catalogue, Source(config, is_told_where), store, wishes, taker)
            (config / "monitor.yaml").write_text(changed)
            wishes.reload.set()
            await asyncio.wait_for(reloads.keep_up(), 20)
        assert taker.given == load(config)

    with caplog.at_level(logging.WARNING, "monitor.reloads"):
        asyncio.run(story())
    return caplog.messages


@pytest.mark.parametrize(
    ("is_told_where", "when"), [(False, "takes effect after a restart"), (True, "has no effect: --listen goes before it")]
)
def test_a_new_address_to_listen_on_is_told_to_wait_or_to_be_for_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, when: str, *, is_told_where: bool
) -> None:
    changed = SETTINGS.replace("9877", "9878").replace("10.0.0.0", "11.0.0.0")
    assert told(tmp_path, caplog, changed, is_told_where=is_told_where) == [
        f"listen: changed in monitor.yaml, {when}",
        "network: changed in monitor.yaml, takes effect after a restart",
    ]


def test_what_is_taken_over_at_once_is_not_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert told(tmp_path, caplog, f"{SETTINGS}confirm: {{fall: 7}}\n", is_told_where=True) == []


@pytest.mark.slow
def test_a_daemon_that_was_told_where_to_listen_says_that_the_file_is_for_nothing(tmp_path: Path) -> None:
    where = free_address()
    settings = tmp_path / "config" / "monitor.yaml"
    (settings.parent / "vendors").mkdir(parents=True)
    settings.write_text(f"listen: {free_address()}\ncanaries: {{ask: []}}\n")

    async def told(watching: Daemon) -> list[object]:
        return [event["message"] for event in watching.events() if event["logger"] == "monitor.reloads"]

    async def story() -> None:
        command = [COMMAND, "run", "--config", str(settings.parent), "--listen", where]
        async with running(Daemon(command, where, tmp_path / "log")) as watching:
            settings.write_text(settings.read_text().replace("listen: ", "listen: localhost:1 # "))
            watching.process.send_signal(signal.SIGHUP)
            found = await until("it was read again", lambda: told(watching), bool)
            assert found == ["listen: changed in monitor.yaml, has no effect: --listen goes before it"]

    asyncio.run(story())
