"""Servers on loopback, real down to the socket: HTTP(S) sites whose answers a function makes, and scripts that misbehave.

Each is an async context manager that listens on a free port and, at its end, leaves no connection behind.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from threading import Thread
from typing import TypeVar

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from monitor.settings import NetworkSettings
from tests.support.certlab import Issued

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""What a server does on one connection, which is closed when it returns."""


@dataclass(frozen=True)
class Asked:
    """A request as it came; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What a site answers. Content-Length is added where *headers* say nothing of the length."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Asked], Reply]


@dataclass
class Listener:
    """A server that runs: where, and how many connections it has had."""

    host: str
    port: int
    connections: int = 0
    _arrival: asyncio.Event = field(default_factory=asyncio.Event)

    def arrived(self) -> None:
        """Count one more connection, once its TLS handshake is over."""
        self.connections += 1
        self._arrival.set()

    async def until(self, connections: int) -> None:
        """Wait until there have been so many connections: a server hears of them later than the client."""
        while self.connections < connections:
            self._arrival.clear()
            await self._arrival.wait()

    @property
    def authority(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass
class Site(Listener):
    """An HTTP site that runs, and what it was asked."""

    scheme: str = "https"
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/", host: str | None = None) -> str:
        """The address of a path, by the listening address or by a name for it."""
        return f"{self.scheme}://{f'{host}:{self.port}' if host else self.authority}{path}"


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
    async with _listening(listener, script, tls):
        yield listener


@asynccontextmanager
async def site(
    answers: Handler | Reply | Sequence[Reply] = Reply(),
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
    async with _listening(made, _http(_handler(answers), made.asked), None if plain else tls or trusted()):
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


@asynccontextmanager
async def _listening(listener: Listener, script: Script, tls: ssl.SSLContext | None) -> AsyncIterator[None]:
    open_tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        open_tasks.add(task)
        listener.arrived()
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):  # Cancelled below, at the end.
                await script(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()
            open_tasks.discard(task)

    server = await asyncio.start_server(serve, listener.host, listener.port, ssl=tls)
    listener.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        await close(server)
        left = [*open_tasks]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0)


async def close(server: asyncio.Server) -> None:
    """Stop listening. What was accepted before goes on.

    A server that is closed while it accepts forgets the connection (python/cpython's `Server._attach` asserts): first it
    stops listening, then what was accepted gets its turn.
    """
    asyncio.get_running_loop().remove_reader(server.sockets[0].fileno())
    await asyncio.sleep(0)
    server.close()


def _handler(answers: Handler | Reply | Sequence[Reply]) -> Handler:
    if callable(answers):
        return answers
    replies = [answers] if isinstance(answers, Reply) else list(answers)
    return lambda _: replies.pop(0) if len(replies) > 1 else replies[0]


def _http(handler: Handler, asked: list[Asked]) -> Script:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await read_request(reader):
            asked.append(request)
            writer.write(wire(handler(request), head_only=request.method == "HEAD"))
            await writer.drain()
            if request.headers.get("connection") == "close":
                return

    return script


async def read_request(reader: asyncio.StreamReader) -> Asked | None:
    """The next request on a connection, None when there is none."""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return Asked(method, target, headers, await reader.readexactly(int(headers.get("content-length", "0"))))
    return None


def wire(reply: Reply, *, head_only: bool = False) -> bytes:
    """*reply* as bytes."""
    headers = dict(reply.headers)
    if not {"content-length", "transfer-encoding"} & {name.lower() for name in headers}:
        headers["Content-Length"] = str(len(reply.body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {reply.status} Made\r\n{lines}\r\n".encode("latin-1") + (b"" if head_only else reply.body)


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
