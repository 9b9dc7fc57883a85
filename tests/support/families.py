"""A vendor of two address families: one name, one port on 127.0.0.1 and on ::1, and an answer of its own over each."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, partial

from checks.network import Family
from checks.values import Address
from tests.support.nameserver import addresses, name_server
from tests.support.servers import Reply, authority, read_request, wire

NAME = "two.test"
_HOSTS: Mapping[Family, str] = {"ipv4": "127.0.0.1", "ipv6": "::1"}
_SOCKETS: Mapping[Family, socket.AddressFamily] = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
_ATTEMPTS = 20


@dataclass
class TwoFamilies:
    """Its port, the name server that knows it, what it *answers* over each family, and over which it was *met*, in order.

    Where it has no answer it hangs up as soon as it was asked.
    """

    port: int
    names: Address
    answers: dict[Family, Reply | None]
    met: list[Family] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}/"

    async def serve(self, family: Family, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.met.append(family)
        reply = self.answers.get(family)
        try:
            if await read_request(reader) and reply:
                writer.write(wire(reply))
                await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def two_families(ipv4: Reply | None = None, ipv6: Reply | None = None) -> AsyncIterator[TwoFamilies]:
    """Run one."""
    zone = {NAME: addresses(*_HOSTS.values())}
    async with AsyncExitStack() as stack:
        names = await stack.enter_async_context(name_server(zone))
        port, sockets = _same_port()
        vendor = TwoFamilies(port, names.address, {"ipv4": ipv4, "ipv6": ipv6})
        for family, listener in sockets.items():
            server = await asyncio.start_server(partial(vendor.serve, family), sock=listener, ssl=_context())
            stack.callback(server.close)
        yield vendor
        await asyncio.sleep(0)


@cache
def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert(NAME).configure_cert(context)
    return context


def _same_port() -> tuple[int, dict[Family, socket.socket]]:
    """A port that is free on both loopbacks, and a listener of each family on it."""
    for _ in range(_ATTEMPTS):
        with ExitStack() as undo:
            first = undo.enter_context(socket.create_server((_HOSTS["ipv4"], 0)))
            port: int = first.getsockname()[1]
            try:
                second = socket.create_server((_HOSTS["ipv6"], port), family=_SOCKETS["ipv6"])
            except OSError:
                continue
            undo.pop_all()
            return port, {"ipv4": first, "ipv6": second}
    msg = f"no port is free on {' and '.join(_HOSTS.values())}"
    raise OSError(msg)
