"""The TLS wire format from a server's side: a hello is read, records and messages are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checks.tls.codes import SCHEME_NAMES, SSL3, TLS12
from checks.tls.cursor import Cursor
from checks.tls.hello import ALPN, GROUPS, KEY_SHARE, SERVER_NAME, SIGNATURE_ALGORITHMS, VERSIONS
from checks.tls.serverhello import read_extensions

RETRY = bytes.fromhex("CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C")
"""What makes a ServerHello a HelloRetryRequest (RFC 8446, section 4.1.3)."""
RANDOM = b"a server's 32 bytes of no chance"
CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, SEALED = 20, 21, 22, 23


@dataclass(frozen=True)
class Asked:
    """A hello as a server reads it."""

    version: int
    session_id: bytes
    suites: tuple[int, ...]
    compression: bytes
    extensions: Mapping[int, bytes]

    @property
    def versions(self) -> range | tuple[int, ...]:
        """All versions that are offered."""
        return numbers(self.extensions[VERSIONS][1:]) if VERSIONS in self.extensions else range(SSL3, self.version + 1)

    @property
    def groups(self) -> tuple[int, ...]:
        """The groups that are offered; P-256 is what a client without a list must have."""
        return numbers(self.extensions[GROUPS][2:]) if GROUPS in self.extensions else (23,)

    @property
    def schemes(self) -> tuple[int, ...]:
        """The signature schemes that are offered, all of them by a client without a list."""
        offered = self.extensions.get(SIGNATURE_ALGORITHMS)
        return tuple(SCHEME_NAMES) if offered is None else numbers(offered[2:])

    @property
    def server_name(self) -> str:
        """The host that is meant."""
        return self.extensions.get(SERVER_NAME, b"")[5:].decode()

    @property
    def protocols(self) -> tuple[str, ...]:
        """The application protocols that are offered."""
        cursor, found = Cursor(self.extensions.get(ALPN, b"")[2:]), list[str]()
        while cursor:
            found.append(cursor.vector(1).decode())
        return tuple(found)

    @property
    def shared_groups(self) -> tuple[int, ...]:
        """The groups that a key was sent for."""
        cursor, found = Cursor(self.extensions.get(KEY_SHARE, b"")[2:]), list[int]()
        while cursor:
            found.append(cursor.number(2))
            cursor.vector(2)
        return tuple(found)


def read_hello(hello: bytes) -> Asked:
    """A hello of TLS or SSL 3.0, with the head of its record."""
    cursor = Cursor(hello[9:])
    version, _ = cursor.number(2), cursor.take(32)
    session_id, suites, compression = cursor.vector(1), cursor.vector(2), cursor.vector(1)
    return Asked(version, session_id, numbers(suites), compression, read_extensions(cursor))


def record(kind: int, content: bytes, version: int = TLS12) -> bytes:
    """One record."""
    return bytes([kind]) + number(version, 2) + vector(2, content)


def message(kind: int, body: bytes) -> bytes:
    """One handshake message."""
    return bytes([kind]) + vector(3, body)


def extension(kind: int, content: bytes) -> bytes:
    """One extension."""
    return number(kind, 2) + vector(2, content)


def vector(width: int, content: bytes) -> bytes:
    """*content* behind its own length in *width* bytes."""
    return number(len(content), width) + content


def number(value: int, width: int) -> bytes:
    """A number in *width* bytes."""
    return value.to_bytes(width, "big")


def numbers(content: bytes) -> tuple[int, ...]:
    """All numbers of two bytes in *content*."""
    return tuple(int.from_bytes(content[at : at + 2]) for at in range(0, len(content), 2))
