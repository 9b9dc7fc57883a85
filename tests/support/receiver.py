"""A receiver of messages on loopback: it keeps what it was sent, and takes, fails, hangs or refuses as a test wishes."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tests.support.servers import Asked, Reply, close, read_request, wire
from tests.support.waiting import until


class Mood(Enum):
    """What becomes of a message from now on."""

    TAKES = "takes it: 200"
    FAILS = "fails: 500"
    HANGS = "never answers"


@dataclass(frozen=True)
class Message:
    """A message as it came, and whether it was taken: only then may its sender hold it for delivered."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    taken: bool

    @property
    def content(self) -> Any:
        """The body, which is JSON."""
        return json.loads(self.body)

    @property
    def id(self) -> str:
        """By what a receiver of webhooks knows it again."""
        return self.headers["webhook-id"]

    def is_signed(self, key: bytes) -> bool:
        """Whether it was signed with *key* as the Standard Webhooks specification says, "Signature scheme"."""
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
        return f"v1,{signature}" in self.headers["webhook-signature"].split()


@dataclass
class Receiver:
    """A receiver that runs; while it refuses, nothing listens on its port."""

    port: int = 0
    mood: Mood = Mood.TAKES
    came: list[Message] = field(default_factory=list)
    _server: asyncio.Server | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    def url(self, path: str = "") -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def taken(self, path: str = "/") -> list[Message]:
        """What was sent to *path* and to what is below it, and was taken, oldest first."""
        return [message for message in self.came if message.taken and message.path.startswith(path)]

    async def until(self, what: str, holds: Callable[[list[Message]], object], path: str = "/") -> list[Message]:
        """What was taken at *path*, as soon as it *holds*."""

        async def look() -> list[Message]:
            return self.taken(path)

        return await until(what, look, holds, lambda _: "\n".join(map(repr, self.came)) or "nothing came")

    async def listen(self) -> None:
        """Begin to listen, again on the port it had before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Listen no longer, and hang up on everybody."""
        if self._server:
            await close(self._server)
            self._server = None
        left = [*self._open]
        for each in left:
            each.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        try:
            with suppress(ConnectionError, asyncio.CancelledError):  # Cancelled by `refuse`.
                while asked := await read_request(reader):
                    await self._answer(asked, reader, writer)
        finally:
            writer.transport.abort()
            self._open.discard(task)

    async def _answer(self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mood = self.mood
        self.came.append(Message(asked.target, asked.headers, asked.body, taken=mood is Mood.TAKES))
        match mood:
            case Mood.TAKES | Mood.FAILS:
                writer.write(wire(Reply(200 if mood is Mood.TAKES else 500)))
                await writer.drain()
            case Mood.HANGS:
                await reader.read()  # Until the sender gives up, or is killed.


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that takes everything."""
    made = Receiver()
    await made.listen()
    try:
        yield made
    finally:
        await made.refuse()
