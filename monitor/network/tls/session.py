"""The inside of a TLS session, once the handshake is over."""

from __future__ import annotations

import socket
from contextlib import suppress

from OpenSSL import SSL

from monitor.network.stream import READ_BYTES, Stream
from monitor.network.tls.faults import fault

_RECORD_BYTES = 16_384


class TlsStream:
    """The inside of a TLS session. It owns the stream below."""

    __slots__ = ("_below", "_connection")

    def __init__(self, connection: SSL.Connection, below: Stream) -> None:
        self._connection = connection
        self._below = below

    async def read(self, limit: int = READ_BYTES) -> bytes:
        """Some bytes of the session; a peer that hangs up without a farewell ends it too."""
        while True:
            try:
                return self._connection.recv(min(limit, _RECORD_BYTES))
            except SSL.WantReadError:
                pass
            except SSL.ZeroReturnError:
                return b""
            except SSL.Error as error:
                raise fault(self._connection, error) from error
            sealed = await self._below.read()
            if not sealed:
                return b""
            self._connection.bio_write(sealed)

    async def write(self, content: bytes) -> None:
        """Seal and send all of *content*."""
        try:
            self._connection.sendall(content)
        except SSL.Error as error:
            raise fault(self._connection, error) from error
        await flush(self._connection, self._below)

    def offer(self, content: bytes) -> None:
        """Seal *content* and offer it below."""
        with suppress(SSL.Error):
            self._connection.sendall(content)
            self._below.offer(self._connection.bio_read(READ_BYTES))

    def is_quiet(self) -> bool:
        """Whether nothing waits, sealed or open: what came with the last answer may not have been opened yet."""
        try:
            self._connection.recv(1, socket.MSG_PEEK)
        except SSL.WantReadError:
            return self._below.is_quiet()
        except SSL.Error:
            return False
        return False

    def close(self) -> None:
        """Say farewell (close_notify; RFC 8446, section 6.1) if there is room for it, and close the stream below."""
        with suppress(SSL.Error):
            self._connection.shutdown()
            self._below.offer(self._connection.bio_read(READ_BYTES))
        self._below.close()


async def flush(connection: SSL.Connection, stream: Stream) -> None:
    """Send over *stream* what *connection* has to say."""
    while True:
        try:
            sealed = connection.bio_read(READ_BYTES)
        except SSL.WantReadError:
            return
        await stream.write(sealed)
        if len(sealed) < READ_BYTES:
            return
