"""Programs that serve HTTP on loopback, as tests run them: ours, and those it works with.

Each runs from the start to the end of its context, and is ended there by its own process id, whatever became of the test.
In between a test may stop it and start it again, on the same port and with the same folder.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tests.support.waiting import until

END_SECONDS = 10
LOG_TAIL = 3000


def free_address() -> str:
    """An address of loopback on which nothing listens at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


@dataclass
class Program:
    """A program that answers ``/-/ready`` on *listen* with 200 once it is up, and writes what it has to say to *log*."""

    command: Sequence[str]
    listen: str
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    _process: Process | None = None

    @property
    def process(self) -> Process:
        """The process that runs, or ran last."""
        assert self._process, "it was never started"
        return self._process

    async def start(self) -> None:
        """Start it, once more if it has ended, and wait until it is up."""
        await self.launch()
        await until("it is up", self._is_ready_or_gone, bool, lambda _: self.said())
        assert self.process.returncode is None, f"it ended instead of starting\n{self.said()}"

    async def launch(self) -> None:
        """Start it, and do not wait until it is up."""
        with self.log.open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.command, stdout=log, stderr=log, cwd=self.log.parent, env={**os.environ, **self.environment}
            )

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and wait for the end, `END_SECONDS` at most; its exit status."""
        self.process.send_signal(number)
        async with asyncio.timeout(END_SECONDS):
            return await self.process.wait()

    async def get(self, path: str) -> tuple[int, str]:
        """Status and body of one of its pages; 0 when it does not answer."""
        return await asyncio.to_thread(_fetch, Request(f"http://{self.listen}{path}"))

    async def post(self, path: str, content: object) -> tuple[int, str]:
        """What it answers to *content*, sent as JSON."""
        headers = {"Content-Type": "application/json"}
        request = Request(f"http://{self.listen}{path}", json.dumps(content).encode(), headers)
        return await asyncio.to_thread(_fetch, request)

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text()[-LOG_TAIL:]

    async def _is_ready_or_gone(self) -> bool:
        return self.process.returncode is not None or (await self.get("/-/ready"))[0] == 200

    def kill(self) -> None:
        """End it now, if it runs."""
        if self._process and self._process.returncode is None:
            self._process.kill()


def _fetch(request: Request) -> tuple[int, str]:
    try:
        with urlopen(request, timeout=5) as response:  # noqa: S310 - it is http
            return response.status, response.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except (URLError, ConnectionError, TimeoutError):
        return 0, ""


P = TypeVar("P", bound=Program)


@asynccontextmanager
async def running(program: P) -> AsyncIterator[P]:
    """*program*, started, and ended with the context."""
    try:
        await program.start()
        yield program
    finally:
        program.kill()
        if program._process:
            await program.process.wait()
