"""The demo as a person runs it, a process of its own, and what it says; also for whoever wants to see the board alive.

async with demo(folder, minutes=1) as running:
    await running.until_said("payments state +up -> down")
    await running.fetch("/")                # or point a browser at running.address
"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

COMMAND = str(Path(sys.executable).with_name("vendorwatch"))
SAID_SECONDS = 120.0
A_PROXY = {"http_proxy": "http://127.0.0.1:1", "HTTPS_PROXY": "http://127.0.0.1:1"}
"""A proxy as an office has one, but out of order: nobody of the demo may ask it for what is on loopback."""
_DIRECTLY = build_opener(ProxyHandler({}))


@dataclass
class RunningDemo:
    """A demo that runs, with all that it *said*; its folder is below *folder*."""

    process: Process
    folder: Path
    said: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The address of the board; it is said at the start."""
        return self._told("the board")

    @property
    def config(self) -> Path:
        """The daemon's configuration folder."""
        return Path(self.look_yourself[-1])

    @property
    def look_yourself(self) -> list[str]:
        """The command that it says to try."""
        return shlex.split(self._told("look yourself"))

    async def until_said(self, pattern: str) -> str:
        """The next line that has *pattern*; fails with all that was said when none comes, or not soon."""
        assert self.process.stdout
        async with asyncio.timeout(SAID_SECONDS):
            while line := (await self.process.stdout.readline()).decode():
                self.said.append(line.rstrip("\n"))
                if re.search(pattern, line):
                    return self.said[-1]
        raise AssertionError(f"{pattern!r} was never said:\n" + "\n".join(self.said))

    async def fetch(self, path: str) -> str:
        """A page of the daemon's."""
        return await asyncio.to_thread(_fetch, f"{self.address.rstrip('/')}{path}")

    def _told(self, what: str) -> str:
        return next(line.partition(what)[2].strip() for line in self.said if what in line)


def _fetch(url: str) -> str:
    with _DIRECTLY.open(url, timeout=5) as response:
        content: bytes = response.read()
    return content.decode()


@asynccontextmanager
async def demo(folder: Path, *arguments: str, minutes: float = 1) -> AsyncIterator[RunningDemo]:
    """A demo that keeps its files below *folder*, once it has begun; ended with the context, if it has not by itself."""
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONUNBUFFERED": "", **A_PROXY}
    process = await asyncio.create_subprocess_exec(
        COMMAND, "demo", "--minutes", str(minutes), *arguments, stdout=PIPE, stderr=PIPE, env=environment
    )
    running = RunningDemo(process, folder)
    try:
        await running.until_said("^09:00 ")
        yield running
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()
