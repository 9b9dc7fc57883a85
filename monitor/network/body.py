"""A body freed of its content coding, within a limit on what it becomes.

Only gzip is understood, because only gzip is asked for. The limit holds for the decoded bytes and for those received, and
is looked at before anything is inflated beyond it: a small body that would grow huge never does.
"""

from __future__ import annotations

import zlib

from checks.foreign import one_line, quoted
from checks.model import Reason, Unseen

MAX_BODY_BYTES = 2 * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_MAX_MEMBERS = 64
"""More parts than any honest gzip body has; each costs a new decompressor."""


def decoder(coding: str, limit: int) -> Identity:
    """What decodes a Content-Encoding (RFC 9110, section 8.4) into at most *limit* bytes.

    Raises `Unseen` with `Reason.HTTP` for a coding that was not asked for.
    """
    match coding.strip().lower():
        case "" | "identity":
            return Identity(limit)
        case "gzip" | "x-gzip":
            return Gzip(limit)
        case _:
            raise Unseen(Reason.HTTP, f"the body is encoded as {quoted(coding)}, which was not asked for")


class Identity:
    """A body without a coding, taken in pieces."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._length = 0
        self._parts: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        """Take the next piece. Raises `Unseen` when it is too much or cannot be decoded."""
        self._length += len(chunk)
        if self._length > self._limit:
            raise Unseen(Reason.TOO_LARGE, f"the body is over {self._limit} bytes; gave up after {self._length}")
        self._parts.append(chunk)

    @property
    def beginning(self) -> bytes:
        """What can be told of it so far."""
        return b"".join(self._parts)

    def end(self) -> bytes:
        """The whole body. Raises `Unseen` when it ended too early."""
        return self.beginning


class Gzip(Identity):
    """A body in the gzip coding: members one after another, zeros for padding (RFC 1952, section 2.2)."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self._received = 0
        self._members = 1
        self._member = zlib.decompressobj(_GZIP)

    def feed(self, chunk: bytes) -> None:
        """Take the next piece of the compressed body."""
        self._received += len(chunk)
        if self._received > self._limit:
            raise Unseen(Reason.TOO_LARGE, f"the compressed body is over {self._limit} bytes")
        try:
            while chunk:
                chunk = self._inflate(chunk)
        except zlib.error as error:
            raise Unseen(Reason.HTTP, f"the body is not the gzip it says it is: {one_line(str(error))}") from error

    def end(self) -> bytes:
        """The whole inflated body. Raises `Unseen` when its last member did not end."""
        if self._received and not self._member.eof:
            raise Unseen(Reason.HTTP, f"the gzip body ends too early, after {self._received} bytes")
        return super().end()

    def _inflate(self, chunk: bytes) -> bytes:
        """Inflate as much of *chunk* as the limit has room for, one byte over at most; what is left of it."""
        if self._member.eof:
            chunk = chunk.lstrip(b"\0")
            if not chunk:
                return b""
            self._next_member()
        super().feed(self._member.decompress(chunk, self._limit - self._length + 1))
        return self._member.unconsumed_tail or self._member.unused_data

    def _next_member(self) -> None:
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise Unseen(Reason.TOO_LARGE, f"the gzip body has more than {_MAX_MEMBERS} members")
        self._member = zlib.decompressobj(_GZIP)
