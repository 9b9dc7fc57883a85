"""The real daemon, told to ask for a token while it runs: seen from outside, with and without it."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from checks.values import Address
from tests.support.daemon import Daemon, daemon
from tests.support.programs import free_address
from tests.support.waiting import until
from tests.support.web import ask


async def statuses(listen: str, token: str | None = None, path: str = "/metrics") -> tuple[int, int]:
    """What is answered to a request for a page, and for whether the process lives."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answers = [await asyncio.to_thread(ask, Address.parse(listen), each, **headers) for each in (path, "/-/healthy")]
    return answers[0][0].status, answers[1][0].status


async def reload(watching: Daemon, settings: str) -> None:
    """Have the daemon read *settings*, whatever comes of it."""
    count = len(watching.events())
    (watching.log.with_name("config") / "monitor.yaml").write_text(settings)
    watching.process.send_signal(signal.SIGHUP)

    async def told() -> list[object]:
        return [event["message"] for event in watching.events()[count:]]

    await until(
        "it was read", told, lambda seen: any("watching" in str(one) or "not taken over" in str(one) for one in seen)
    )


@pytest.mark.slow
def test_a_token_is_asked_for_from_the_reload_on_that_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        listen = free_address()
        quiet = f"listen: {listen}\ncanaries: {{ask: []}}\n"
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "monitor.yaml").write_text(quiet)
        secret = tmp_path / "token"
        async with daemon(tmp_path / "config", listen) as watching:
            assert await statuses(listen) == (200, 200)

            await reload(watching, f"{quiet}access: {{bearer: 'file:{secret}'}}\n")
            assert await statuses(listen) == (401, 200)
            assert await statuses(listen, "t0ken") == (503, 200)
            assert [event for event in watching.events() if f"access: the secret file:{secret}" in str(event["message"])]

            secret.write_text("t0ken\n")
            assert await statuses(listen, "t0ken") == (200, 200)
            assert await statuses(listen, "t0ken", "/-/ready") == (200, 200)

            await reload(watching, f"{quiet}access:\n")
            assert await statuses(listen) == (401, 200), "a mistake leaves it as it was"
            await reload(watching, quiet)
            assert await statuses(listen) == (200, 200)
            assert await watching.stop() == 0
            assert "t0ken" not in watching.log.read_text()

    asyncio.run(story())


@pytest.mark.slow
def test_a_daemon_that_is_open_to_everybody_says_so_at_the_start(tmp_path: Path) -> None:
    async def story() -> None:
        port = Address.parse(free_address()).port
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "monitor.yaml").write_text(f"listen: 0.0.0.0:{port}\ncanaries: {{ask: []}}\n")
        async with daemon(tmp_path / "config", f"127.0.0.1:{port}") as watching:
            told = [event["level"] for event in watching.events() if "whoever reaches it" in str(event["message"])]
            assert told == ["warning"]
            assert await watching.stop() == 0

    asyncio.run(story())
