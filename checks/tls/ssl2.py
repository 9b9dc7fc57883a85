"""SSL 2.0, asked for and read (Hickman, "The SSL Protocol", 1995; its ban is RFC 6176). Pure.

The server answers with all the suites of ours that it takes, so that one question is enough. Where it speaks TLS only, it
answers with an alert or hangs up; an alert that says goodbye, or that something went wrong, is no refusal.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from checks.tls.codes import ODDITIES, REFUSALS, SSL2
from checks.tls.cursor import Cursor, Malformed
from checks.tls.greeting import begins_record
from checks.tls.records import ALERT

SSL2_SUITES = {
    0x010080: "SSL_CK_RC4_128_WITH_MD5",
    0x020080: "SSL_CK_RC4_128_EXPORT40_WITH_MD5",
    0x030080: "SSL_CK_RC2_128_CBC_WITH_MD5",
    0x040080: "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5",
    0x050080: "SSL_CK_IDEA_128_CBC_WITH_MD5",
    0x060040: "SSL_CK_DES_64_CBC_WITH_MD5",
    0x0700C0: "SSL_CK_DES_192_EDE3_CBC_WITH_MD5",
}

_ERROR, _CLIENT_HELLO, _SERVER_HELLO = 0, 1, 4
_SHORT_HEAD, _LONG_HEAD = 2, 3
_IS_SHORT = 0x80
"""With this bit in the first byte, a record has no padding and begins two bytes later, otherwise three."""
_ERROR_LENGTH = 3
_ALERT_LENGTH = 7
"""Of an alert of TLS with the head of its record; its last byte says which."""


def ssl2_hello(random16: bytes) -> bytes:
    """The CLIENT-HELLO with every suite there is, ready to send. *random16* is the challenge, 16 bytes."""
    specs = b"".join(code.to_bytes(3, "big") for code in SSL2_SUITES)
    numbers = (SSL2, len(specs), 0, len(random16))
    body = bytes([_CLIENT_HELLO]) + b"".join(number.to_bytes(2, "big") for number in numbers) + specs + random16
    return (_IS_SHORT << 8 | len(body)).to_bytes(2, "big") + body


@dataclass(slots=True, eq=False)
class Ssl2Answer:
    """Reads the answer to `ssl2_hello`.

    *accepted* is a SERVER-HELLO of SSL 2.0, *suites* the names of those it takes; *refused* is a no in words: an error, or a
    record of TLS instead, unless that is an *alert* which refuses nothing. An answer that is neither says nothing.
    *received* counts the bytes fed until it was over, which are never many more than one record may have, 32 kB.
    """

    is_over: bool = field(default=False, init=False)
    accepted: bool = field(default=False, init=False)
    refused: bool = field(default=False, init=False)
    alert: int | None = field(default=None, init=False)
    suites: tuple[str, ...] = field(default=(), init=False)
    received: int = field(default=0, init=False)
    _unread: bytearray = field(default_factory=bytearray, init=False, repr=False)

    def feed(self, content: bytes) -> None:
        """Read on. What comes after the end is ignored; nothing raises."""
        if self.is_over:
            return
        self.received += len(content)
        self._unread += content
        if len(self._unread) > _LONG_HEAD:
            self.is_over = self._take_record(bytes(self._unread))

    def _take_record(self, unread: bytes) -> bool:
        """Whether *unread* is all there is to know, and what it says."""
        head = _SHORT_HEAD if unread[0] & _IS_SHORT else _LONG_HEAD
        length = int.from_bytes(unread[:2]) & (0x7FFF if head == _SHORT_HEAD else 0x3FFF)
        kind = unread[head]
        if begins_record(unread):
            return self._take_record_of_tls(unread)
        if kind == _ERROR and length == _ERROR_LENGTH:
            self.refused = True
        elif kind == _SERVER_HELLO:
            if len(unread) < head + length:
                return False
            self._take_hello(Cursor(unread[head + 1 : head + length]))
        return True

    def _take_record_of_tls(self, unread: bytes) -> bool:
        """The same of what TLS begins with: only an alert has to be read to its end."""
        if unread[0] != ALERT:
            self.refused = True
        elif len(unread) < _ALERT_LENGTH:
            return False
        else:
            self.alert = unread[_ALERT_LENGTH - 1]
            self.refused = self.alert in REFUSALS | ODDITIES
        return True

    def _take_hello(self, cursor: Cursor) -> None:
        try:
            cursor.take(2)  # Whether the session is a known one, and the kind of its certificate.
            version, certificate, specs, _ = (cursor.number(2) for _ in range(4))
            cursor.take(certificate)
            offered = _names(cursor.take(specs))
        except Malformed:
            return
        if version == SSL2:
            self.accepted, self.suites = True, offered


def _names(specs: bytes) -> tuple[str, ...]:
    """The names of those we offered among *specs*, three bytes each, in their order."""
    codes = [int.from_bytes(specs[at : at + 3]) for at in range(0, len(specs), 3)]
    return tuple(dict.fromkeys(SSL2_SUITES[code] for code in codes if code in SSL2_SUITES))
