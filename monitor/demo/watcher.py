"""The daemon, as the demo runs it: a process of its own, on a configuration folder that is made for it.

It ends with the demo, also where the demo is killed outright: it is asked to stop as soon as nobody holds the other end of
its standard input any more.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from monitor.demo.world import World
from monitor.threads import in_thread

PREFERRED = "127.0.0.1:9877"
"""Where a daemon listens by default, so that what people know works."""
_START_SECONDS = 60.0
_END_SECONDS = 12.0
_STEP_SECONDS = 0.1
_LOG_TAIL = 2000
_PROGRAM = """\
import os, signal, threading
def end():
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=end, daemon=True).start()
from monitor.cli import main
main()
"""
"""What the daemon's interpreter is told: to run the program, and to end it with standard input."""
_DIRECTLY = build_opener(ProxyHandler({}))
"""What is on loopback is no web proxy's, whatever the environment says of one."""


class WatcherEnded(Exception):  # noqa: N818 - said to people as it stands
    """The daemon did not start, or is gone; with the end of its log."""


class Watcher:
    """A daemon that runs, and answers on *listen*."""

    def __init__(self, process: Process, listen: str, log: Path) -> None:
        self._process = process
        self._log = log
        self.listen = listen

    async def metrics(self) -> str:
        """Its page of metrics; empty where it does not answer just now. Raises `WatcherEnded`."""
        if self._process.returncode is not None:
            msg = f"the daemon ended with {self._process.returncode}:\n{self._log.read_text()[-_LOG_TAIL:]}"
            raise WatcherEnded(msg)
        with suppress(URLError, OSError):
            return await in_thread(_fetch, f"http://{self.listen}/metrics")
        return ""

    async def ready(self) -> None:
        """Wait until it answers. Raises `WatcherEnded`, also when it does not within a minute."""
        for _ in range(int(_START_SECONDS / _STEP_SECONDS)):
            if await self.metrics():
                return
            await asyncio.sleep(_STEP_SECONDS)
        msg = f"the daemon does not answer on {self.listen}:\n{self._log.read_text()[-_LOG_TAIL:]}"
        raise WatcherEnded(msg)

    def pause(self) -> None:
        """Stop for as long as the demo itself is stopped, which happens now: vendors that cannot answer are not down."""
        self._process.send_signal(signal.SIGSTOP)
        os.kill(os.getpid(), signal.SIGSTOP)
        self._process.send_signal(signal.SIGCONT)

    async def stop(self) -> None:
        """End it, by force where it takes too long."""
        with suppress(ProcessLookupError, TimeoutError):
            self._process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(_END_SECONDS):
                await self._process.wait()
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


def _fetch(url: str) -> str:
    with _DIRECTLY.open(url, timeout=5) as response:
        content: bytes = response.read()
    return content.decode()


@asynccontextmanager
async def watching(directory: Path, listen: str) -> AsyncIterator[Watcher]:
    """The daemon on the configuration in *directory*, which says that it listens on *listen*; ended with the context.

    It has a session of its own, so that Ctrl-C reaches the demo alone, which ends it in order. Ctrl-Z stops both.
    """
    log, loop = directory.with_name("daemon.log"), asyncio.get_running_loop()
    command = (sys.executable, "-P", "-c", _PROGRAM, "run", "--config", str(directory))
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=file, stderr=file, cwd=directory, start_new_session=True
        )
    watcher = Watcher(process, listen, log)
    loop.add_signal_handler(signal.SIGTSTP, watcher.pause)
    try:
        yield watcher
    finally:
        loop.remove_signal_handler(signal.SIGTSTP)
        await watcher.stop()


def free_address() -> str:
    """`PREFERRED` where nothing listens there, else an address with a free port."""
    host, _, port = PREFERRED.rpartition(":")
    for number in (int(port), 0):
        with suppress(OSError), socket.create_server((host, number)) as server:
            return f"{host}:{server.getsockname()[1]}"
    return PREFERRED  # Not even a free port: the daemon will say what is wrong.


def write_config(folder: Path, listen: str, world: World, every: Mapping[str, str]) -> Path:
    """A configuration folder below *folder*, where ``ca.pem`` is, that watches *world*; each check *every* so often."""
    directory = folder / "config"
    (directory / "vendors").mkdir(parents=True)
    checks = ", ".join(f"{name}: {{every: {interval}}}" for name, interval in every.items())
    asked = "".join(f"\n    - {{operator: {name}, tcp: ['{where}']}}" for name, where in world.canaries.items())
    (directory / "monitor.yaml").write_text(
        "# Made by vendorwatch demo. Intervals are short here, because an hour takes minutes.\n"
        f"listen: {listen}\n"
        f"checks: {{{checks}}}\n"
        "confirm: {fall: 3, rise: 2, after: 1s, apart: 3s}\n"
        "network: {ca_file: ../ca.pem, allow: [127.0.0.0/8]}\n"
        f"canaries:\n  every: 2s\n  grace: 3s\n  ask:{asked}\n"
    )
    for vendor in world.vendors.values():
        (directory / "vendors" / f"{vendor.slug}.yaml").write_text(vendor.file(every["endpoint"]))
    return directory
