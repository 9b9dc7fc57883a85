"""A server's choice, read and held against what was offered (RFC 8446, section 4.1.3; RFC 5246, section 7.4.1.3). Pure.

A server that chooses what nobody offered has not answered the question, whatever else it says: that is `Malformed` here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checks.foreign import quoted
from checks.tls.codes import GROUP_NAMES, RENEGOTIATION_SCSV, SCSV, SSL3, TLS13, VERSION_NAMES
from checks.tls.cursor import Cursor, Malformed
from checks.tls.hello import ALPN, KEY_SHARE, TIMESTAMPS, VERSIONS, Hello
from checks.tls.suites import suite_name

MAX_EXTENSIONS = 64
_MAX_SESSION_ID = 32
_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""The random that makes a ServerHello a HelloRetryRequest: SHA-256 of that name (RFC 8446, section 4.1.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerHello:
    """What a server chose.

    *group* is that of its key share, or the one it wants in a HelloRetryRequest (*is_retry*); None below TLS 1.3, where the
    key exchange names it. *compression* is 1 for DEFLATE. *extensions* are the types of those it sent, *scts* the content of
    the one with timestamps of certificate logs (RFC 6962, section 3.3): a list behind its length, in whatever state.
    """

    version: int
    suite: int
    group: int | None = None
    compression: int = 0
    alpn: str = ""
    extensions: frozenset[int] = frozenset()
    is_retry: bool = False
    scts: bytes = b""


def read_server_hello(body: bytes, offered: Hello) -> ServerHello:
    """The choice in the *body* of a ServerHello or HelloRetryRequest.

    Raises `Malformed`, the end of a sentence, when it cannot be read or is not a choice among what was *offered*.
    """
    cursor = Cursor(body)
    version, random = cursor.number(2), cursor.take(32)
    if len(cursor.vector(1)) > _MAX_SESSION_ID:
        msg = "its session id is too long"
        raise Malformed(msg)
    suite, compression = cursor.number(2), cursor.number(1)
    extensions = read_extensions(cursor)
    choice = ServerHello(
        version=Cursor(extensions[VERSIONS]).number(2) if VERSIONS in extensions else version,
        suite=suite,
        group=Cursor(extensions[KEY_SHARE]).number(2) if KEY_SHARE in extensions else None,
        compression=compression,
        alpn=_protocol(extensions),
        extensions=frozenset(extensions),
        is_retry=random == _RETRY,
        scts=extensions.get(TIMESTAMPS, b""),
    )
    if problem := _presumption(choice, offered):
        raise Malformed(problem)
    return choice


def read_extensions(cursor: Cursor) -> Mapping[int, bytes]:
    """What is left at *cursor* as extensions, by type; nothing left is none. Raises `Malformed`."""
    found: dict[int, bytes] = {}
    if not cursor:
        return found
    inner = Cursor(cursor.vector(2))
    cursor.finish()
    while inner:
        kind, content = inner.number(2), inner.vector(2)
        if kind in found or len(found) == MAX_EXTENSIONS:
            msg = f"extension {kind} is in it twice" if kind in found else f"it has more than {MAX_EXTENSIONS} extensions"
            raise Malformed(msg)
        found[kind] = content
    return found


def _protocol(extensions: Mapping[int, bytes]) -> str:
    if ALPN not in extensions:
        return ""
    names = Cursor(Cursor(extensions[ALPN]).vector(2))
    return names.vector(1).decode("ascii", "replace")


def _presumption(choice: ServerHello, offered: Hello) -> str:
    """What in *choice* was never offered, as the end of a sentence; empty when all of it was."""
    if not _is_offered_version(choice.version, offered):
        return f"it chooses {_version_name(choice.version)}, which was not offered"
    if choice.suite not in offered.suites or choice.suite in (SCSV, RENEGOTIATION_SCSV):
        return f"it chooses the suite {suite_name(choice.suite)}, which was not offered"
    if choice.compression and not (choice.compression == 1 and offered.compression and choice.version < TLS13):
        return f"it chooses compression {choice.compression}, which was not offered"
    if choice.alpn and choice.alpn not in offered.alpn:
        return f"it chooses the protocol {quoted(choice.alpn)}, which was not offered"
    return _presumed_group(choice, offered) if choice.version == TLS13 else ""


def _is_offered_version(version: int, offered: Hello) -> bool:
    """Whether *version* was offered: TLS 1.3 comes alone, every other one with all below it down to SSL 3.0."""
    if offered.version >= TLS13:
        return version == TLS13
    return SSL3 <= version <= offered.version


def _presumed_group(choice: ServerHello, offered: Hello) -> str:
    """A retry asks for a group that was offered without a key, anything else uses a key that was sent."""
    shared = {group for group, _ in offered.key_shares}
    possible = set(offered.groups) - shared if choice.is_retry else shared
    if choice.group is None:
        return "it chooses no group"
    return "" if choice.group in possible else f"it chooses the group {group_name(choice.group)}, which was not offered"


def group_name(code: int) -> str:
    """IANA's name of a group, like ``x25519``; ``0xCAFE`` for a code point nobody knows."""
    return GROUP_NAMES.get(code) or f"0x{code:04X}"


def _version_name(code: int) -> str:
    return VERSION_NAMES.get(code) or f"version 0x{code:04X}"
