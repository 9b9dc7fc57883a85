"""The first message of a TLS client, as bytes (RFC 8446, section 4.1.2; RFC 5246, section 7.4.1.2; RFC 6101, section 5.6).

A `Hello` asks one question: would you speak this version, with one of these suites, groups and schemes? It is built to be
answered, not to be followed up: no key is made for it, and nothing random either, which comes as an argument.

For TLS 1.3 it offers that version alone, and without key shares: a server that is willing then names the group it wants in
a HelloRetryRequest (RFC 8446, section 4.2.8), so that no arithmetic is needed to learn it. Below, it offers *version* as the
highest; a server that answers with a lower one has said no. SSL 3.0 has no extensions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checks.tls.codes import SCHEMES, SSL3, TLS10, TLS12, TLS13

SERVER_NAME, STATUS_REQUEST, GROUPS, POINT_FORMATS, SIGNATURE_ALGORITHMS = 0, 5, 10, 11, 13
ALPN, TIMESTAMPS, PADDING, MASTER_SECRET, SESSION_TICKET = 16, 18, 21, 23, 35
VERSIONS, COOKIE, PSK_MODES, KEY_SHARE, RENEGOTIATION = 43, 44, 45, 51, 0xFF01
"""Types of extensions: the peer's answer is read by them too."""

_HANDSHAKE_RECORD = 22
_CLIENT_HELLO = 1
_PADDED_FROM, _PADDED_TO = 256, 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """What a client offers. Suites, groups and schemes are in the order of preference.

    *random* is 32 bytes; *session_id* at most 32, and TLS 1.3 wants all of them (RFC 8446, appendix D.4). *server_name* is
    in A-labels without the root's dot, and never an address (RFC 6066, section 3). *staple* asks for an OCSP response,
    *scts* for the timestamps of certificate logs, *compression* for DEFLATE, which TLS 1.3 no longer has. *key_shares* are
    groups with a public key each.
    """

    version: int
    suites: tuple[int, ...]
    random: bytes
    session_id: bytes = b""
    groups: tuple[int, ...] = ()
    schemes: tuple[int, ...] = SCHEMES
    server_name: str = ""
    alpn: tuple[str, ...] = ()
    staple: bool = False
    scts: bool = False
    compression: bool = False
    key_shares: tuple[tuple[int, bytes], ...] = ()

    def encode(self) -> bytes:
        """The message in one record, ready to send. Raises `ValueError` when a part does not fit or is not ASCII."""
        try:
            message = self._message()
        except OverflowError:
            msg = "the hello is longer than its lengths can say"
            raise ValueError(msg) from None
        record_version = SSL3 if self.version == SSL3 else TLS10
        return bytes([_HANDSHAKE_RECORD]) + _number(record_version, 2) + _vector(2, message)

    def _message(self) -> bytes:
        compression = b"\x01\x00" if self.compression and self.version < TLS13 else b"\x00"
        body = b"".join(
            (
                _number(min(self.version, TLS12), 2),
                self.random,
                _vector(1, self.session_id),
                _vector(2, _numbers(self.suites)),
                _vector(1, compression),
            )
        )
        if self.version > SSL3:
            body += _vector(2, _padded(b"".join(self._extensions()), len(body)))
        return bytes([_CLIENT_HELLO]) + _vector(3, body)

    def _extensions(self) -> Iterator[bytes]:
        if self.server_name:
            yield _extension(SERVER_NAME, _vector(2, b"\x00" + _vector(2, self.server_name.encode("ascii"))))
        if self.groups:
            yield _extension(GROUPS, _vector(2, _numbers(self.groups)))
        if self.version >= TLS12 and self.schemes:
            yield _extension(SIGNATURE_ALGORITHMS, _vector(2, _numbers(self.schemes)))
        if self.staple:
            yield _extension(STATUS_REQUEST, b"\x01\x00\x00\x00\x00")  # OCSP, from any responder, about nothing else.
        if self.alpn:
            yield _extension(ALPN, _vector(2, b"".join(_vector(1, name.encode("ascii")) for name in self.alpn)))
        if self.scts:
            yield _extension(TIMESTAMPS, b"")
        yield from self._of_tls13() if self.version >= TLS13 else self._below_tls13()

    def _below_tls13(self) -> Iterator[bytes]:
        if self.groups:
            yield _extension(POINT_FORMATS, b"\x01\x00")
        yield _extension(MASTER_SECRET, b"")
        yield _extension(SESSION_TICKET, b"")
        yield _extension(RENEGOTIATION, b"\x00")

    def _of_tls13(self) -> Iterator[bytes]:
        yield _extension(VERSIONS, _vector(1, _numbers([TLS13])))
        yield _extension(PSK_MODES, b"\x01\x01")
        shares = b"".join(_number(group, 2) + _vector(2, key) for group, key in self.key_shares)
        yield _extension(KEY_SHARE, _vector(2, shares))


def _padded(extensions: bytes, before: int) -> bytes:
    """*extensions* with padding behind them where the message would have 256 to 511 bytes.

    Some servers hang on those (RFC 7685, section 4). *before* is the length of the body so far; four bytes stand before the
    body, two before the extensions.
    """
    length = 4 + before + 2 + len(extensions)
    if not _PADDED_FROM <= length < _PADDED_TO:
        return extensions
    return extensions + _extension(PADDING, bytes(max(0, _PADDED_TO - length - 4)))


def _extension(kind: int, content: bytes) -> bytes:
    return _number(kind, 2) + _vector(2, content)


def _vector(width: int, content: bytes) -> bytes:
    """*content* behind its own length in *width* bytes."""
    return _number(len(content), width) + content


def _numbers(values: Iterable[int]) -> bytes:
    return b"".join(_number(value, 2) for value in values)


def _number(value: int, width: int) -> bytes:
    return value.to_bytes(width, "big")
