"""What a server answers to a `Hello`, read as it comes in: its clear-text flight, bounded and never believed.

- Nothing that is fed raises: every answer ends in one `Got`, with a sentence where one is due.
- Up to TLS 1.2 the flight is ServerHello to ServerHelloDone (RFC 5246, section 7.3); in TLS 1.3 it is a ServerHello, and
  whatever follows is sealed (RFC 8446, section 2). A HelloRetryRequest is the whole answer.
- What was never offered is no answer: `Got.BAD`.
- Bounds: 18 kB per record, 200 records, 96 KiB per message, 160 kB in all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from checks.tls.codes import ALERT_NAMES, TLS13
from checks.tls.cursor import Malformed
from checks.tls.hello import Hello
from checks.tls.messages import KeyExchange, read_certificates, read_key_exchange, read_staple
from checks.tls.records import ALERT, APPLICATION_DATA, HANDSHAKE, NotTls, Records
from checks.tls.serverhello import ServerHello, group_name, read_server_hello

MAX_MESSAGE = 96 * 1024
MAX_ANSWER = 160_000

_NAMES = {
    2: "ServerHello",
    11: "Certificate",
    22: "CertificateStatus",
    12: "ServerKeyExchange",
    13: "CertificateRequest",
    14: "ServerHelloDone",
}
"""The messages of a flight, in the order in which they come; all but the first and the last may be missing.

A HelloRequest is none of them, though a client may ignore it (RFC 5246, section 7.4.1.1): no server has a use for it here,
and nothing else could be repeated without end.
"""
_ORDER = tuple(_NAMES)
_HEAD = 4
_WARNING, _FATAL = 1, 2
_HARMLESS = frozenset({90, 100, 112})
"""Warnings after which a server goes on: user_canceled, no_renegotiation, and unrecognized_name (RFC 6066, section 3)."""


class Want(StrEnum):
    """How much of an answer is of interest."""

    HELLO = "hello"
    FLIGHT = "flight"


class Got(StrEnum):
    """What an answer came to."""

    OPEN = "open"
    """Nothing yet: more must be read, or the peer hung up too early."""
    HELLO = "hello"
    FLIGHT = "flight"
    ALERT = "alert"
    NOT_TLS = "not_tls"
    BAD = "bad"
    """What came is not valid, too long, or no answer to what was offered."""


@dataclass(slots=True, eq=False)
class Flight:
    """Reads one answer to *offered*, and is over as soon as what is wanted is there or cannot come any more.

    *got* and *detail* (empty, or a sentence) say what it came to; the others are what was read until then. *alert* is the
    code of the alert that ended it, *staple* an OCSP response as DER. *received* counts the bytes fed until it was over.
    """

    want: Want
    offered: Hello
    got: Got = field(default=Got.OPEN, init=False)
    detail: str = field(default="", init=False)
    hello: ServerHello | None = field(default=None, init=False)
    alert: int | None = field(default=None, init=False)
    certificates: tuple[bytes, ...] = field(default=(), init=False)
    staple: bytes = field(default=b"", init=False)
    key_exchange: KeyExchange | None = field(default=None, init=False)
    asks_for_certificate: bool = field(default=False, init=False)
    received: int = field(default=0, init=False)
    _records: Records = field(default_factory=Records, init=False, repr=False)
    _handshake: bytearray = field(default_factory=bytearray, init=False, repr=False)
    _rank: int = field(default=-1, init=False, repr=False)

    @property
    def is_over(self) -> bool:
        """Whether nothing more needs to be read."""
        return self.got is not Got.OPEN

    @property
    def scts(self) -> bytes:
        """The list of timestamps that came with the ServerHello, as it came (RFC 6962, section 3.3)."""
        return self.hello.scts if self.hello else b""

    def feed(self, content: bytes) -> None:
        """Read on. What comes after the end is ignored."""
        if self.is_over:
            return
        self.received += len(content)
        self._records.feed(content)
        try:
            self._take_records()
        except NotTls as error:
            self._end(Got.NOT_TLS, str(error))
        except Malformed as error:
            self._end(Got.BAD, str(error))

    def _end(self, got: Got, detail: str = "") -> None:
        self.got, self.detail = got, detail
        self._records = Records()
        self._handshake.clear()

    def _take_records(self) -> None:
        while record := self._records.take():
            self._take_record(*record)
            if self.is_over:
                return
        if self.received > MAX_ANSWER:
            msg = f"the peer's answer was not over after {MAX_ANSWER} bytes"
            raise Malformed(msg)

    def _take_record(self, kind: int, content: bytes) -> None:
        if kind == HANDSHAKE:
            self._handshake += content
            self._take_messages()
        elif kind == ALERT:
            self._take_alert(content)
        elif self.hello is None or self.hello.version < TLS13:
            msg = "the peer sent what belongs behind a handshake before it was over"
            raise Malformed(msg)
        elif kind == APPLICATION_DATA:
            self._end(Got.FLIGHT)

    def _take_alert(self, content: bytes) -> None:
        if len(content) != 2 or content[0] not in (_WARNING, _FATAL):  # noqa: PLR2004 - level and description
            msg = "the peer sent an alert that cannot be read"
            raise Malformed(msg)
        level, alert = content
        if level == _WARNING and alert in _HARMLESS:
            return
        self.alert = alert
        self._end(Got.ALERT, f"the peer answered with the alert {ALERT_NAMES.get(alert, alert)}")

    def _take_messages(self) -> None:
        while len(self._handshake) >= _HEAD and not self.is_over:
            kind, end = self._handshake[0], _HEAD + int.from_bytes(self._handshake[1:_HEAD])
            if end > MAX_MESSAGE:
                msg = f"the peer sent a message of {end} bytes, longer than any honest one"
                raise Malformed(msg)
            if len(self._handshake) < end:
                return
            body = bytes(self._handshake[_HEAD:end])
            del self._handshake[:end]
            self._take_message(kind, body)

    def _take_message(self, kind: int, body: bytes) -> None:
        """Read one message: each kind at most once, in the order of the protocol, and none in clear text in TLS 1.3."""
        rank = _ORDER.index(kind) if kind in _NAMES else -1
        if rank <= self._rank or (rank and not self.hello) or (self.hello and self.hello.version >= TLS13):
            msg = f"the peer sent a {_NAMES.get(kind, f'message of type {kind}')} out of place"
            raise Malformed(msg)
        self._rank = rank
        try:
            self._read(_NAMES[kind], body)
        except Malformed as error:
            msg = f"the peer's {_NAMES[kind]} is not valid: {error}"
            raise Malformed(msg) from None

    def _read(self, name: str, body: bytes) -> None:
        if self.hello is None:
            self.hello = read_server_hello(body, self.offered)
            if self.want is Want.HELLO or self.hello.is_retry:
                self._end(Got.HELLO)
        elif name == "Certificate":
            self.certificates = read_certificates(body)
        elif name == "CertificateStatus":
            self.staple = read_staple(body)
        elif name == "ServerKeyExchange":
            self.key_exchange = read_key_exchange(body, self.hello)
            self._require_offered_group(self.key_exchange.group)
        elif name == "CertificateRequest":
            self.asks_for_certificate = True
        else:
            self._end(Got.FLIGHT)

    def _require_offered_group(self, group: int | None) -> None:
        """Whoever offers no groups leaves the choice to the server (RFC 8422, section 4)."""
        if group is not None and self.offered.groups and group not in self.offered.groups:
            msg = f"it uses the group {group_name(group)}, which was not offered"
            raise Malformed(msg)
