"""The record layer of an answer: a stream of bytes cut into records, bounded (RFC 8446, section 5.1). Pure."""

from __future__ import annotations

from checks.tls.cursor import Malformed
from checks.tls.greeting import begins_record, not_tls

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23
MAX_RECORD = 16_384 + 2_048
MAX_RECORDS = 200
_HEAD = 5


class NotTls(Malformed):
    """The answer does not begin as TLS does; a sentence."""


class Records:
    """Takes bytes as they come and gives records as they are complete."""

    __slots__ = ("_count", "_unread")

    def __init__(self) -> None:
        self._unread = bytearray()
        self._count = 0

    def feed(self, content: bytes) -> None:
        """Add what came next."""
        self._unread += content

    def take(self) -> tuple[int, bytes] | None:
        """The type and content of the next record; None until all of it is there.

        Raises `NotTls` when the first of them is none, and `Malformed`, a sentence, for a later one, for one that is too
        long or empty, and for one too many.
        """
        unread = self._unread
        self._require_record(bytes(unread[:40]))
        length = int.from_bytes(unread[3:_HEAD])
        if length > MAX_RECORD:
            msg = f"the peer sent a record of {length} bytes, longer than any may be"
            raise Malformed(msg)
        if len(unread) < _HEAD + length or len(unread) < _HEAD:
            return None
        self._count += 1
        if self._count > MAX_RECORDS:
            msg = f"the peer's answer was not over after {MAX_RECORDS} records"
            raise Malformed(msg)
        kind, content = unread[0], bytes(unread[_HEAD : _HEAD + length])
        del unread[: _HEAD + length]
        if not content and kind != APPLICATION_DATA:
            msg = "the peer sent an empty record"
            raise Malformed(msg)
        return kind, content

    def _require_record(self, head: bytes) -> None:
        if not head or begins_record(head):
            return
        if not self._count:
            raise NotTls(not_tls(head))
        msg = "the peer sent something that is no TLS record amid its answer"
        raise Malformed(msg)
