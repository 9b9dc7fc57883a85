"""Servers on loopback as tests need them: those of the demo, counted and with certificates, and scripts that misbehave.

Each is an async context manager that listens on a free port and, at its end, leaves no connection behind.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from threading import Thread
from typing import TypeVar

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from monitor.demo.serving import Asked, Handler, Reply, Script, close, http, listening, read_request, wire
from monitor.demo.serving import Listener as PlainListener
from monitor.demo.serving import Site as PlainSite
from monitor.settings import NetworkSettings
from tests.support.certlab import Issued

__all__ = [
    "LOOPBACK",
    "Asked",
    "Handler",
    "Listener",
    "Reply",
    "Script",
    "Site",
    "authority",
    "ca_file",
    "close",
    "cut",
    "drips",
    "elsewhere",
    "free_port",
    "free_ports",
    "has_ipv6",
    "presenting",
    "read_request",
    "resetting",
    "says",
    "serving",
    "settings",
    "silent",
    "site",
    "trusted",
    "wire",
]

NOTHING = Reply()
"""An answer with nothing in it."""
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass
class Listener(PlainListener):
    """A server that runs: where, and how many connections it has had."""

    connections: int = 0
    _arrival: asyncio.Event = field(default_factory=asyncio.Event)

    def counting(self, script: Script) -> Script:
        """*script*, with each connection counted first, once its TLS handshake is over."""

        async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            self._arrival.set()
            await script(reader, writer)

        return counted

    async def until(self, connections: int) -> None:
        """Wait until there have been so many connections: a server hears of them later than the client."""
        while self.connections < connections:
            self._arrival.clear()
            await self._arrival.wait()


@dataclass
class Site(Listener, PlainSite):
    """An HTTP site that runs, and what it was asked."""

    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/", host: str | None = None) -> str:
        """The address of a path, by the listening address or by a name for it."""
        return f"{self.scheme}://{host}:{self.port}{path}" if host else super().url(path)

    def recording(self, handler: Handler) -> Handler:
        """*handler*, with each request noted first."""

        def answer(asked: Asked) -> Reply:
            self.asked.append(asked)
            return handler(asked)

        return answer


Served = TypeVar("Served", bound=Listener)


@cache
def authority() -> trustme.CA:
    """The one authority of all tests that do not need another."""
    return trustme.CA()


def ca_file(folder: Path) -> Path:
    """The root of `authority` as a PEM file in *folder*."""
    path = folder / "ca.pem"
    authority().cert_pem.write_to_path(str(path))
    return path


def settings(folder: Path, **others: object) -> NetworkSettings:
    """A network that may reach loopback and trusts `authority`."""
    return NetworkSettings(**{"ca_file": ca_file(folder), "allow": LOOPBACK, **others})  # type: ignore[arg-type]


@cache
def trusted() -> ssl.SSLContext:
    """The server side of TLS for localhost, under `authority`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert("localhost", "127.0.0.1", "::1").configure_cert(context)
    return context


def presenting(folder: Path, *chain: Issued) -> ssl.SSLContext:
    """The server side of TLS with a chain of the certificate laboratory, leaf first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = folder / "chain.pem"
    key = chain[0].key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(key + b"".join(each.certificate.public_bytes(Encoding.PEM) for each in chain))
    context.load_cert_chain(pem)
    return context


@asynccontextmanager
async def serving(
    script: Script, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[Listener]:
    """Run *script* on each connection to *port*, a free one unless told otherwise."""
    listener = Listener(host, port)
    async with listening(listener, listener.counting(script), tls):
        yield listener


@asynccontextmanager
async def site(
    answers: Handler | Reply | Sequence[Reply] = NOTHING,
    *,
    tls: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    plain: bool = False,
) -> AsyncIterator[Site]:
    """An HTTP/1.1 site that keeps connections: HTTPS under `authority`, on a free port, unless told otherwise.

    It answers what a handler makes of each request, one reply always, or several in turn and the last one from then on.
    """
    made = Site(host, port, scheme="http" if plain else "https")
    script = made.counting(http(made.recording(_handler(answers))))
    async with listening(made, script, None if plain else tls or trusted()):
        yield made


@contextmanager
def elsewhere(server: Callable[[], AbstractAsyncContextManager[Served]]) -> Iterator[Served]:
    """Run a server in a thread with a loop of its own, for tests that have none or count what is in theirs."""
    up: Future[tuple[Served, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        async with server() as running:
            over = asyncio.Event()
            up.set_result((running, asyncio.get_running_loop(), over))
            await over.wait()

    thread = Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    running, loop, over = up.result(timeout=10)
    try:
        yield running
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()


def _handler(answers: Handler | Reply | Sequence[Reply]) -> Handler:
    if callable(answers):
        return answers
    replies = [answers] if isinstance(answers, Reply) else list(answers)
    return lambda _: replies.pop(0) if len(replies) > 1 else replies[0]


def says(content: bytes, *, first_reads: bool = True) -> Script:
    """Say *content*, by default once the peer has said something, and hang up."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if first_reads:
            await reader.read(65_536)
        writer.write(content)
        await writer.drain()

    return script


def drips(content: bytes, seconds: float) -> Script:
    """Say one byte of *content* at a time, over and over."""

    async def script(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            for byte in content:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(seconds)

    return script


async def silent(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    """Say nothing, for ever."""
    await asyncio.Event().wait()


async def resetting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Cut the connection once the peer has said something."""
    await reader.read(65_536)
    cut(writer)


def cut(writer: asyncio.StreamWriter) -> None:
    """Hang up with a reset instead of a farewell."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def free_port(host: str = "127.0.0.1") -> int:
    """A port on which nothing listens just now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def free_ports(count: int) -> list[int]:
    """Ports of loopback on which nothing listens at this moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


@cache
def has_ipv6() -> bool:
    """Whether this machine has an IPv6 loopback."""
    try:
        return free_port("::1") > 0
    except OSError:
        return False
