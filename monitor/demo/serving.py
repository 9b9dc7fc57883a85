"""Servers on loopback, real down to the socket: HTTP(S) sites whose answers a function makes, and scripts for connections.

They serve what is simulated, and understand as much of HTTP/1.1 (RFC 9112) as that takes: a request with or without a
Content-Length, connections that are kept. Each is an async context manager that listens on a free port unless told
otherwise, and leaves no connection behind at its end.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

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
    """What a site answers, *after* so many seconds. Content-Length is added where *headers* say nothing of the length."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0


Handler = Callable[[Asked], Reply]


@dataclass
class Listener:
    """A server that runs, and where; port 0 until it does, unless it was told one."""

    host: str
    port: int = 0

    @property
    def authority(self) -> str:
        """Host and port as a URL has them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass
class Site(Listener):
    """An HTTP site that runs."""

    scheme: str = "https"

    def url(self, path: str = "/") -> str:
        """The address of a path."""
        return f"{self.scheme}://{self.authority}{path}"


@asynccontextmanager
async def serving(script: Script, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Listener]:
    """Run *script* on each connection."""
    listener = Listener(host, port)
    async with listening(listener, script):
        yield listener


@asynccontextmanager
async def site(
    handler: Handler, *, tls: ssl.SSLContext | None, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[Site]:
    """A site that answers what *handler* makes of each request; without *tls* over plain HTTP."""
    made = Site(host, port, scheme="https" if tls else "http")
    async with listening(made, http(handler), tls):
        yield made


@asynccontextmanager
async def listening(listener: Listener, script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[None]:
    """Have *listener* run *script* on each connection while the context is open; connections end with it."""
    open_tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task  # noqa: S101 - asyncio runs this in one
        open_tasks.add(task)
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


def http(handler: Handler) -> Script:
    """The script of an HTTP site: it answers requests until the client goes, or says that it will."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await read_request(reader):
            reply = handler(request)
            await asyncio.sleep(reply.after)
            writer.write(wire(reply, head_only=request.method == "HEAD"))
            await writer.drain()
            if request.headers.get("connection") == "close":
                return

    return script


async def read_request(reader: asyncio.StreamReader) -> Asked | None:
    """The next request on a connection, None when there is none or it is no HTTP."""
    with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
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


async def listens(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Say nothing until the peer goes: all that somebody needs who only wants to know whether anybody is there."""
    while await reader.read(1024):
        pass
