"""Bytes to and from one peer: a protocol, and its plain form over a socket. TLS is another form of it, in `tls`.

Every wait is cancellable at once, and a cancelled wait leaves nothing behind but the stream, which its owner closes.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Protocol

READ_BYTES = 65_536


class Stream(Protocol):
    """An ordered flow of bytes in both directions. Errors are `OSError`, and `Unseen` where a layer knows more."""

    async def read(self, limit: int = READ_BYTES) -> bytes:
        """Some bytes, at most *limit*; none at the end of the stream."""
        ...

    async def write(self, content: bytes) -> None:
        """Send all of *content*."""
        ...

    def offer(self, content: bytes) -> None:
        """Send *content* if there is room for it now: a farewell is not worth waiting for."""
        ...

    def is_quiet(self) -> bool:
        """Whether the peer has sent nothing more and has not hung up."""
        ...

    def close(self) -> None:
        """Hang up, without waiting."""
        ...


class SocketStream:
    """A stream over a connected, non-blocking socket, which it owns."""

    __slots__ = ("_loop", "_socket")

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._loop = asyncio.get_running_loop()

    async def read(self, limit: int = READ_BYTES) -> bytes:
        """What has arrived, or the first to arrive."""
        return await self._loop.sock_recv(self._socket, limit)

    async def write(self, content: bytes) -> None:
        """Send all of *content*, waiting for room."""
        await self._loop.sock_sendall(self._socket, content)

    def offer(self, content: bytes) -> None:
        """Send what there is room for now."""
        try:
            self._socket.send(content)
        except OSError:
            return

    def is_quiet(self) -> bool:
        """Look without taking: a closed peer shows as an empty read, an eager one as a byte."""
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
