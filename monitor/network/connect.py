"""One TCP connection to the first of several addresses that answers (RFC 8305, Happy Eyeballs).

The next address is tried when the one before failed or said nothing for `HEAD_START_SECONDS`; families take turns, IPv6
first where nobody wants otherwise. All attempts but the winner are closed before anybody hears of it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from ipaddress import IPv4Address, IPv6Address
from itertools import zip_longest

from checks.model import Reason, Unseen
from checks.network import Family
from checks.values import Address
from monitor.network.failures import unseen
from monitor.network.guard import IPAddress
from monitor.network.stream import SocketStream

HEAD_START_SECONDS = 0.25
"""The Connection Attempt Delay that RFC 8305, section 5, recommends."""
MAX_ATTEMPTS = 6


async def connect(addresses: Sequence[IPAddress], port: int, first: Family = "ipv6") -> tuple[IPAddress, SocketStream]:
    """Connect to one of *addresses*, those of the family *first* before the others, and say to which.

    Raises `Unseen` when none of them answers: with the reason of the first one, unless that says only that this host has
    no way there.
    """
    tried = in_turns(addresses, first)[:MAX_ATTEMPTS]
    if len(tried) == 1:
        return tried[0], await _attempt(tried[0], port)
    race = _Race()
    try:
        return await race.run(tried, port)
    finally:
        await race.end()


def in_turns(addresses: Sequence[IPAddress], first: Family = "ipv6") -> tuple[IPAddress, ...]:
    """The addresses, each family's in their order, taking turns (RFC 8305, section 4); the family *first* begins."""
    six = [address for address in addresses if isinstance(address, IPv6Address)]
    four = [address for address in addresses if isinstance(address, IPv4Address)]
    turns = zip_longest(six, four) if first == "ipv6" else zip_longest(four, six)
    return tuple(address for turn in turns for address in turn if address)


async def _attempt(address: IPAddress, port: int) -> SocketStream:
    family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
    with ExitStack() as undo:
        try:
            opened = undo.enter_context(socket.socket(family, socket.SOCK_STREAM))
            opened.setblocking(False)  # noqa: FBT003 - that is its only argument
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.get_running_loop().sock_connect(opened, (str(address), port))
        except OSError as error:
            raise unseen(error, str(Address(str(address), port))) from error
        undo.pop_all()
        return SocketStream(opened)


class _Race:
    """Attempts under way. Who starts a race ends it, so that no attempt outlives it."""

    def __init__(self) -> None:
        self._running: dict[asyncio.Task[SocketStream], IPAddress] = {}
        self._failures: list[Unseen] = []

    async def run(self, addresses: Sequence[IPAddress], port: int) -> tuple[IPAddress, SocketStream]:
        for address in addresses:
            self._running[asyncio.create_task(_attempt(address, port))] = address
            is_last = address is addresses[-1]
            if winner := await self._wait(None if is_last else HEAD_START_SECONDS):
                return winner
        while self._running:
            if winner := await self._wait(None):
                return winner
        raise self._verdict()

    async def end(self) -> None:
        """Cancel what still runs, and hang up where it was too late to cancel."""
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.wait(self._running)
        for task in self._running:
            if not task.cancelled() and not task.exception():
                task.result().close()

    async def _wait(self, seconds: float | None) -> tuple[IPAddress, SocketStream] | None:
        """The first attempt to succeed; None once one has failed or the time is over."""
        done, _ = await asyncio.wait(self._running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            address = self._running[task]
            error = task.exception()
            if not error:
                del self._running[task]
                return address, task.result()
            if not isinstance(error, Unseen):
                raise error
            del self._running[task]
            self._failures.append(error)
        return None

    def _verdict(self) -> Unseen:
        telling = (failure for failure in self._failures if failure.failure.reason is not Reason.OFFLINE)
        return next(telling, self._failures[0])
